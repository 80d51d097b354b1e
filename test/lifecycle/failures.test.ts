/** FAILURES.md "Stream and lifecycle": each failure seen elsewhere, named, and shown not to happen here. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  agentTool,
  AgentOrchestrator,
  bashTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type Envelope,
  type InvocationEvent,
  scriptedModel,
} from '../../src/index.ts';
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
import { expectLaws } from './laws.ts';

const permissions = { allowlist: [{ tool: 'agent' }, { tool: 'bash' }] };
const withGate = { allowlist: [...permissions.allowlist, { tool: 'gate' }] };

/** A lead that hands each task to a subagent of its own and then says how the calls ended. */
const lead = (...tasks: readonly string[]) =>
  scriptedTeam(function* ({ task }) {
    if (task !== 'lead') {
      yield { text: `${task} begins`, calls: [call(task)] };
      return { text: `${task} done` };
    }
    const results = yield { calls: tasks.map((name) => call('agent', { task: name, name })) };
    return { text: results.map(({ isError, text }) => (isError ? `failed: ${text}` : text)).join('\n') };
  });

const byName = (team: AgentOrchestrator, name: string) =>
  team.agents().find((agent) => agent.name === name)?.id ?? 'there is none';

describe('"Killing the last paused agent left the reader waiting for ever"', () => {
  test('readers end when the last agent, which waits on a human, is killed', async () => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo')] };
    });
    const id = start(team, 'go', { tools: [echoTool()] });
    const readers = [collect(team.events()), collect(team.events())];
    await relaysWaiting(team, 1);
    team.kill(id);
    for (const entries of await Promise.all(readers)) {
      expectLaws(entries);
      expect(entries.at(-1)?.event).toMatchObject({ type: 'harness_end', status: 'cancelled', reason: 'killed' });
    }
    expect(team.getPendingRelays()).toEqual([]);
  });
});

describe('"Killing a child that waited on a human left its parent waiting for ever"', () => {
  test('the parent’s call is cancelled with what the child had, and the parent goes on', async () => {
    await using team = lead('echo');
    const id = start(team, 'lead', { tools: [agentTool, echoTool()], permissions });
    await relaysWaiting(team, 1);
    team.kill(byName(team, 'echo'));
    const entries = await collect(team.events());
    expectLaws(entries);
    const ofParent = entries.filter(({ agentId }) => agentId === id);
    expect(eventsOf(ofParent, 'tool_result')).toMatchObject([{ name: 'agent', status: 'cancelled' }]);
    const { status, text } = await team.result(id);
    expect(status).toBe('completed');
    expect(text).toContain('was cancelled: killed');
    expect(text).toContain('echo begins');
  });
});

describe('"A question existed only once some reader had pulled it; with no reader nobody could answer it"', () => {
  test('without any reader the question is there, can be answered, and the agent finishes', async () => {
    const asked = Promise.withResolvers<void>();
    await using team = scriptedTeam(
      function* () {
        yield { calls: [call('echo')] };
        return { text: 'done' };
      },
      // the inspector is no reader: it only tells the test when
      {
        inspect: (event) =>
          void (event.type === '@xstate.event' && event.event.type === 'call.asked' && asked.resolve()),
      },
    );
    const id = start(team, 'go', { tools: [echoTool()] });
    await asked.promise;
    const [relay] = team.getPendingRelays();
    expect(relay).toMatchObject({ agentId: id, tool: 'echo' });
    expect(team.resolveRelay(relay?.id ?? '', { approved: true })).toBe(true);
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'done' });
  });
});

describe('"A generator parked on an answer never ran its cleanup"', () => {
  test.each([
    ['kill()', (team: AgentOrchestrator, id: string) => team.kill(id)],
    ['cleanup()', (team: AgentOrchestrator) => void team.cleanup()],
  ])('%s lets it run', async (_how, stop) => {
    const cleaned = Promise.withResolvers<void>();
    const harness = harnessOf(async function* () {
      try {
        const answer = Promise.withResolvers<unknown>();
        yield {
          type: 'relay',
          runId: '',
          id: 'q',
          kind: 'permission',
          toolCallId: 'c',
          tool: 'x',
          params: {},
          respond: answer.resolve,
        } satisfies InvocationEvent;
        await answer.promise;
      } finally {
        cleaned.resolve();
      }
    });
    const team = new AgentOrchestrator(harness);
    const id = start(team, 'go');
    await relaysWaiting(team, 1);
    stop(team, id);
    await cleaned.promise;
    expect(await team.result(id)).toMatchObject({ status: 'cancelled' });
    await team.cleanup();
  });
});

