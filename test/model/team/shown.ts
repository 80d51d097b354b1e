/** What the model predicts: how a situation looks from outside, and what is said to an act that does nothing. */
import { type Act, agentOf, type Cast, type World } from './world.ts';

/** The situation as the public API of the orchestrator shows it. */
export function shown(cast: Cast, { agents, calls, relays, grants, told }: World): object {
  const running = Object.keys(calls).filter((call) => calls[call]?.phase === 'running');
  const isWaiting = (agent: string) => relays.some((call) => agentOf(call) === agent);
  return {
    agents: mapped(agents, ({ status }, name) => status ?? (isWaiting(name) ? 'awaitingRelay' : 'running')),
    calls: mapped(calls, ({ phase, status }) => (status === undefined ? phase : `${phase} ${status}`)),
    // a write that is always allowed lets every other one through
    relays: relays.map((call) => ({ call, releases: relays.filter((other) => other !== call) })),
    grants,
    thinking: Object.keys(agents)
      .filter((name) => agents[name]?.phase === 'thinking')
      .toSorted(),
    running: running.filter((call) => !(call in cast.hires)).toSorted(),
    told: told.toSorted(),
  };
}

/** What is said to an act that does nothing. */
export function refusalOf({ type }: Act): unknown {
  switch (type) {
    case 'spawn':
      return 'closed';
    case 'answer':
    case 'revoke':
    case 'message':
      return false;
    case 'kill':
      return undefined;
    case 'cleanup':
      return 'once';
    default:
      return 'not awaited';
  }
}

function mapped<T>(record: Readonly<Record<string, T>>, text: (value: T, key: string) => string): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, text(value, key)]));
}
