import { expect, test } from 'vitest';
import { createActor, fromCallback, fromPromise, fromTransition, waitFor } from 'xstate';
import { agentTool, call } from '../../src/index.ts';
import { CREW_CAPACITY, type CrewEvent, createCrewMachine, type Hire } from '../../src/machines/crew.ts';
import type { AgentEvent, SubagentEvent } from '../../src/machines/protocol.ts';
import { collect, eventsOf, scriptedTeam, start } from '../support/team.ts';
import { deaf } from './parts.ts';

const outcome = { status: 'completed', text: 'x', usage: { inputTokens: 0, outputTokens: 0 } } as const;
const heard: unknown[] = [];

/** A crew whose agents live on and whose calls end (`end`) or crash at once. */
function crew(capacity: number, hires: readonly Hire[]) {
  const machine = createCrewMachine({
    agent: () => fromTransition((state: undefined, event) => (heard.push(event), state), undefined),
    toolCall: () =>
      fromPromise(({ input }) => (input === 'end' ? Promise.resolve(outcome) : Promise.reject(new Error('crash')))),
  });
  return createActor(machine, { input: { capacity, hires } });
}
const hire = (id: string, patch: Partial<Hire> = {}): Hire => ({
  role: 'toolCall',
  id,
  input: 'end',
  onCrash: [],
  ...patch,
});
const settled = { type: 'call.settled', settlement: {} } as unknown as AgentEvent;

test('a crew ends with its last member, once it has hired as many as it may', async () => {
  const full = crew(2, [hire('1'), hire('2')]).start();
  await waitFor(full, ({ status }) => status === 'done');
  expect(full.getSnapshot().context).toMatchObject({ hired: 2, arriving: [] });
  const open = crew(3, [hire('1'), hire('2')]).start();
  await waitFor(open, ({ context }) => context.members.isEmpty());
  expect(open.getSnapshot().status).toBe('active');
  open.send({ type: 'hire', hires: [hire('3')] });
  await waitFor(open, ({ status }) => status === 'done');
  expect(open.getSnapshot().context.hired).toBe(3);
});

test('an heir hears how its agent ended; whoever must know of a crash hears of that, and nobody else', async () => {
  const notices: AgentEvent[] = [];
  const ends: SubagentEvent[] = [];
  const owner = deaf(notices);
  const heir = deaf(ends);
  const onCrash = [{ to: owner, event: settled }];
  const actor = crew(4, [
    hire('1', { heir, onCrash }),
    hire('2', { onCrash }),
    hire('3', { input: 'crash', onCrash }),
    hire('4', { input: 'crash', heir }),
  ]).start();
  await waitFor(actor, ({ status }) => status === 'done');
  expect(ends).toEqual([{ type: 'subagent.ended', agentId: '1', outcome }]);
  expect(notices).toEqual([settled]);
});

test('a broadcast reaches every member that lives', () => {
  heard.length = 0;
  const actor = crew(9, [hire('a', { role: 'agent' }), hire('b', { role: 'agent' })]).start();
  actor.send({ type: 'broadcast', event: { type: 'kill' } });
  expect(heard).toEqual([{ type: 'kill' }, { type: 'kill' }]);
  actor.send({ type: 'other' } as unknown as CrewEvent);
  expect([actor.getSnapshot().status, actor.getSnapshot().context.hired]).toEqual(['active', 2]);
  actor.stop();
});

test('a member that never ends is stopped with its crew', () => {
  let stopped = 0;
  const machine = createCrewMachine({
    agent: () => fromCallback(() => () => void (stopped += 1)),
    toolCall: () => fromCallback(() => {}),
  });
  const actor = createActor(machine, { input: { capacity: 1, hires: [hire('a', { role: 'agent' })] } }).start();
  actor.stop();
  expect(stopped).toBe(1);
});

test('agents one after another fill crew after crew: of a root, of calls, and of the orchestrator', async () => {
  const count = 2 * CREW_CAPACITY + 2;
  await using team = scriptedTeam(
    function* ({ task }) {
      if (task === 'child') return { text: 'ok' };
      for (let nth = 0; nth < count; nth += 1) yield { calls: [call('agent', { task: 'child' })] };
      return { text: 'all' };
    },
    { limits: { maxAgents: count + 1, maxIterations: count + 1 } },
  );
  const id = start(team, 'go', { tools: [agentTool], permissions: { allowlist: [{ tool: 'agent' }] } });
  const results = eventsOf(await collect(team.events()), 'tool_result');
  expect(results.map(({ status }) => status)).toEqual(Array(count).fill('ok'));
  expect(await team.result(id)).toMatchObject({ status: 'completed', text: 'all' });
  for (let nth = 0; nth < CREW_CAPACITY + 2; nth += 1) {
    expect(await team.result(start(team, 'child'))).toMatchObject({ status: 'completed' });
  }
});
