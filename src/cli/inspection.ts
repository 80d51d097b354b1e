/** `--inspect`: viewers may look at the machines while they run. Nothing of it is loaded without the option. */
import type { OrchestratorOptions } from '../index.ts';
import type { InspectPlace } from './flags.ts';

export interface Inspection extends AsyncDisposable {
  readonly options: Pick<OrchestratorOptions, 'inspect'>;
  /** Where to look, and who else can. */
  readonly notices: readonly string[];
}

/**
 * Opens the server, if it is wanted; it closes with the block.
 * @throws GreenroomError `invalid_params` when it cannot listen there.
 */
export async function openInspection(wanted: InspectPlace | true | undefined): Promise<Inspection> {
  if (wanted === undefined) return { options: {}, notices: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const { createInspectServer } = await import('../inspect/index.ts');
  const place = wanted === true ? {} : wanted;
  const server = await createInspectServer(place);
  return {
    options: { inspect: server.inspect },
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
