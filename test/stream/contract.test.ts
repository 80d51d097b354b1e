/** DESIGN §4 "The stream": one test for each line of the contract, named by it. */
import { setImmediate as nextLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, call, Envelope, type Envelope as Entry, type InvocationEvent } from '../../src/index.ts';
import { createTeam } from '../../src/read-model/team.ts';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import {
  collect,
  echoTool,
  eventsOf,
  gateTool,
  harnessOf,
  relaysWaiting,
  scriptedTeam,
  start,
  until,
} from '../support/team.ts';

const seqs = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);
const upTo = (last: number, from = 1) => Array.from({ length: last - from + 1 }, (_, index) => from + index);

/** A harness that says `count` words and never waits for anything. */
const talker = (count: number) =>
  harnessOf(async function* () {
    for (let at = 0; at < count; at += 1) yield { type: 'text', runId: '', id: 'b', content: `${at}` };
  });

/** A journal that counts how often it is read. */
function countingJournal(): Journal & { readonly reads: number } {
  const journal = memoryJournal();
  let reads = 0;
  return {
    append: (entries) => journal.append(entries),
    read: (options) => {
      reads += 1;
      return journal.read(options);
    },
    get lastSeq() {
      return journal.lastSeq;
    },
    get reads() {
      return reads;
    },
    close: () => journal.close(),
  };
}

describe('One envelope: { seq, at, agentId, event }; seq is global, strictly increasing, without gaps for a reader from the start', () => {
  test('three agents with tools, subagents and questions give envelopes 1, 2, 3 … that fit the schema', async () => {
    await using team = scriptedTeam(function* ({ task }) {
      if (task === 'child') return { text: 'I am a child' };
      yield { text: 'first', calls: [call('agent', { task: 'child' }), call('echo', { text: task }), call('nope')] };
      return { text: 'last' };
    });
    const { agentTool } = await import('../../src/index.ts');
    const permissions = { allowlist: [{ tool: 'agent' }, { tool: 'echo' }] };
    for (const task of ['a', 'b', 'c']) start(team, task, { tools: [agentTool, echoTool()], permissions });
    const entries = await collect(team.events());
    expect(seqs(entries)).toEqual(upTo(entries.length));
    expect(new Set(entries.map(({ agentId }) => agentId)).size).toBe(6);
    for (const entry of entries) {
      expect(Object.keys(entry).toSorted()).toEqual(['agentId', 'at', 'event', 'seq']);
      expect(Envelope.safeParse(entry).error).toBeUndefined();
      expect(entry.agentId).toBe(entry.event.runId);
    }
  });
});

describe('Per agent, order is the order of happening', () => {
  test('each of five agents is read in the order in which it spoke', async () => {
    await using team = new AgentOrchestrator(talker(1000));
    const ids = upTo(5).map((n) => start(team, `${n}`));
    const entries = await collect(team.events());
    for (const id of ids) {
      const own = entries.filter(({ agentId }) => agentId === id);
      expect(own.map(({ event }) => event.type)).toEqual([
        'harness_start',
        ...Array.from({ length: 1000 }, () => 'text'),
        'harness_end',
      ]);
      expect(eventsOf(own, 'text').map(({ content }) => content)).toEqual(upTo(999, 0).map(String));
    }
  });
});

