/** Speed of the test kit: turns of scripted teams, and the exploration of a team. */
import { agentTool } from '../src/index.ts';
import { call, exploreTeam, fakeTool, runTeam, type Script } from '../src/testing/index.ts';
import { perSecond, report } from './report.ts';

const TURNS = 10_000;
/** Of each of the five agents in one run. */
const TURNS_EACH = 40;
const KIDS = 4;

const script: Script = function* ({ task }) {
  if (task === 'go') yield { calls: Array.from({ length: KIDS }, (_, kid) => call('agent', { task: `kid ${kid}` })) };
  for (let turn = task === 'go' ? 2 : 1; turn < TURNS_EACH; turn += 1)
    yield { text: 'on ', calls: [call('look', { turn })] };
  return { text: 'done' };
};

export async function benchTesting(): Promise<void> {
  const team = {
    model: script,
    tools: [fakeTool({ name: 'look' }), agentTool],
    permissions: { allowlist: [{ tool: 'look' }, { tool: 'agent' }] },
    maxIterations: TURNS_EACH + 1,
  };
  let turns = 0;
  const began = performance.now();
  while (turns < TURNS) {
    const { entries } = await runTeam({ ...team, task: 'go' });
    turns += entries.filter(({ event }) => event.type === 'turn').length;
  }
  const took = performance.now() - began;
  const asking: Script = function* ({ task }) {
    if (task === 'go') yield { calls: [call('agent', { task: 'kid' }), call('ask', { n: 1 })] };
    else yield { calls: [call('ask', { n: 2 })] };
    yield { calls: [call('ask', { n: 3 })] };
    return { text: 'done' };
  };
  const exploring = performance.now();
  const { states, edges, runs } = await exploreTeam({
    team: {
      model: asking,
      task: 'go',
      tools: [fakeTool({ name: 'ask' }), agentTool],
      permissions: { allowlist: [{ tool: 'agent' }] },
    },
    maxStates: 10_000,
    schedules: { count: 0 },
  });
  const explored = performance.now() - exploring;
  report('the test kit', {
    [`${turns.toLocaleString('en-US')} turns of teams of five`]: `${(took / 1000).toFixed(1)} s, ${perSecond(turns, took).toLocaleString('en-US')}/s`,
    'exploring two agents that ask': `${states} states, ${edges} edges in ${runs} runs: ${(explored / 1000).toFixed(1)} s`,
  });
}
