/** `--inspect` and `--console`: serve a run to a browser. Their modules load only when the flags are given. */
import type { AgentOrchestrator, OrchestratorOptions, Tool } from '../../index.ts';
import type { ActorWatch } from '../../inspect/index.ts';
import type { ListenAddress, OutputFlags } from '../options.ts';
import { briefFor } from './start.ts';

export interface Inspection extends AsyncDisposable {
  readonly options: Pick<OrchestratorOptions, 'inspect'>;
  /** Addresses and warnings to print. */
  readonly notices: readonly string[];
  /** The states of the machines, for the console. */
  readonly actors?: ActorWatch;
}

/**
 * Starts the inspection that the flags request; disposing stops it.
 * @throws GreenroomError `invalid_params` when it cannot listen on the address.
 */
export async function openInspection(flags: Pick<OutputFlags, 'inspect' | 'console'>): Promise<Inspection> {
  const { inspect: wanted, console: shown } = flags;
  const nothing = { options: {}, notices: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  if (wanted === undefined && shown === undefined) return nothing;
  const { createActorWatch, createInspectServer } = await import('../../inspect/index.ts');
  const actors = shown === undefined ? undefined : createActorWatch();
  if (wanted === undefined) return { ...nothing, ...(actors && { actors, options: { inspect: actors.inspect } }) };
  const place = wanted === true ? {} : wanted;
  const server = await createInspectServer(place);
  const both: OrchestratorOptions['inspect'] = (event) => {
    actors?.inspect(event);
    server.inspect(event);
  };
  return {
    ...(actors && { actors }),
    options: { inspect: both },
    notices: [
      `Live state machines: ${server.pageUrl} (loads Stately's viewer from the web); for other clients of its protocol: ${server.url}`,
      ...(server.isOpen
        ? [
            `Warning: anyone who can reach ${place.host} can watch; there is no password. Remove the host to listen on this machine only.`,
          ]
        : []),
    ],
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export interface RunConsole extends AsyncDisposable {
  /** Addresses and warnings to print. */
  readonly notices: readonly string[];
}

export interface ShownRun {
  readonly orchestrator: AgentOrchestrator;
  readonly tools: readonly Tool[];
  readonly workspace: string;
  /** Journal file. */
  readonly journal: string;
  /** The model of agents started in the console. */
  readonly model: string;
  readonly actors: ActorWatch | undefined;
}

/**
 * Serves the console of a run if `wanted`; disposing stops it. The first answer to a question wins, wherever it is given.
 * @throws GreenroomError `invalid_params` when it cannot listen on the address.
 */
export async function openConsole(wanted: ListenAddress | true | undefined, run: ShownRun): Promise<RunConsole> {
  if (wanted === undefined) return { notices: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const { createServer } = await import('../../server/index.ts');
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
      `Console: ${server.address}`,
      ...(server.hasPage ? [] : ['The page is not built. Build it with npm run build; the API works without it.']),
      ...(server.isOpen
        ? [
            'Warning: other machines can connect to the console, and the connection is not encrypted. Anyone who has its address can run commands here. Remove the host to listen on this machine only.',
          ]
        : []),
    ],
    [Symbol.asyncDispose]: () => server.close(),
  };
}
