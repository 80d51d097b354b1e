/**
 * The team as the stream tells it: agents, waiting relays, grants. Folding the events is all there is to it, so every
 * screen that folds the same stream shows the same team.
 */
import type { AgentPhase, AgentSummary, Envelope, Grant, HarnessEvent, OpenCall, PendingRelay } from '../events.ts';

/** Ended agents kept for listing; older ones are forgotten. */
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
  const agents = new Map<string, AgentSummary>();
  const relays = new Map<string, PendingRelay>();
  const grants = new Map<string, Grant>();
  const ended: string[] = [];
  let seq = 0;

  const change = (id: string, patch: Partial<AgentSummary>) => {
    const agent = agents.get(id);
    if (agent !== undefined) agents.set(id, { ...agent, ...patch });
  };
  /** Relays that wait, by agent. */
  const waiting = new Map<string, number>();
  const ask = (id: string, relay: PendingRelay) => {
    relays.set(relay.id, relay);
    waiting.set(id, (waiting.get(id) ?? 0) + 1);
    change(id, { state: 'awaitingRelay' });
  };
  const settle = (id: string, relayId: string) => {
    if (!relays.delete(relayId)) return;
    const left = (waiting.get(id) ?? 1) - 1;
    if (left > 0) {
      waiting.set(id, left);
      return;
    }
    waiting.delete(id);
    change(id, { state: 'running' });
  };
  const speak = (id: string, phase: AgentPhase) => {
    if (agents.get(id)?.phase !== phase) change(id, { phase });
  };
  const changeCalls = (id: string, alter: (calls: readonly OpenCall[]) => OpenCall[]) => {
    const agent = agents.get(id);
    if (agent === undefined) return;
    const { calls: before = [], ...rest } = agent;
    const calls = alter(before);
    agents.set(id, { ...rest, phase: 'thinking', ...(calls.length === 0 ? {} : { calls }) });
  };
  const end = (id: string, at: number, event: Extract<HarnessEvent, { type: 'harness_end' }>) => {
    const agent = agents.get(id);
    if (agent !== undefined) {
      const { phase: _phase, calls: _calls, ...rest } = agent;
      const { status, usage = rest.usage } = event;
      agents.set(id, { ...rest, state: 'done', status, usage, endedAt: at, endSeq: seq });
    }
    for (const grant of grants.values()) if (grant.scope !== 'all' && grant.agentId === id) grants.delete(grant.id);
    ended.push(id);
    if (ended.length > ENDED_KEPT) agents.delete(ended.shift() ?? '');
  };

  const spend = (grantId: string) => {
    const grant = grants.get(grantId);
    if (grant?.usesLeft === undefined) return;
    if (grant.usesLeft > 1) grants.set(grantId, { ...grant, usesLeft: grant.usesLeft - 1 });
    else grants.delete(grantId);
  };

  return {
    get seq() {
      return seq;
    },
    agents: () => [...agents.values()],
    agent: (id) => agents.get(id),
    relays: () => [...relays.values()],
    grants: () => [...grants.values()],
    apply({ seq: number, at, agentId, event }) {
      seq = number;
      switch (event.type) {
        case 'harness_start':
          agents.set(agentId, {
            id: agentId,
            ...(event.parentId === undefined ? {} : { parentId: event.parentId }),
            name: event.name ?? agentId,
            path: event.path ?? [event.name ?? agentId],
            state: 'running',
            usage: { inputTokens: 0, outputTokens: 0 },
            startedAt: at,
            phase: 'thinking',
          });
          return;
        case 'usage': {
          const usage = agents.get(agentId)?.usage ?? { inputTokens: 0, outputTokens: 0 };
          change(agentId, {
            usage: {
              inputTokens: usage.inputTokens + event.inputTokens,
              outputTokens: usage.outputTokens + event.outputTokens,
            },
          });
          return;
        }
        case 'relay':
          ask(agentId, relayOf(agentId, event));
          return;
        case 'relay_resolved':
          for (const grant of event.grants ?? []) grants.set(grant.id, grant);
          settle(agentId, event.relayId);
          return;
        case 'text':
          return speak(agentId, 'writing');
        case 'reasoning':
          return speak(agentId, 'reasoning');
        case 'turn':
        case 'turn_discarded':
          return speak(agentId, 'thinking');
        case 'tool_call':
          return changeCalls(agentId, (calls) => [...calls, { id: event.id, tool: event.name, running: false }]);
        case 'tool_result':
          return changeCalls(agentId, (calls) => calls.filter(({ id }) => id !== event.id));
        case 'tool_start':
          changeCalls(agentId, (calls) =>
            calls.map((call) => (call.id === event.id ? { ...call, running: true } : call)),
          );
          for (const id of event.used?.grants ?? []) spend(id);
          return;
        case 'grant_used':
          return spend(event.grantId);
        case 'grant_revoked':
          grants.delete(event.grantId);
          return;
        case 'harness_end':
          end(agentId, at, event);
          return;
        case 'resync':
          agents.clear();
          relays.clear();
          grants.clear();
          ended.length = 0;
          for (const agent of event.agents) agents.set(agent.id, agent);
          ended.push(
            ...event.agents
              .filter(({ state }) => state === 'done')
              .toSorted((one, other) => (one.endSeq ?? 0) - (other.endSeq ?? 0))
              .map(({ id }) => id),
          );
          waiting.clear();
          for (const relay of event.relays) ask(relay.agentId, relay);
          for (const grant of event.grants) grants.set(grant.id, grant);
          return;
        case 'message':
        case 'tool_effect':
        case 'tool_progress':
        case 'error':
        case 'stopping':
        case 'resumed':
          return;
        default:
          event satisfies never;
      }
    },
  };
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