describe('Across agents it is the order of publication, and no ready agent starves another', () => {
  test('what one agent did before another is read before it', async () => {
    const order: string[] = [];
    const gates = new Map(['a', 'b'].map((name) => [name, Promise.withResolvers<void>()]));
    const harness = harnessOf(async function* ({ messages }) {
      const name = messages[0]?.content === 'a' ? 'a' : 'b';
      await gates.get(name)?.promise;
      order.push(name);
      yield { type: 'text', runId: '', id: 'b', content: name };
    });
    await using team = new AgentOrchestrator(harness);
    start(team, 'a');
    start(team, 'b');
    gates.get('b')?.resolve();
    await until(team, ({ event }) => event.type === 'harness_end');
    gates.get('a')?.resolve();
    const entries = await collect(team.events());
    expect(eventsOf(entries, 'text').map(({ content }) => content)).toEqual(['b', 'a']);
    expect(order).toEqual(['b', 'a']);
  });

  // FAILURES: "With four always-ready agents, two got nothing until the other two had finished".
  test('of four always-ready harnesses each is heard before any other has finished', async () => {
    await using team = new AgentOrchestrator(talker(3000));
    const ids = upTo(4).map((n) => start(team, `${n}`));
    const entries = await collect(team.events());
    const firstEnd = entries.findIndex(({ event }) => event.type === 'harness_end');
    const heard = (id: string) =>
      entries.slice(0, firstEnd).filter(({ agentId, event }) => agentId === id && event.type === 'text').length;
    for (const id of ids) expect(heard(id)).toBeGreaterThan(1000);
  });

  test('timers and immediates of the process still fire beside always-ready harnesses', async () => {
    const fired = new Set<string>();
    let said = 0;
    const harness = harnessOf(async function* () {
      // would spin for ever without its own bound if nothing else ever got a turn
      for (let at = 0; at < 200_000 && fired.size < 2; at += 1) {
        said += 1;
        yield { type: 'text', runId: '', id: 'b', content: 'x' };
      }
    });
    await using team = new AgentOrchestrator(harness);
    setTimeout(() => fired.add('timer'), 0);
    setImmediate(() => fired.add('immediate'));
    for (const n of upTo(4)) start(team, `${n}`);
    await collect(team.events());
    expect(fired).toEqual(new Set(['timer', 'immediate']));
    expect(said).toBeLessThan(800_000);
  });
});

describe('An agent that throws is an `error` event and a `done` outcome of that agent, and nothing more', () => {
  // FAILURES: "One agent that threw ended everybody's stream, and every later reader threw again at once."
  test('the others go on, the reader goes on, and a later reader reads all of it', async () => {
    const harness = harnessOf(async function* ({ messages }) {
      yield { type: 'text', runId: '', id: 'b', content: 'begun' };
      await nextLoop();
      if (messages[0]?.content === 'bad') throw new Error('boom');
      yield { type: 'text', runId: '', id: 'b', content: 'finished' };
    });
    await using team = new AgentOrchestrator(harness);
    const good = start(team, 'good');
    const bad = start(team, 'bad');
    const entries = await collect(team.events());
    const own = entries.filter(({ agentId }) => agentId === bad).map(({ event }) => event);
    expect(own.map(({ type }) => type)).toEqual(['harness_start', 'text', 'error', 'harness_end']);
    expect(own[2]).toMatchObject({ code: 'harness', message: 'boom' });
    expect(await team.result(bad)).toMatchObject({ status: 'failed', reason: 'boom', text: 'begun' });
    expect(await team.result(good)).toMatchObject({ status: 'completed', text: 'begunfinished' });
    expect(await collect(team.events())).toEqual(entries);
    const later = start(team, 'good');
    expect(await team.result(later)).toMatchObject({ status: 'completed' });
  });

  test('a machine that crashes (a turn that is no turn) is one too', async () => {
    const { createAgentHarness } = await import('../../src/index.ts');
    const broken = {
      // oxlint-disable-next-line require-yield -- it only returns
      invoke: async function* () {
        return {
          message: { role: 'assistant', content: 'x', tool_calls: 7 },
          usage: { inputTokens: 0, outputTokens: 0 },
        };
      },
    };
    await using team = new AgentOrchestrator(createAgentHarness({ harness: broken }));
    const id = start(team, 'x');
    const types = (await collect(team.events())).map(({ event }) => event.type);
    expect(types).toEqual(['harness_start', 'error', 'harness_end']);
    expect(await team.result(id)).toMatchObject({ status: 'failed' });
    expect(team.agents()).toMatchObject([{ state: 'done', status: 'failed' }]);
  });
});

