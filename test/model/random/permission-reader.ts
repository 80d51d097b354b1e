/**
 * Reads permissions a second time, from the play and the stream alone and with none of the code that decides: what, if
 * anything, lets a call run.
 */
import type { Envelope, Grant, HarnessEventOf, ToolPermission } from '../../../src/index.ts';
import type { Play, RootPlan } from './play.ts';

export interface Agent {
  readonly id: string;
  readonly parent: Agent | undefined;
  readonly root: Agent;
  readonly plan: RootPlan | undefined;
  /** Names of the tools it has. */
  readonly tools: readonly string[];
}

export interface Call {
  readonly id: string;
  readonly tool: string;
  /** As it would run now: the model's arguments, or a human's. */
  readonly input: unknown;
  readonly agent: Agent;
}

interface KnownGrant {
  readonly grant: Grant;
  uses: number;
  isGone: boolean;
}

/** What is known at a place of the stream. */
export class PermissionReader {
  readonly #play: Play;
  readonly #agents = new Map<string, Agent>();
  readonly #calls = new Map<string, Call>();
  readonly #grants = new Map<string, KnownGrant>();
  /** What was used of each root's `allowOnce`, by place. */
  readonly #used = new Map<Agent, Set<number>>();
  /** Relays whose call a human let run. */
  readonly #approved = new Map<string, string>();
  #roots = 0;

  constructor(play: Play) {
    this.#play = play;
  }

  call(id: string): Call | undefined {
    return this.#calls.get(id);
  }

  /** Takes the next entry; what a start uses up is taken after it was judged. */
  take({ agentId, event }: Envelope): void {
    if (event.type === 'harness_start') this.#begin(agentId, event.parentId);
    else if (event.type === 'tool_call') this.#ask(agentId, event);
    else if (event.type === 'relay_resolved') this.#resolve(event);
    else if (event.type === 'tool_start') this.#use(event);
    else if (event.type === 'grant_revoked') this.#drop(({ id }) => id === event.grantId);
    else if (event.type === 'harness_end') this.#drop((grant) => grant.scope !== 'all' && grant.agentId === agentId);
  }

  /** The deny rule that forbids the call to this agent. */
  denial({ id, tool, input }: Call, agent: Agent): string | undefined {
    const rules = [...(this.#play.policy.deny ?? []), ...(agent.root.plan?.permissions.deny ?? [])];
    const raw = id.slice(id.indexOf('/') + 1);
    const found = rules.find((rule) => {
      return 'toolCallId' in rule ? rule.toolCallId === raw || rule.toolCallId === id : covers(rule, tool, input);
    });
    return found === undefined ? undefined : JSON.stringify(found);
  }

  /** Everything that lets this agent make such a call, as `decidedBy` names it. */
  reasons({ tool, input }: Call, agent: Agent, at: number): string[] {
    const { policy } = this.#play;
    const { allowlist = [], allowOnce = [] } = agent.root.plan?.permissions ?? {};
    const used = this.#used.get(agent.root);
    return [
      ...placesOf(policy.allowlist ?? [], tool, input).map((place) => `rule orchestrator.allowlist[${place}]`),
      ...[...this.#grants.values()]
        .filter(({ grant, ...known }) => isInForce({ grant, ...known }, at) && reaches(grant, agent))
        .filter(({ grant }) => covers(grant.permission, tool, input))
        .map(({ grant }) => `grant ${grant.id}`),
      ...placesOf(allowlist, tool, input).map((place) => `rule ${agent.root.id}.allowlist[${place}]`),
      ...placesOf(allowOnce, tool, input)
        .filter((place) => used?.has(place) !== true)
        .map(() => 'once'),
    ];
  }

  /** Whether a human let this very call run. */
  isApproved(call: Call, relayId: string | undefined): boolean {
    return relayId !== undefined && this.#approved.get(relayId) === call.id;
  }

  /** Whether it is a grant for some agents only. */
  isNarrow(grantId: string | undefined): boolean {
    const known = this.#grants.get(grantId ?? '');
    return known !== undefined && known.grant.scope !== 'all';
  }

  #begin(id: string, parentId: string | undefined): void {
    const asked = parentId === undefined ? undefined : this.#calls.get(parentId);
    const parent = asked?.agent;
    const wanted = asked === undefined ? undefined : listIn(asked.input, 'tools');
    const tools = parent?.tools ?? ['agent', 'alpha', 'beta', 'gamma'];
    const plan = parent === undefined ? this.#play.roots[this.#roots] : undefined;
    if (parent === undefined) this.#roots += 1;
    const own = { id, parent, plan, tools: wanted === undefined ? tools : tools.filter((one) => wanted.includes(one)) };
    // a root is its own
    const agent: Agent = {
      ...own,
      get root() {
        return parent?.root ?? agent;
      },
    };
    this.#agents.set(id, agent);
  }

  #ask(agentId: string, { id, name, input }: HarnessEventOf<'tool_call'>): void {
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) this.#calls.set(id, { id, tool: name, input, agent });
  }

  #resolve({ toolCallId, relayId, approved, by, input, grants = [] }: HarnessEventOf<'relay_resolved'>): void {
    const call = this.#calls.get(toolCallId);
    if (call !== undefined && input !== undefined) this.#calls.set(toolCallId, { ...call, input });
    if (approved && by === 'human') this.#approved.set(relayId, toolCallId);
    for (const grant of grants) this.#grants.set(grant.id, { grant, uses: 0, isGone: false });
  }

  #use({ id, used }: HarnessEventOf<'tool_start'>): void {
    const call = this.#calls.get(id);
    for (const grantId of used?.grants ?? []) {
      const known = this.#grants.get(grantId);
      if (known !== undefined) known.uses += 1;
    }
    if (call === undefined || used === undefined || used.once.length === 0) return;
    const { root } = call.agent;
    const gone = this.#used.get(root) ?? new Set();
    const rules = root.plan?.permissions.allowOnce ?? [];
    for (const { permission } of used.once) {
      const same = JSON.stringify(permission);
      gone.add(rules.findIndex((rule, place) => !gone.has(place) && JSON.stringify(rule) === same));
    }
    this.#used.set(root, gone);
  }

  #drop(isGone: (grant: Grant) => boolean): void {
    for (const known of this.#grants.values()) known.isGone ||= isGone(known.grant);
  }
}

function isInForce({ grant, uses, isGone }: KnownGrant, at: number): boolean {
  return !isGone && at < (grant.expiresAt ?? Infinity) && uses < (grant.usesLeft ?? Infinity);
}

function reaches({ scope, agentId }: Grant, agent: Agent): boolean {
  if (scope === 'all' || agent.id === agentId) return true;
  return scope === 'subtree' && agent.parent !== undefined && reaches({ scope, agentId } as Grant, agent.parent);
}

const placesOf = (rules: readonly ToolPermission[], tool: string, input: unknown): number[] =>
  rules.flatMap((rule, place) => (covers(rule, tool, input) ? [place] : []));

/** The plays' rules have no wildcards. */
function covers({ tool, params = {}, exact = false }: ToolPermission, name: string, input: unknown): boolean {
  if (tool !== name) return false;
  const given = new Map(Object.entries(typeof input === 'object' && input !== null ? input : {}));
  const wanted = Object.entries(params);
  return (!exact || wanted.length === given.size) && wanted.every(([key, value]) => given.get(key) === value);
}

function listIn(input: unknown, key: string): readonly unknown[] | undefined {
  const list: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}
