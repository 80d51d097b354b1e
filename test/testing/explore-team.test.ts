import { describe, expect, test } from 'vitest';
import { agentTool } from '../../src/index.ts';
import { call, expectAgents, exploreTeam, fakeTool, type Script } from '../../src/testing/index.ts';

const script: Script = function* ({ task }) {
  if (task === 'go') {
    const [kid] = yield { calls: [call('agent', { task: 'look', name: 'kid' }), call('shell', { command: 'ls' })] };
    yield { text: kid?.text ?? '', calls: [call('shell', { command: 'rm x' })] };
    return { text: 'done' };
  }
  yield { calls: [call('shell', { command: 'cat x' })] };
  return { text: 'seen' };
};
const shell = () =>
  fakeTool({ name: 'shell', derivePermission: (input) => ({ tool: 'shell', params: { ...(input as object) } }) });
const team = {
  model: script,
  task: 'go',
  tools: [shell(), agentTool],
  permissions: { allowlist: [{ tool: 'agent' }], deny: [{ tool: 'shell', params: { command: 'rm *' } }] },
};
const rm = { tool: 'shell', params: { command: /^rm/ } };

describe('exploreTeam', () => {
  test('proves over every way that a denied call never runs, and that every agent ends', async () => {
    const explored = await exploreTeam({
      team,
      always: { 'nothing is removed': (run) => expectAgents(run).neverRuns(rm).neverAsks(rm) },
      finally: { 'it is done': (run) => expectAgents(run).endsWith('agent', 'completed', 'done') },
      schedules: { count: 20 },
    });
    console.log(`explored: ${JSON.stringify(explored)}`);
    expect(explored.states).toBeGreaterThan(20);
    expect(explored.edges).toBeGreaterThan(explored.states);
    expect(explored.disabled).toBeGreaterThan(explored.states);
    expect(explored.schedules).toBe(20);
  });

  test('refutes with the shortest path', async () => {
    const { deny: _deny, ...permissions } = team.permissions;
    const exploring = exploreTeam({
      team: { ...team, permissions },
      always: { 'nothing is removed': (run) => expectAgents(run).neverRuns(rm) },
    });
    await expect(exploring).rejects.toThrow(
      /"nothing is removed" does not hold \(\d+ states\): .*must not run, but ran/s,
    );
    const error = await exploring.catch((thrown: unknown) => String(thrown));
    expect(error).toMatch(/The shortest path to it:\n {2}1\. model: agent\n/);
    expect(error).toMatch(/\d+\. answer (yes|always): agent\/shell call_1_0$/);
  });

  test('kills are tried, too, when they are asked for', async () => {
    const explored = await exploreTeam({
      team: { ...team, task: 'look' },
      kills: true,
      finally: { 'each call ends once': (run) => run.filter(({ event }) => event.type === 'tool_result').length <= 1 },
      schedules: { count: 5 },
    });
    expect(explored.states).toBeGreaterThan(5);
  });

  test('says when there is too much to prove anything, and when a team is not the same each time', async () => {
    await expect(exploreTeam({ team, maxStates: 5 })).rejects.toThrow('more than 5 states. Make the team smaller');
    let count = 0;
    const moody = fakeTool({ name: 'shell', result: () => `${(count += 1)}` });
    const options = { ...team, task: 'look', tools: [moody], permissions: {} };
    await expect(exploreTeam({ team: options })).rejects.toThrow('do not always lead to the same state');
  });

  test('time passes where something waits for it', async () => {
    const explored = await exploreTeam({
      team: (clock) => ({ ...team, task: 'look', tools: [fakeTool({ name: 'shell', takesMs: 1000, clock })] }),
      finally: { 'it is done': (run) => expectAgents(run).endsWith('agent', 'completed', 'seen') },
      schedules: { count: 3 },
    });
    expect(explored.runs).toBeGreaterThan(3);
  });
});
