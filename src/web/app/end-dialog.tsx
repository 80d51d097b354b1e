/** Asks once more before an agent is ended, and why. */
import { useState } from 'react';
import { useClient } from '../use-client.ts';
import { Modal } from './modal.tsx';
import { useAction } from './use-action.ts';
import { visibleText } from '../../text/visible.ts';

export interface EndDialogProps {
  readonly agentId: string;
  readonly name: string;
  readonly onClose: () => void;
}

export function EndDialog({ agentId, name, onClose }: EndDialogProps) {
  const client = useClient();
  const [reason, setReason] = useState('');
  const { isBusy, problem, run } = useAction();
  const end = () =>
    run(async () => {
      await client.kill(agentId, reason.trim() === '' ? undefined : reason.trim());
      onClose();
    });
  return (
    <Modal label={`End ${visibleText(name)}`} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          end();
        }}
      >
        <h2>End {visibleText(name)}?</h2>
        <p>It and the agents that it started are ended. What they did stays.</p>
        <label className="field">
          <span>Reason (optional)</span>
          <input value={reason} maxLength={10_000} onChange={(event) => setReason(event.target.value)} />
        </label>
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem.message}
          </p>
        )}
        <div className="form-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="danger" disabled={isBusy}>
            End agent
          </button>
        </div>
      </form>
    </Modal>
  );
}
