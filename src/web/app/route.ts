/** What the address says: which view is open and which agent is selected. Kept in the hash, so that a reload shows the same. */

export const VIEWS = ['team', 'machines', 'graph', 'grants'] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  readonly view: View;
  /** The selected agent. */
  readonly agentId: string | undefined;
}

/** Reads a hash, with or without its `#`. What it does not know is the team. */
export function routeOf(hash: string): Route {
  const [name = '', agent = ''] = hash.replace(/^#?\/?/, '').split('/');
  const view = VIEWS.find((known) => known === name) ?? 'team';
  return { view, agentId: agent === '' ? undefined : decoded(agent) };
}

/** The hash of a route, with its `#`. */
export const hashOf = ({ view, agentId }: Route): string =>
  `#/${view}${agentId === undefined ? '' : `/${encodeURIComponent(agentId)}`}`;

/** The token that an address printed by the server brings; `undefined` for every other hash. */
export const tokenOf = (hash: string): string | undefined =>
  new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? undefined;

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
