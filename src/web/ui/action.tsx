/** A request to the server that a control makes: whether it runs, why it failed, and how that is shown. */
import { useState } from 'react';
import { ClientError } from '../../client/index.ts';

export interface Problem {
  readonly message: string;
  /** The field that the server rejected. */
  readonly field: string | undefined;
}

export interface Action {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** Runs it, unless it runs already. What it throws becomes the problem. */
  readonly run: (work: () => Promise<void>) => void;
  readonly fail: (message: string) => void;
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  return {
    isBusy,
    problem,
    run(work) {
      if (isBusy) return;
      setBusy(true);
      setProblem(undefined);
      void work()
        .catch((error: unknown) => setProblem(problemOf(error)))
        .finally(() => setBusy(false));
    },
    fail: (message) => setProblem({ message, field: undefined }),
  };
}

/** What an error says, for people. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const problemOf = (error: unknown): Problem => ({
  message: errorText(error),
  field: error instanceof ClientError ? error.path : undefined,
});

/** An error message beside the control it belongs to; nothing without one. */
export const ProblemText = ({
  message,
  id,
}: {
  readonly message: string | undefined;
  readonly id?: string | undefined;
}) =>
  message === undefined ? null : (
    <span className="problem" role="alert" id={id}>
      {message}
    </span>
  );
