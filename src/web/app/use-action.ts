/** Something asked of the server: whether it is under way, and what the server said against it. */
import { useState } from 'react';
import { ClientError } from '../../client/index.ts';

export interface Problem {
  readonly message: string;
  /** The field at fault. */
  readonly field: string | undefined;
}

export interface Action {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** Does it, unless it is under way; what it throws becomes the problem. */
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

function problemOf(error: unknown): Problem {
  if (error instanceof ClientError) return { message: error.message, field: error.path };
  return { message: error instanceof Error ? error.message : String(error), field: undefined };
}
