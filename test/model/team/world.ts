/** What a team is, as plain data: all that the model and the real system must agree on. */

/** Who is in the play. The first turn of an agent asks for its calls, all at once; its later turns only answer. */
export interface Cast {
  /** Agents by name, each with the names of its calls. */
  readonly agents: Readonly<Record<string, readonly string[]>>;
  /** Calls of the tool `agent` (`root/hire`), and whom each hires; a rule allows them. All others write, and ask. */
  readonly hires: Readonly<Record<string, string>>;
  /** Acts that are left to other casts. */
  readonly without?: readonly Act['type'][];
  /**
   * Situations that differ only in how calls ended are one. Sound, since nothing that happens later depends on it; the status
   * of every call is compared all the same.
   */
  readonly forgetsEnds?: boolean;
}

export interface Agent {
  phase: 'thinking' | 'acting' | 'done';
  /** The turn it is in, from 1. */
  turn: number;
  /** Somebody has sent it something that its model has not seen. */
  mail: boolean;
  status?: 'completed' | 'failed' | 'cancelled' | 'limited';
}

export interface Call {
  phase: 'waiting' | 'running' | 'settled';
  status?: 'ok' | 'error' | 'denied' | 'cancelled';
}

/** One situation. Agents that were not started and calls that were not asked for are not there. */
export interface World {
  /** Until `cleanup()`. */
  open: boolean;
  agents: Record<string, Agent>;
  /** By `<agent>/<call>`. */
  calls: Record<string, Call>;
  /** Calls that wait for a human, in the order asked. */
  relays: string[];
  /** The shared allowlist: the calls that were answered "always". Each lets every `write` of every agent through. */
  grants: string[];
  /** What the stream told of the step that led here; no part of the situation. */
  told: string[];
}

/** Something that can happen, or that somebody can try. */
export type Act =
  | Outcome
  | { readonly type: 'spawn' | 'kill' | 'message'; readonly agent: string }
  | { readonly type: 'answer'; readonly call: string; readonly how: Answer }
  | { readonly type: 'revoke'; readonly call: string }
  | { readonly type: 'cleanup' };

/** What models, tools and subagents come to. */
export type Outcome =
  | { readonly type: 'turn' | 'turn fails'; readonly agent: string }
  | { readonly type: 'tool ends' | 'tool fails' | 'hire returns'; readonly call: string };

/**
 * `edit`: yes, with other arguments. `edit into the forbidden`: with arguments that a deny rule forbids. `edit into nonsense`:
 * with arguments that the tool's schema does not take.
 */
export type Answer = 'yes' | 'always' | 'no' | 'edit' | 'edit into the forbidden' | 'edit into nonsense';

const ANSWERS: readonly Answer[] = ['yes', 'always', 'no', 'edit', 'edit into the forbidden', 'edit into nonsense'];

export const nobody: World = { open: true, agents: {}, calls: {}, relays: [], grants: [], told: [] };

export const callsOf = ({ agents }: Cast, agent: string): readonly string[] =>
  (agents[agent] ?? []).map((call) => `${agent}/${call}`);

export const agentOf = (call: string): string => call.slice(0, call.indexOf('/'));

/** Started by the application, not by a call. */
export const isRoot = ({ hires }: Cast, agent: string): boolean => !Object.values(hires).includes(agent);

/** Everything that can be tried with this cast, in whatever situation. */
export function everyAct(cast: Cast): readonly Act[] {
  const agents = Object.keys(cast.agents);
  const calls = agents.flatMap((agent) => callsOf(cast, agent));
  const hires = calls.filter((call) => call in cast.hires);
  const writes = calls.filter((call) => !(call in cast.hires));
  const acts: readonly Act[] = [
    ...agents.filter((agent) => isRoot(cast, agent)).map((agent) => ({ type: 'spawn', agent }) as const),
    ...agents.flatMap((agent) =>
      (['turn', 'turn fails', 'kill', 'message'] as const).map((type) => ({ type, agent }) as const),
    ),
    ...writes.flatMap((call) => ANSWERS.map((how) => ({ type: 'answer', call, how }) as const)),
    ...writes.flatMap((call) =>
      (['tool ends', 'tool fails', 'revoke'] as const).map((type) => ({ type, call }) as const),
    ),
    ...hires.map((call) => ({ type: 'hire returns', call }) as const),
    { type: 'cleanup' },
  ];
  return acts.filter(({ type }) => cast.without?.includes(type) !== true);
}

export function actText(act: Act): string {
  if (act.type === 'cleanup') return act.type;
  if ('agent' in act) return `${act.type}: ${act.agent}`;
  return act.type === 'answer' ? `${act.how}: ${act.call}` : `${act.type}: ${act.call}`;
}

/** Two situations with the same text are the same. */
export function worldText({ forgetsEnds = false }: Cast, { told: _told, ...world }: World): string {
  return JSON.stringify(world, (key, value: unknown) => {
    if (forgetsEnds && key === 'calls') return inOrder(phasesOf(world));
    return inOrder(value);
  });
}

const phasesOf = ({ calls }: Pick<World, 'calls'>): object =>
  Object.fromEntries(Object.entries(calls).map(([name, { phase }]) => [name, { phase }]));

/** Who was there first makes no difference. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
