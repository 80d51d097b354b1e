/** Says what is to be done, and by which model. */
import { useEffect, useId, useState } from 'react';
import type { SessionInfo } from '../../server/index.ts';
import { useClient } from '../use-client.ts';
import { Modal } from './modal.tsx';
import { useAction } from './use-action.ts';
import { visibleText } from '../../text/visible.ts';

export interface StartDialogProps {
  readonly onStarted: (agentId: string) => void;
  readonly onClose: () => void;
}

const FIELDS = ['goal', 'model', 'name'];

export function StartDialog({ onStarted, onClose }: StartDialogProps) {
  const client = useClient();
  const id = useId();
  const [session, setSession] = useState<SessionInfo>();
  const [goal, setGoal] = useState('');
  const [model, setModel] = useState<string>();
  const [name, setName] = useState('');
  const loading = useAction();
  const { isBusy, problem, run } = useAction();
  useEffect(() => {
    loading.run(async () => setSession(await client.session()));
    // once: what can be started does not change while the server runs
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [client]);
  const models = session?.models ?? [];
  const chosen = models.find((option) => option.id === model) ?? models[0];
  const fixed = chosen?.goal;
  const start = () =>
    run(async () => {
      const [first] = await client.start({
        goal: fixed ?? goal,
        ...(chosen === undefined ? {} : { model: chosen.id }),
        ...(name.trim() === '' ? {} : { name: name.trim() }),
      });
      onClose();
      if (first !== undefined) onStarted(first);
    });
  /** What ties a field to what was said against it. */
  const fault = (field: string) =>
    problem?.field === field ? { 'aria-invalid': true, 'aria-describedby': `${id}-${field}-fault` } : {};
  const faultText = (field: string) =>
    problem?.field === field && (
      <span className="problem" id={`${id}-${field}-fault`} role="alert">
        {problem.message}
      </span>
    );
  const isElsewhere = problem !== undefined && !FIELDS.includes(problem.field ?? '');
  return (
    <Modal label="Start agents" onClose={onClose}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <h2>Start agents</h2>
        {session !== undefined && (
          <p className="form-note">
            They work in <code>{visibleText(session.workspace)}</code>.
          </p>
        )}
        <label className="field">
          <span>Goal{fixed !== undefined && ' (fixed by this model)'}</span>
          <textarea
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog takes the focus to its first field
            autoFocus
            rows={5}
            value={fixed ?? goal}
            readOnly={fixed !== undefined}
            onChange={(event) => setGoal(event.target.value)}
            {...fault('goal')}
          />
          {faultText('goal')}
        </label>
        {models.length > 0 && (
          <label className="field">
            <span>Model</span>
            <select value={chosen?.id ?? ''} onChange={(event) => setModel(event.target.value)} {...fault('model')}>
              {models.map((option) => (
                <option key={option.id} value={option.id}>
                  {visibleText(option.title)}
                </option>
              ))}
            </select>
            {faultText('model')}
          </label>
        )}
        {fixed === undefined && (
          <label className="field">
            <span>Name (optional)</span>
            <input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} {...fault('name')} />
            {faultText('name')}
          </label>
        )}
        {isElsewhere && (
          <p className="problem" role="alert">
            {problem.message}
          </p>
        )}
        {loading.problem !== undefined && (
          <p className="problem" role="alert">
            {loading.problem.message}
          </p>
        )}
        <div className="form-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isBusy || session === undefined}>
            Start
          </button>
        </div>
      </form>
    </Modal>
  );
}
