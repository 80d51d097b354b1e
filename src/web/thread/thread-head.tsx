/** The head of a thread: the agent, its state and usage, and the buttons to stop it or show its machines. */
import { useState } from 'react';
import type { AgentSummary } from '../../events.ts';
import { visibleText } from '../../text/visible.ts';
import { useClient } from '../page-context.ts';
import { agentMark, StateMark } from '../team/agent-state.tsx';
import { ProblemText, useAction } from '../ui/action.tsx';
import { Age } from '../ui/clock.tsx';
import { FormDialog } from '../ui/modal.tsx';
import { activityOf, countText } from '../../read-model/words.ts';

export interface ThreadHeadProps {
  readonly agent: AgentSummary;
  readonly isPast: boolean;
  readonly onShowMachines: (agentId: string) => void;
}

export function ThreadHead({ agent, isPast, onShowMachines }: ThreadHeadProps) {
  const [isStopping, setStopping] = useState(false);
  const { id, name, path, usage, startedAt, endedAt, state } = agent;
  return (
    <header className="thread-head">
      <div className="thread-title">
        <h2>{visibleText(name)}</h2>
        <StateMark mark={agentMark(agent)} />
        <span className="row-activity">{activityOf(agent)}</span>
      </div>
      {!isPast && (
        <div className="thread-actions">
          <button type="button" onClick={() => onShowMachines(id)}>
            Show machines
          </button>
          {state !== 'done' && (
            <button type="button" className="danger" onClick={() => setStopping(true)}>
              Stop agent …
            </button>
          )}
        </div>
      )}
      <p className="thread-facts">
        {path.length > 1 && <span>{path.map(visibleText).join(' › ')}</span>}
        <span>
          {countText(usage.inputTokens)} tokens in, {countText(usage.outputTokens)} out
        </span>
        {!isPast && (
          <span>
            <Age startedAt={startedAt} endedAt={endedAt} />
          </span>
        )}
      </p>
      {isStopping && <StopDialog agentId={id} name={name} onClose={() => setStopping(false)} />}
    </header>
  );
}

interface StopDialogProps {
  readonly agentId: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** Confirms that an agent is to stop, and takes the reason. */
function StopDialog({ agentId, name, onClose }: StopDialogProps) {
  const client = useClient();
  const [reason, setReason] = useState('');
  const { isBusy, problem, run } = useAction();
  const stop = () =>
    run(async () => {
      await client.kill(agentId, reason.trim() === '' ? undefined : reason.trim());
      onClose();
    });
  return (
    <FormDialog
      label={`Stop ${visibleText(name)}`}
      title={`Stop ${visibleText(name)}?`}
      submit="Stop agent"
      submitClass="danger"
      isSubmitDisabled={isBusy}
      onSubmit={stop}
      onClose={onClose}
    >
      <p>This stops the agent and its subagents. What they have done is kept.</p>
      <label className="field">
        <span>Reason (optional)</span>
        <input value={reason} maxLength={10_000} onChange={(event) => setReason(event.target.value)} />
      </label>
      <ProblemText message={problem?.message} />
    </FormDialog>
  );
}
