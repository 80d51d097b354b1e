/** The form that starts agents: goal, model, name. */
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { ModelOption, SessionInfo } from '../../server/index.ts';
import { visibleText } from '../../text/visible.ts';
import { useClient } from '../page-context.ts';
import { type Problem, ProblemText, useAction } from '../ui/action.tsx';
import { FormDialog } from '../ui/modal.tsx';

export interface StartDialogProps {
  readonly onStarted: (agentId: string) => void;
  readonly onClose: () => void;
}

const FIELDS = ['goal', 'model', 'name'];

export function StartDialog({ onStarted, onClose }: StartDialogProps) {
  const client = useClient();
  const { session, loadingProblem } = useSession();
  const [goal, setGoal] = useState('');
  const [model, setModel] = useState<string>();
  const [name, setName] = useState('');
  const { isBusy, problem, run } = useAction();
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
  return (
    <FormDialog
      label="Start agents"
      title="Start agents"
      submit="Start"
      submitClass="primary"
      isSubmitDisabled={isBusy || session === undefined}
      onSubmit={start}
      onClose={onClose}
    >
      {session !== undefined && (
        <p className="form-note">
          They work in <code>{visibleText(session.workspace)}</code>.
        </p>
      )}
      <GoalField fixed={fixed} value={goal} onChange={setGoal} problem={problem} />
      {models.length > 0 && <ModelField models={models} chosen={chosen?.id} onChange={setModel} problem={problem} />}
      {fixed === undefined && (
        <Field field="name" label="Name (optional)" problem={problem}>
          {(invalid) => (
            <input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} {...invalid} />
          )}
        </Field>
      )}
      <ProblemText message={FIELDS.includes(problem?.field ?? '') ? undefined : problem?.message} />
      <ProblemText message={loadingProblem?.message} />
    </FormDialog>
  );
}

/** What the server serves; asked once, because it does not change while the server runs. */
function useSession() {
  const client = useClient();
  const [session, setSession] = useState<SessionInfo>();
  const { run, problem } = useAction();
  useEffect(() => {
    run(async () => setSession(await client.session()));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `run` is another function at every drawing
  }, [client]);
  return { session, loadingProblem: problem };
}

interface FieldProps {
  readonly field: string;
  readonly label: string;
  readonly problem: Problem | undefined;
  /** Draws the control with the attributes that tie it to its error message. */
  readonly children: (invalid: { readonly 'aria-invalid'?: true; readonly 'aria-describedby'?: string }) => ReactNode;
}

/** A labelled control and what the server rejected about it. */
function Field({ field, label, problem, children }: FieldProps) {
  const id = useId();
  const message = problem?.field === field ? problem.message : undefined;
  return (
    <label className="field">
      <span>{label}</span>
      {children(message === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': id })}
      <ProblemText message={message} id={id} />
    </label>
  );
}

interface GoalFieldProps {
  /** The only goal of the chosen model. */
  readonly fixed: string | undefined;
  readonly value: string;
  readonly onChange: (goal: string) => void;
  readonly problem: Problem | undefined;
}

const GoalField = ({ fixed, value, onChange, problem }: GoalFieldProps) => (
  <Field field="goal" label={fixed === undefined ? 'Goal' : 'Goal (fixed by this model)'} problem={problem}>
    {(invalid) => (
      <textarea
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog takes the focus to its first field
        autoFocus
        rows={5}
        value={fixed ?? value}
        readOnly={fixed !== undefined}
        onChange={(event) => onChange(event.target.value)}
        {...invalid}
      />
    )}
  </Field>
);

interface ModelFieldProps {
  readonly models: readonly ModelOption[];
  readonly chosen: string | undefined;
  readonly onChange: (model: string) => void;
  readonly problem: Problem | undefined;
}

const ModelField = ({ models, chosen, onChange, problem }: ModelFieldProps) => (
  <Field field="model" label="Model" problem={problem}>
    {(invalid) => (
      <select value={chosen ?? ''} onChange={(event) => onChange(event.target.value)} {...invalid}>
        {models.map((option) => (
          <option key={option.id} value={option.id}>
            {visibleText(option.title)}
          </option>
        ))}
      </select>
    )}
  </Field>
);
