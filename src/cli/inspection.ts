/**
 * `--inspect` and `--console`: viewers may look at the machines while they run. Nothing of it is loaded without the options.
 */
import type { OrchestratorOptions } from '../index.ts';
import type { ActorWatch } from '../inspect/index.ts';
import type { OutputFlags } from './flags.ts';

export interface Inspection extends AsyncDisposable {
  readonly options: Pick<OrchestratorOptions, 'inspect'>;
  /** Where to look, and who else can. */
  readonly notices: readonly string[];
  /** For the console: the states that machines are in. */
  readonly actors?: ActorWatch;
}

/**
 * Opens what is wanted; it closes with the block.
 * @throws GreenroomError `invalid_params` when it cannot listen there.
 */
export async function openInspection(flags: Pick<OutputFlags, 'inspect' | 'console'>): Promise<Inspection> {
  const { inspect: wanted, console: shown } = flags;
  const nothing = { options: {}, notices: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  if (wanted === undefined && shown === undefined) return nothing;
  const { createActorWatch, createInspectServer } = await import('../inspect/index.ts');
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
      `Look at the machines at ${server.pageUrl} (it loads Stately's viewer from the web), or with any client of its protocol at ${server.url}`,
      ...(server.isOpen
        ? [
            `Everybody who reaches ${place.host} can look, too: there is no password. Leave the host out to keep it here.`,
          ]
        : []),
    ],
    [Symbol.asyncDispose]: () => server.close(),
  };
}