describe('"Tools kept running after stop; 339 orphan processes"', () => {
  /** The processes of this system, by id. */
  const alive = (pids: readonly number[]) => {
    const all = execFileSync('ps', ['-eo', 'pid=,stat='], { encoding: 'utf8' });
    const running = all.split('\n').flatMap((line) => {
      const [pid, stat] = line.trim().split(/\s+/);
      return stat?.startsWith('Z') === false ? [Number(pid)] : [];
    });
    return pids.filter((pid) => running.includes(pid));
  };

  test.each([
    ['cleanup()', (team: AgentOrchestrator) => team.cleanup()],
    [
      'kill() of the root agent',
      async (team: AgentOrchestrator, id: string) => {
        team.kill(id);
        await team.cleanup();
      },
    ],
  ])('after %s the whole process tree of a subagent’s command is gone', async (_how, stop) => {
    const workspace = await mkdtemp(join(tmpdir(), 'greenroom-tree-'));
    try {
      const command =
        '(sleep 600 & echo $! >> pids; sleep 600 & echo $! >> pids; wait) & echo $! >> pids; echo $$ >> pids; echo ready; wait';
      const team = scriptedTeam(
        function* ({ task }) {
          yield { calls: [task === 'lead' ? call('agent', { task: 'run' }) : call('bash', { command })] };
        },
        { workspace },
      );
      const id = start(team, 'lead', {
        tools: [agentTool, bashTool],
        permissions: { allowlist: [{ tool: 'agent' }, { tool: 'bash' }] },
      });
      let pids: number[] = [];
      await until(team, ({ event }) => event.type === 'tool_progress' && event.content.includes('ready'));
      while (pids.length < 4) {
        const text = await readFile(join(workspace, 'pids'), 'utf8');
        pids = text.trim().split('\n').map(Number);
      }
      expect(alive(pids)).toHaveLength(4);
      await stop(team, id);
      expect(alive(pids)).toEqual([]);
      expectLaws(await collect(team.events()));
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  });
});

describe('"Parallel subagents: one blocked merge hid the others’ events"', () => {
  test('while one subagent waits on a human, the others’ events come and they finish', async () => {
    const gate = gateTool();
    await using team = lead('echo', 'gate', 'nothing');
    const id = start(team, 'lead', { tools: [agentTool, echoTool(), gate], permissions: withGate });
    await relaysWaiting(team, 1);
    await gate.started;
    gate.release();
    const others = ['gate', 'nothing'].map((name) => byName(team, name));
    await Promise.all(others.map((other) => team.result(other)));
    expect(team.getPendingRelays()).toHaveLength(1);
    expect(team.agents().map(({ name, state }) => [name, state])).toEqual([
      ['agent-1', 'running'],
      ['echo', 'awaitingRelay'],
      ['gate', 'done'],
      ['nothing', 'done'],
    ]);
    team.resolveRelay(team.getPendingRelays()[0]?.id ?? '', { approved: true });
    expect((await team.result(id)).text).toBe('echo done\ngate done\nnothing done');
    expectLaws(await collect(team.events()));
  });
});

describe('"A cancelled child never delivered its end"', () => {
  test('killing the parent ends child and grandchild first, each with its own end, then the parent', async () => {
    await using team = scriptedTeam(function* ({ task }) {
      const next = { lead: 'child', child: 'grandchild' }[task];
      yield { calls: [next === undefined ? call('echo') : call('agent', { task: next, name: next })] };
    });
    const id = start(team, 'lead', { name: 'lead', tools: [agentTool, echoTool()], permissions });
    await relaysWaiting(team, 1);
    team.kill(id, 'stop it');
    const entries = await collect(team.events());
    expectLaws(entries);
    const names = new Map(team.agents().map((agent) => [agent.id, agent.name]));
    const ends = entries.filter(({ event }) => event.type === 'harness_end');
    expect(ends.map(({ agentId }) => names.get(agentId))).toEqual(['grandchild', 'child', 'lead']);
    expect(eventsOf(entries, 'harness_end').map(({ status }) => status)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });
});

describe('"One agent that threw ended everybody’s stream, and every later reader threw again at once"', () => {
  test('a subagent whose model throws is a failed call of its parent, and every reader reads on', async () => {
    const harness = createAgentHarness({
      harness: createGeneratorHarness({
        model: scriptedModel(function* ({ task }) {
          if (task === 'bad') throw new Error('the script broke');
          const [result] = yield { calls: [call('agent', { task: 'bad', name: 'bad' })] };
          return { text: `told: ${result?.text}` };
        }),
      }),
      retry: { maxAttempts: 1 },
    });
    await using team = new AgentOrchestrator(harness);
    const id = start(team, 'lead', { tools: [agentTool], permissions });
    const [entries, others] = await Promise.all([collect(team.events()), collect(team.events())]);
    expect(others).toEqual(entries);
    expectLaws(entries);
    expect(eventsOf(entries, 'error')).toHaveLength(1);
    expect(eventsOf(entries, 'tool_result')).toMatchObject([{ status: 'error' }]);
    expect(await team.result(id)).toMatchObject({
      status: 'completed',
      text: expect.stringContaining('the script broke'),
    });
    expect(await collect(team.events())).toEqual(entries);
  });
});

describe('"2 calls → 242 agents; 1 call → 905 transcripts and 81 dollars; runaways outlived the session"', () => {
  /** Every agent asks for three more, for ever. */
  const runaway = (limits: Parameters<typeof scriptedTeam>[1]) =>
    scriptedTeam(function* () {
      for (;;) yield { calls: [1, 2, 3].map((n) => call('agent', { task: `more ${n}` })) };
    }, limits);
  const spawnRunaway = (team: AgentOrchestrator) => start(team, 'go', { tools: [agentTool], permissions });
  const most = (entries: readonly Envelope[]) => {
    let live = 0;
    let peak = 0;
    for (const { event } of entries) {
      if (event.type === 'harness_start') live += 1;
      if (event.type === 'harness_end') live -= 1;
      peak = Math.max(peak, live);
    }
    return peak;
  };

  test('subagents that ask for ever more subagents are stopped by every limit that is set', async () => {
    await using team = runaway({ limits: { maxDepth: 3, maxLiveAgents: 7, maxAgents: 20, maxIterations: 4 } });
    const id = spawnRunaway(team);
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'harness_start')).toHaveLength(20);
    expect(most(entries)).toBeLessThanOrEqual(7);
    expect(Math.max(...eventsOf(entries, 'harness_start').map(({ depth }) => depth ?? 0))).toBeLessThanOrEqual(3);
    const refused = eventsOf(entries, 'tool_result').filter(({ status }) => status === 'limited');
    const told = refused.map(({ output }) => JSON.stringify(output).match(/Limit (\w+)/)?.[1]);
    expect(new Set(told)).toEqual(new Set(['maxDepth', 'maxLiveAgents', 'maxAgents']));
    expect(await team.result(id)).toMatchObject({
      status: 'limited',
      reason: expect.stringContaining('maxIterations'),
    });
  });

  test('the depth alone ends it', async () => {
    await using team = runaway({ limits: { maxDepth: 2, maxIterations: 1 } });
    spawnRunaway(team);
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'harness_start')).toHaveLength(1 + 3 + 9);
  });

  test('tokens alone end it', async () => {
    await using team = runaway({ limits: { maxDepth: 1, maxIterations: 1000, maxTokens: 500 } });
    const id = spawnRunaway(team);
    expect(await team.result(id)).toMatchObject({ status: 'limited', reason: expect.stringContaining('maxTokens') });
    expectLaws(await collect(team.events()));
  });

  test('none of them outlives cleanup()', async () => {
    const team = runaway({ limits: { maxDepth: 5, maxIterations: 1000 } });
    spawnRunaway(team);
    await until(team, ({ seq }) => seq === 300);
    await team.cleanup();
    const entries = await collect(team.events());
    expectLaws(entries);
    expect(eventsOf(entries, 'harness_start')).toHaveLength(eventsOf(entries, 'harness_end').length);
    expect(team.agents().filter(({ state }) => state !== 'done')).toEqual([]);
  });
});