describe('Any number of readers; each gets every event', () => {
  // FAILURES: "Two readers shared one stream, so each saw half."
  test('five readers, two of them late, all read the same', async () => {
    await using team = new AgentOrchestrator(talker(1500));
    start(team, 'a');
    start(team, 'b');
    const early = [1, 2, 3].map(() => collect(team.events()));
    await until(team, ({ seq }) => seq === 700);
    const late = collect(team.events());
    const [first, ...others] = await Promise.all([...early, late]);
    expect(first).toHaveLength(3004);
    for (const other of [...others, await collect(team.events())]) expect(other).toEqual(first);
  });

  test('calls of next() that overlap get one entry each, in order', async () => {
    await using team = new AgentOrchestrator(talker(3));
    const reader = team.events({ live: true });
    const results = upTo(5).map(() => reader.next());
    start(team, 'a');
    expect((await Promise.all(results)).map(({ value }) => (value as Entry).seq)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('events({ since }) starts after a seq (default: from the beginning)', () => {
  test('since n begins with n + 1, and since the last waits for what comes', async () => {
    await using team = new AgentOrchestrator(talker(20));
    start(team, 'a');
    expect(seqs(await collect(team.events()))).toEqual(upTo(22));
    expect(seqs(await collect(team.events({ since: 0 })))).toEqual(upTo(22));
    expect(seqs(await collect(team.events({ since: 21 })))).toEqual([22]);
    expect(seqs(await collect(team.events({ since: 22 })))).toEqual([]);
    const next = team.events({ since: 22, live: true }).next();
    start(team, 'b');
    expect((await next).value).toMatchObject({ seq: 23, event: { type: 'harness_start' } });
  });

  test('a reader from a seq that is yet to come skips what comes before', async () => {
    await using team = new AgentOrchestrator(talker(20));
    start(team, 'a');
    expect(seqs(await collect(team.events({ since: 10 })))).toEqual(upTo(22, 11));
  });

  test.each([-1, 1.5, Number.NaN])('since %s is refused with the name of the field', async (since) => {
    await using team = new AgentOrchestrator(talker(1));
    expect(() => team.events({ since })).toThrow(expect.objectContaining({ code: 'invalid_params', path: 'since' }));
  });
});

describe('A reader that stops reading slows no agent and grows no memory without bound: it is served from the journal when it comes back', () => {
  test('a reader that stood still through 5000 events gets every one of them, and nobody waited for it', async () => {
    await using team = new AgentOrchestrator(talker(5000));
    const stalled = team.events();
    const id = start(team, 'a');
    expect((await stalled.next()).value).toMatchObject({ seq: 1 });
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
    expect(seqs(await collect(stalled))).toEqual(upTo(5002, 2));
  });

  test('what a stalled reader holds is one page: the rest is the journal’s to keep or to drop', async () => {
    await using team = new AgentOrchestrator(talker(50_000), { journal: memoryJournal({ maxEvents: 2000 }) });
    await team.result(start(team, 'before', { harness: talker(1500) }));
    const stalled = team.events();
    await stalled.next();
    await team.result(start(team, 'beside'));
    const rest = await collect(stalled);
    const resyncAt = rest.findIndex(({ event }) => event.type === 'resync');
    expect(resyncAt).toBeGreaterThan(0);
    expect(resyncAt).toBeLessThan(512);
  });
});

describe('Behind the retention of an in-memory journal it first gets one `resync` event holding the state (agents, pending relays, grants)', () => {
  test('it holds the present, and what follows continues it without a gap', async () => {
    const gate = gateTool();
    await using team = scriptedTeam(
      function* ({ task }) {
        if (task === 'ask') yield { calls: [call('echo', { text: 'first' })] };
        if (task === 'ask') yield { calls: [call('gate')] };
        if (task === 'talk') return { text: 'word '.repeat(5000) };
        return { text: 'done' };
      },
      { journal: memoryJournal({ maxEvents: 1500 }) },
    );
    const asking = start(team, 'ask', { name: 'asker', tools: [echoTool(), gate] });
    const [first] = await relaysWaiting(team, 1);
    team.resolveRelay(first?.id ?? '', { approved: true, always: true });
    await until(team, ({ event }) => event.type === 'relay' && event.tool === 'gate');
    await team.result(start(team, 'talk', { name: 'talker' }));

    const reader = team.events();
    const { value } = (await reader.next()) as { value: Entry };
    expect(value).toMatchObject({ agentId: 'orchestrator', event: { type: 'resync' } });
    const [state] = eventsOf([value], 'resync');
    expect(state?.agents.map(({ name, state: now }) => [name, now])).toEqual([
      ['asker', 'awaitingRelay'],
      ['talker', 'done'],
    ]);
    expect(state?.relays).toEqual(team.getPendingRelays());
    expect(state?.relays).toHaveLength(1);
    expect(state?.grants).toEqual(team.grants.list());
    expect(state?.grants).toHaveLength(1);

    team.resolveRelay(state?.relays[0]?.id ?? '', { approved: true });
    await gate.started;
    gate.release();
    await team.result(asking);
    const after = await collect(reader);
    expect(seqs(after)).toEqual(upTo(value.seq + after.length, value.seq + 1));
    const fold = createTeam();
    for (const entry of [value, ...after]) fold.apply(entry);
    expect(fold.agents()).toEqual(team.agents());
    expect(fold.relays()).toEqual([]);
  });
});

describe('events() ends when every agent has ended and all was delivered (at once if there is none)', () => {
  test('without any agent it ends at once', async () => {
    await using team = new AgentOrchestrator(talker(1));
    expect(await collect(team.events())).toEqual([]);
  });

  test('with agents its last entry is the end of the last one, however slowly it is read', async () => {
    await using team = new AgentOrchestrator(talker(3));
    start(team, 'a');
    start(team, 'b');
    const entries: Entry[] = [];
    for await (const entry of team.events()) {
      entries.push(entry);
      await nextLoop();
    }
    expect(entries.at(-1)?.event.type).toBe('harness_end');
    expect(entries).toHaveLength(10);
  });

  test('an agent that is spawned by the reader while the last end is delivered is read too', async () => {
    await using team = new AgentOrchestrator(talker(1));
    start(team, 'a');
    let spawned = false;
    const entries: Entry[] = [];
    for await (const entry of team.events()) {
      entries.push(entry);
      if (entry.event.type === 'harness_end' && !spawned) {
        spawned = true;
        start(team, 'b');
      }
    }
    expect(eventsOf(entries, 'harness_end')).toHaveLength(2);
  });
});

describe('events({ live: true }) ends with cleanup()', () => {
  test('it outlives the last agent, takes the next one, and ends with the last event of cleanup()', async () => {
    const team = new AgentOrchestrator(talker(1));
    const reading = collect(team.events({ live: true }));
    await team.result(start(team, 'a'));
    await team.result(start(team, 'b'));
    const forever = team.spawn({
      messages: [{ role: 'user', content: 'c' }],
      // oxlint-disable-next-line require-yield -- it only waits
      harness: harnessOf(async function* ({ signal }): AsyncGenerator<InvocationEvent, void, void> {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      }),
    });
    await team.cleanup();
    const entries = await reading;
    expect(entries.at(-1)).toMatchObject({ agentId: forever, event: { type: 'harness_end', status: 'cancelled' } });
    expect(seqs(entries)).toEqual(upTo(9)); // its own `stopping` is the ninth
  });

  test('opened after cleanup() it still gives what was, and ends', async () => {
    const team = new AgentOrchestrator(talker(1));
    await team.result(start(team, 'a'));
    await team.cleanup();
    expect(seqs(await collect(team.events({ live: true })))).toEqual([1, 2, 3]);
  });
});

describe('Leaving the loop early releases the reader', () => {
  test('nothing is read for it any more, it gives no more, and the agent never noticed', async () => {
    const journal = countingJournal();
    await using team = new AgentOrchestrator(talker(2000), { journal });
    const reader = team.events({ live: true });
    const id = start(team, 'a');
    for await (const _entry of reader) break;
    const reads = journal.reads;
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
    await nextLoop();
    expect(journal.reads).toBe(reads);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test('a reader that is left while it waits stops waiting', async () => {
    const journal = countingJournal();
    await using team = new AgentOrchestrator(talker(10), { journal });
    const reader = team.events({ live: true });
    const waiting = reader.next();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const reads = journal.reads;
    await team.result(start(team, 'a'));
    await nextLoop();
    expect(journal.reads).toBe(reads);
  });
});
