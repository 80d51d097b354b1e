import { test } from 'vitest';
import * as z from 'zod';
import { agentTool } from '../../../src/index.ts';
import { call, expectAgents, fakeTool, runTeam, type Script, virtualClock } from '../../../src/testing/index.ts';

const script: Script = function* ({ task }) {
  if (task === 'Release 2.0') {
    const results = yield {
      calls: [
        call('agent', { task: 'Run the tests', name: 'tester' }),
        call('agent', { task: 'Write the notes', name: 'writer' }),
      ],
    };
    yield { calls: [call('publish', { version: '2.0' })] };
    return { text: results.map(({ text }) => text).join(' ') };
  }
  if (task === 'Run the tests') {
    const [report] = yield { calls: [call('test')] };
    return { text: `Tests: ${report?.text}.` };
  }
  return { text: 'Notes are written.' };
};

test('a lead has its specialists work side by side, and publishes only after a human said so', async () => {
  const clock = virtualClock();
  const publish = fakeTool({ name: 'publish', schema: z.object({ version: z.string() }), result: 'published' });
  const run = await runTeam({
    model: script,
    task: 'Release 2.0',
    clock,
    // half an hour of tests takes no time here
    tools: [fakeTool({ name: 'test', takesMs: 30 * 60_000, clock, result: 'green' }), publish, agentTool],
    permissions: { allowlist: [{ tool: 'agent' }, { tool: 'test' }] },
    human: [{ when: { tool: 'publish', params: { version: '2.0' } }, answer: 'yes' }],
  });
  expectAgents(run)
    .hasTree({ name: 'agent', agents: [{ name: 'tester' }, { name: 'writer' }] })
    .runsBefore('test', 'publish')
    .asksBeforeRunning('publish')
    .endsWith('agent', 'completed', 'Tests: green. Notes are written.')
    .staysWithin({ agents: 3, turns: 6, tokens: 1000 });
});