describe('"A page reload deleted the session and its agents"', () => {
  test('a reader that leaves and one that comes back change nothing for the agent', async () => {
    const gate = gateTool();
    await using team = scriptedTeam(function* () {
      yield { text: 'before', calls: [call('gate')] };
      return { text: 'after' };
    });
    const id = start(team, 'go', { tools: [gate], permissions: withGate });
    let last = 0;
    for await (const { seq, event } of team.events()) {
      last = seq;
      if (event.type === 'tool_start') break;
    }
    gate.release();
    const rest = await collect(team.events({ since: last }));
    expect(rest[0]?.seq).toBe(last + 1);
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'after' });
  });
});

describe('a human’s answer that the system cannot use', () => {
  test('an edit that no text can hold ends that call with a result, and nothing else', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const anything = defineTool({ name: 'any', description: 'Takes all.', schema: z.unknown(), execute: () => ({}) });
    await using team = scriptedTeam(function* () {
      yield { calls: [call('any', {})] };
      return { text: 'went on' };
    });
    const id = start(team, 'go', { tools: [anything] });
    const [relay] = await relaysWaiting(team, 1);
    team.resolveRelay(relay?.id ?? '', { approved: true, input: circular });
    expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'went on' });
    expectLaws(await collect(team.events()));
  });
});
