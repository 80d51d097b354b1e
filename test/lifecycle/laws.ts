/** The laws of harness events (DESIGN §4): what holds for every stream, whatever agents, humans and tools did. */
import { expect } from 'vitest';
import { type AgentOrchestrator, type Envelope, type Grant, type PendingRelay } from '../../src/index.ts';
import { createTeam, type Team } from '../../src/read-model/team.ts';
import type { Journal } from '../../src/journal/index.ts';

/** The id that every event about a call carries. */
const callIdOf = ({ event }: Envelope): string | undefined => {
  if (event.type === 'tool_call' || event.type === 'tool_start' || event.type === 'tool_result') return event.id;
  return event.type === 'tool_progress' || event.type === 'relay' || event.type === 'relay_resolved'
    ? event.toolCallId
    : undefined;
};

/** Checks a whole stream, from its beginning until every agent has ended. */
export function expectLaws(entries: readonly Envelope[]): void {
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  const calls = new Set(entries.flatMap(({ event }) => (event.type === 'tool_call' ? [event.id] : [])));
  for (const own of Map.groupBy(entries, ({ agentId }) => agentId).values()) {
    if (own[0]?.agentId === 'orchestrator') continue;
    const types = own.map(({ event }) => event.type);
    expect(types[0]).toBe('harness_start');
    expect(types.at(-1)).toBe('harness_end');
    expect(types.filter((type) => type === 'harness_start' || type === 'harness_end')).toHaveLength(2);
    const parents = new Set(own.map(({ event }) => event.parentId));
    expect(parents.size).toBe(1);
    const [parent] = parents;
    if (parent !== undefined) expect(calls.has(parent)).toBe(true);
  }
  expectCalls(entries);
  expectSubtrees(entries);
}

/** Each call: one `tool_call` first, one `tool_result` last, and every question in between is resolved once. */
function expectCalls(entries: readonly Envelope[]): void {
  const about = entries.filter((entry) => callIdOf(entry) !== undefined);
  for (const own of Map.groupBy(about, callIdOf).values()) {
    const types = own.map(({ event }) => event.type);
    expect(types[0]).toBe('tool_call');
    expect(types.at(-1)).toBe('tool_result');
    expect(types.filter((type) => type === 'tool_call' || type === 'tool_result')).toHaveLength(2);
    const asked = own.flatMap(({ event }) => (event.type === 'relay' ? [event.id] : []));
    const resolved = own.flatMap(({ event }) => (event.type === 'relay_resolved' ? [event.relayId] : []));
    expect(resolved).toEqual(asked);
    expect(new Set(asked).size).toBe(asked.length);
  }
}

/** A subagent lives within the call that asked for it. */
function expectSubtrees(entries: readonly Envelope[]): void {
  const places = new Map<string, { from?: number; to?: number }>();
  for (const { seq, event } of entries) {
    if (event.type === 'tool_call') places.set(event.id, { from: seq });
    if (event.type === 'tool_result') places.set(event.id, { ...places.get(event.id), to: seq });
  }
  for (const { seq, event } of entries) {
    const place = event.parentId === undefined ? undefined : places.get(event.parentId);
    if (place === undefined) continue;
    expect(seq).toBeGreaterThan(place.from ?? Infinity);
    expect(seq).toBeLessThan(place.to ?? -Infinity);
  }
}

/** Folds a journal as it grows and compares with what the orchestrator says of itself. */
export function mirrorOf(journal: Journal): Team & { compare(team: AgentOrchestrator): void } {
  const fold = createTeam();
  const catchUp = () => {
    for (let page = journal.read({ since: fold.seq, limit: 1000 }); page.entries.length > 0;) {
      for (const entry of page.entries) fold.apply(entry);
      page = journal.read({ since: fold.seq, limit: 1000 });
    }
  };
  return Object.assign(fold, {
    compare(team: AgentOrchestrator) {
      catchUp();
      expect(fold.agents()).toEqual(team.agents());
      // what "always" would release is said as of the asking, and looked up anew by getPendingRelays()
      const bare = (relays: readonly PendingRelay[]) => relays.map(({ releases: _then, ...relay }) => relay);
      expect(bare(fold.relays())).toEqual(bare(team.getPendingRelays()));
      // a use is told with the result of its call, so a grant with a number of uses may be ahead
      const endless = (grants: readonly Grant[]) => grants.filter(({ usesLeft }) => usesLeft === undefined);
      expect(endless(fold.grants())).toEqual(endless(team.grants.list()));
    },
  });
}
