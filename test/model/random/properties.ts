/** What must hold of every play, whatever happens in it. Each says where it does not. */
import { isDeepStrictEqual } from 'node:util';
import type { HarnessEvent, HarnessEventOf } from '../../../src/index.ts';
import { eventsOf } from '../../support/team.ts';
import { type Agent, PermissionReader } from './permission-reader.ts';
import type { Played } from './player.ts';

export type Property = (played: Played) => readonly string[];

export const properties: Readonly<Record<string, Property>> = {
  'a denied call never starts': ({ entries }) => {
    const refused = new Set([
      ...eventsOf(entries, 'tool_result').flatMap(({ id, status }) => (status === 'denied' ? [id] : [])),
      ...eventsOf(entries, 'relay_resolved').flatMap(({ toolCallId, approved }) => (approved ? [] : [toolCallId])),
    ]);
    return eventsOf(entries, 'tool_start').flatMap(({ id }) => (refused.has(id) ? [`${id} started`] : []));
  },

  'every call ends exactly once': ({ entries }) => {
    const results = countOf(eventsOf(entries, 'tool_result').map(({ id }) => id));
    const calls = countOf(eventsOf(entries, 'tool_call').map(({ id }) => id));
    return [...new Set([...calls.keys(), ...results.keys()])].flatMap((id) => {
      const [called = 0, ended = 0] = [calls.get(id), results.get(id)];
      return called === 1 && ended === 1 ? [] : [`${id} was called ${called} times and ended ${ended} times`];
    });
  },

  'a call starts at most once, and its result is the last of it': ({ entries }) => {
    const events = entries.map(({ event }) => event).filter((event) => aboutCall(event) !== undefined);
    return [...Map.groupBy(events, aboutCall)].flatMap(([id, own]) => {
      const types = own.map(({ type }) => type);
      const starts = types.filter((type) => type === 'tool_start').length;
      const isInOrder = types[0] === 'tool_call' && types.at(-1) === 'tool_result';
      return starts <= 1 && isInOrder ? [] : [`${id}: ${types.join(', ')}`];
    });
  },

  'every relay is answered exactly once, as a human said or because its agent ended': ({ entries, accepted }) => {
    const resolved = Map.groupBy(eventsOf(entries, 'relay_resolved'), ({ relayId }) => relayId);
    const cancelled = new Set(
      eventsOf(entries, 'tool_result').flatMap(({ id, status }) => (status === 'cancelled' ? [id] : [])),
    );
    const asked = eventsOf(entries, 'relay').flatMap(({ id }) => {
      const [end, ...more] = resolved.get(id) ?? [];
      if (end === undefined || more.length > 0)
        return [`${id} was answered ${more.length + Number(end !== undefined)} times`];
      const given = accepted.filter(({ relayId }) => relayId === id).map(({ answer }) => answer.approved);
      const said = end.by === 'human' ? [end.approved] : [];
      if (!isDeepStrictEqual(given, said)) return [`${id}: said ${String(said)}, given ${String(given)}`];
      return end.by === 'cancel' && !cancelled.has(end.toolCallId)
        ? [`${id} was taken back, and its call goes on`]
        : [];
    });
    const known = new Set(eventsOf(entries, 'relay').map(({ id }) => id));
    return [...asked, ...[...resolved.keys()].flatMap((id) => (known.has(id) ? [] : [`${id} was never asked`]))];
  },

  'nothing comes after harness_end, of the agent or of those below it': ({ entries }) => {
    const ended = new Set<string>();
    const parents = new Map<string, string>();
    return entries.flatMap(({ agentId, event, seq }) => {
      if (event.type === 'harness_start' && event.parentId !== undefined) {
        parents.set(agentId, event.parentId.slice(0, event.parentId.indexOf('/')));
      }
      const faults: string[] = [];
      for (let id: string | undefined = agentId; id !== undefined; id = parents.get(id)) {
        if (ended.has(id)) faults.push(`seq ${seq}: ${event.type} of ${agentId} after the end of ${id}`);
      }
      if (event.type === 'harness_end') ended.add(agentId);
      return faults;
    });
  },

  'every agent ends exactly once': ({ entries }) => {
    const ends = countOf(entries.flatMap(({ agentId, event }) => (event.type === 'harness_end' ? [agentId] : [])));
    const starts = entries.flatMap(({ agentId, event }) => (event.type === 'harness_start' ? [agentId] : []));
    return starts.flatMap((id) => (ends.get(id) === 1 ? [] : [`${id} ended ${ends.get(id) ?? 0} times`]));
  },

  'no actor and no timer is left after cleanup()': ({ actorsLeft, timersLeft }) =>
    actorsLeft + timersLeft === 0 ? [] : [`${actorsLeft} actors and ${timersLeft} timers are left`],

  'what starts is allowed, for the reason that is told': (played) =>
    startsOf(played)
      .flatMap(({ reader, start, at }) => {
        const call = reader.call(start.id);
        if (call === undefined) return [`${start.id} was never called`];
        const denial = reader.denial(call, call.agent);
        if (denial !== undefined) return [`${start.id} started in spite of ${denial}`];
        const { kind, id } = start.decidedBy ?? {};
        if (kind === 'human') return reader.isApproved(call, id) ? [] : [`${start.id}: no human let it run`];
        const reason = kind === 'once' ? 'once' : `${kind} ${id}`;
        return reader.reasons(call, call.agent, at).includes(reason)
          ? []
          : [`${start.id}: it is not so that ${reason}`];
      })
      .toArray(),

  'what runs is what was allowed': (played) => {
    const inputs = new Map(startsOf(played).map(({ reader, start }) => [start.id, reader.call(start.id)] as const));
    return played.runs.flatMap(({ callId, tool, input }) => {
      const call = inputs.get(callId);
      return call?.tool === tool && isDeepStrictEqual({ ...Object(call.input) }, { ...input })
        ? []
        : [`${callId} ran ${JSON.stringify(input)}`];
    });
  },

  'a child never does what its parent may not': (played) =>
    startsOf(played)
      .flatMap(({ reader, start, at }) => {
        const call = reader.call(start.id);
        const faults: string[] = [];
        if (call === undefined) return faults;
        for (let agent: Agent | undefined = call.agent; agent !== undefined; agent = agent.parent) {
          if (!agent.tools.includes(call.tool)) faults.push(`${agent.id} has no ${call.tool}, and ${start.id} started`);
          const denial = reader.denial(call, agent);
          if (denial !== undefined) faults.push(`${start.id} started, which ${denial} forbids to ${agent.id}`);
          // what a human says of the child itself is said of nobody else
          if (start.decidedBy?.kind === 'human' || reader.isNarrow(start.decidedBy?.id)) continue;
          if (reader.reasons(call, agent, at).length === 0) faults.push(`${agent.id} may not do what ${start.id} did`);
        }
        return faults;
      })
      .toArray(),

  'a grant, or an allowOnce, is never used more often than was said': (played) => {
    const { play, entries } = played;
    const starts = eventsOf(entries, 'tool_start');
    const uses = countOf(starts.flatMap(({ decidedBy }) => (decidedBy?.kind === 'grant' ? [decidedBy.id ?? ''] : [])));
    const grants = eventsOf(entries, 'relay_resolved').flatMap((event) => event.grants ?? []);
    const once = countOf(starts.flatMap(({ used }) => used?.once ?? []).map((entry) => JSON.stringify(entry)));
    const roots = entries.flatMap(({ agentId, event }) =>
      event.type === 'harness_start' && event.parentId === undefined ? [agentId] : [],
    );
    const given = countOf(
      roots.flatMap((agentId, index) =>
        (play.roots[index]?.permissions.allowOnce ?? []).map((permission) => JSON.stringify({ agentId, permission })),
      ),
    );
    return [
      ...grants.flatMap(({ id, usesLeft = Infinity }) =>
        (uses.get(id) ?? 0) > usesLeft ? [`${id} was used too often`] : [],
      ),
      ...[...once].flatMap(([entry, count]) =>
        count > (given.get(entry) ?? 0) ? [`${entry} was used ${count} times`] : [],
      ),
    ];
  },

  'the fold of the stream is the state': ({ differences }) => differences.slice(0, 1),

  'what the API says is so': ({ untruths }) => untruths,
};

interface Start {
  /** Holds what was known right before it, until the next is asked for. */
  readonly reader: PermissionReader;
  readonly start: HarnessEventOf<'tool_start'>;
  readonly at: number;
}

function* startsOf({ play, entries }: Played): Generator<Start> {
  const reader = new PermissionReader(play);
  for (const entry of entries) {
    if (entry.event.type === 'tool_start') yield { reader, start: entry.event, at: entry.at };
    reader.take(entry);
  }
}

/** The full id of the call that an event is about. */
function aboutCall(event: HarnessEvent): string | undefined {
  if (event.type === 'tool_call' || event.type === 'tool_start' || event.type === 'tool_result') return event.id;
  if (event.type === 'relay' || event.type === 'relay_resolved' || event.type === 'tool_progress') {
    return event.toolCallId;
  }
  return undefined;
}

function countOf(ids: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
