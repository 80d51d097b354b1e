/** Team: agents, open questions and grants, folded from the stream. Equal streams give equal teams. */
import type {
  AgentPhase,
  AgentSummary,
  Envelope,
  Grant,
  HarnessEvent,
  HarnessEventOf,
  OpenCall,
  PendingRelay,
} from '../events.ts';

/** Ended agents that stay listed; older ones are forgotten. */
const ENDED_KEPT = 1000;

/**
 * A team folded from its stream: its agents (the last 1000 ended ones included), the relays that wait and the grants in
 * force.
 */
export interface Team {
  readonly seq: number;
  agents(): readonly AgentSummary[];
  agent(id: string): AgentSummary | undefined;
  relays(): readonly PendingRelay[];
  grants(): readonly Grant[];
  /** Takes the next entry of the stream. */
  apply(entry: Envelope): void;
}

/** An empty team. Apply the stream to it from the beginning, or from a `resync`. */
export function createTeam(): Team {
  return new TeamFold();
}

class TeamFold implements Team {
  seq = 0;
  readonly #agents = new Map<string, AgentSummary>();
  readonly #relays = new Map<string, PendingRelay>();
  readonly #grants = new Map<string, Grant>();
  /** Number of open questions, by agent. */
  readonly #asking = new Map<string, number>();
  /** Ids of ended agents, oldest first. */
  readonly #ended: string[] = [];

  agents(): AgentSummary[] {
    return [...this.#agents.values()];
  }

  agent(id: string): AgentSummary | undefined {
    return this.#agents.get(id);
  }

  relays(): PendingRelay[] {
    return [...this.#relays.values()];
  }

  grants(): Grant[] {
    return [...this.#grants.values()];
  }

  apply({ seq, at, agentId, event }: Envelope): void {
    this.seq = seq;
    switch (event.type) {
      case 'harness_start':
        return this.#start(agentId, at, event);
      case 'usage':
        return this.#addUsage(agentId, event);
      case 'relay':
        return this.#ask(agentId, relayOf(agentId, event));
      case 'relay_resolved':
        for (const grant of event.grants ?? []) this.#grants.set(grant.id, grant);
        return this.#settle(agentId, event.relayId);
      case 'text':
        return this.#enter(agentId, 'writing');
      case 'reasoning':
        return this.#enter(agentId, 'reasoning');
      case 'turn':
      case 'turn_discarded':
        return this.#enter(agentId, 'thinking');
      case 'tool_call':
        return this.#setCalls(agentId, (calls) => [...calls, { id: event.id, tool: event.name, running: false }]);
      case 'tool_start':
        for (const id of event.used?.grants ?? []) this.#spend(id);
        return this.#setCalls(agentId, (calls) =>
          calls.map((call) => (call.id === event.id ? { ...call, running: true } : call)),
        );
      case 'tool_result':
        return this.#setCalls(agentId, (calls) => calls.filter(({ id }) => id !== event.id));
      case 'grant_used':
        return this.#spend(event.grantId);
      case 'grant_revoked':
        return void this.#grants.delete(event.grantId);
      case 'harness_end':
        return this.#end(agentId, at, event);
      case 'resync':
        return this.#replace(event);
      case 'message':
      case 'tool_effect':
      case 'tool_progress':
      case 'error':
      case 'stopping':
      case 'resumed':
        return undefined;
      default:
        return event satisfies never;
    }
  }

  #change(id: string, patch: Partial<AgentSummary>): void {
    const agent = this.#agents.get(id);
    if (agent !== undefined) this.#agents.set(id, { ...agent, ...patch });
  }

  #start(id: string, at: number, { name = id, path, parentId }: HarnessEventOf<'harness_start'>): void {
    this.#agents.set(id, {
      id,
      ...(parentId === undefined ? {} : { parentId }),
      name,
      path: path ?? [name],
      state: 'running',
      usage: { inputTokens: 0, outputTokens: 0 },
      startedAt: at,
      phase: 'thinking',
    });
  }

  #addUsage(id: string, { inputTokens, outputTokens }: HarnessEventOf<'usage'>): void {
    const before = this.#agents.get(id)?.usage ?? { inputTokens: 0, outputTokens: 0 };
    this.#change(id, {
      usage: {
        inputTokens: before.inputTokens + inputTokens,
        outputTokens: before.outputTokens + outputTokens,
      },
    });
  }

  #ask(id: string, relay: PendingRelay): void {
    this.#relays.set(relay.id, relay);
    this.#asking.set(id, (this.#asking.get(id) ?? 0) + 1);
    this.#change(id, { state: 'awaitingRelay' });
  }

  #settle(id: string, relayId: string): void {
    if (!this.#relays.delete(relayId)) return;
    const left = (this.#asking.get(id) ?? 1) - 1;
    if (left > 0) {
      this.#asking.set(id, left);
      return;
    }
    this.#asking.delete(id);
    this.#change(id, { state: 'running' });
  }

  #enter(id: string, phase: AgentPhase): void {
    if (this.#agents.get(id)?.phase !== phase) this.#change(id, { phase });
  }

  #setCalls(id: string, alter: (calls: readonly OpenCall[]) => OpenCall[]): void {
    const agent = this.#agents.get(id);
    if (agent === undefined) return;
    const { calls: before = [], ...rest } = agent;
    const calls = alter(before);
    this.#agents.set(id, { ...rest, phase: 'thinking', ...(calls.length === 0 ? {} : { calls }) });
  }

  #spend(grantId: string): void {
    const grant = this.#grants.get(grantId);
    if (grant?.usesLeft === undefined) return;
    if (grant.usesLeft > 1) this.#grants.set(grantId, { ...grant, usesLeft: grant.usesLeft - 1 });
    else this.#grants.delete(grantId);
  }

  #end(id: string, at: number, { status, usage }: HarnessEventOf<'harness_end'>): void {
    const agent = this.#agents.get(id);
    if (agent !== undefined) {
      const { phase: _phase, calls: _calls, ...rest } = agent;
      this.#agents.set(id, {
        ...rest,
        state: 'done',
        status,
        usage: usage ?? rest.usage,
        endedAt: at,
        endSeq: this.seq,
      });
    }
    for (const { id: grantId, scope, agentId } of this.#grants.values()) {
      if (scope !== 'all' && agentId === id) this.#grants.delete(grantId);
    }
    this.#ended.push(id);
    if (this.#ended.length > ENDED_KEPT) this.#agents.delete(this.#ended.shift() ?? '');
  }

  #replace({ agents, relays, grants }: HarnessEventOf<'resync'>): void {
    this.#agents.clear();
    this.#relays.clear();
    this.#grants.clear();
    this.#asking.clear();
    for (const agent of agents) this.#agents.set(agent.id, agent);
    const ended = agents
      .filter(({ state }) => state === 'done')
      .toSorted((one, other) => (one.endSeq ?? 0) - (other.endSeq ?? 0));
    this.#ended.splice(0, Infinity, ...ended.map(({ id }) => id));
    for (const relay of relays) this.#ask(relay.agentId, relay);
    for (const grant of grants) this.#grants.set(grant.id, grant);
  }
}

function relayOf(agentId: string, event: Extract<HarnessEvent, { type: 'relay' }>): PendingRelay {
  return {
    id: event.id,
    kind: event.kind,
    agentId,
    toolCallId: event.toolCallId,
    tool: event.tool,
    params: event.params,
    path: event.path ?? [],
    why: event.why ?? '',
    proposal: event.proposal ?? null,
    ...(event.covers !== undefined && { covers: event.covers }),
    releases: event.releases ?? [],
    askedAt: event.askedAt ?? 0,
  };
}
