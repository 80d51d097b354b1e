/** `--console`: the console beside a run. Its questions can be answered there and here; the first answer counts. */
import type { AgentOrchestrator, Tool } from '../index.ts';
import type { ActorWatch } from '../inspect/index.ts';
import { briefFor } from './agent-brief.ts';
import type { InspectPlace } from './flags.ts';

export interface RunConsole extends AsyncDisposable {
  /** Where it is found. */
  readonly notices: readonly string[];
}

export interface ShownRun {
  readonly orchestrator: AgentOrchestrator;
  readonly tools: readonly Tool[];
  readonly workspace: string;
  /** The file it is recorded in. */
  readonly journal: string;
  /** The model that agents of this run have. */
  readonly model: string;
  readonly actors: ActorWatch | undefined;
}

/**
 * Opens the console of a run, if it is wanted; it closes with the block.
 * @throws GreenroomError `invalid_params` when it cannot listen there.
 */
export async function openConsole(wanted: InspectPlace | true | undefined, run: ShownRun): Promise<RunConsole> {
  if (wanted === undefined) return { notices: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const { createServer } = await import('../server/index.ts');
  const { orchestrator, workspace, journal, model, tools, actors } = run;
  const server = await createServer(
    {
      orchestrator,
      workspace,
      journal,
      canSave: true,
      ...(actors && { actors }),
      models: [{ id: model, title: model }],
      start: ({ goal, name = 'agent' }) => [orchestrator.spawn({ name, messages: briefFor(goal, workspace), tools })],
    },
    wanted === true ? {} : wanted,
  );
  return {
    notices: [
      `The console shows this run, and answers its questions: ${server.address}`,
      ...(server.hasPage ? [] : ['Its page is not built (npm run build does that); the API works without it.']),
      ...(server.isOpen
        ? [
            'Warning: other machines can reach the console, and what they send is not encrypted. Whoever has its address can run commands here. Leave the host out to keep it on this machine.',
          ]
        : []),
    ],
    [Symbol.asyncDispose]: () => server.close(),
  };
}
