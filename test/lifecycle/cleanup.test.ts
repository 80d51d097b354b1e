/** "cleanup() leaves no actor, timer, listener, promise or process behind": seen from a process of its own. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runModule } from '../support/processes.ts';

const program = (entry: string) => `
  import { AgentOrchestrator, agentTool, bashTool, call, createAgentHarness, createGeneratorHarness, scriptedModel } from '${entry}';
  const model = scriptedModel(function* ({ task }) {
    if (task === 'lead') yield { calls: [call('agent', { task: 'run' }), call('agent', { task: 'ask' })] };
    if (task === 'run') yield { calls: [call('bash', { command: 'echo ready; sleep 600' })] };
    if (task === 'ask') yield { calls: [call('bash', { command: 'echo asked' })] };
    return { text: 'done' };
  });
  const team = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }), {
    limits: { maxDurationMs: 3_600_000 },
  });
  team.spawn({
    messages: [{ role: 'user', content: 'lead' }],
    tools: [agentTool, bashTool],
    permissions: { allowlist: [{ tool: 'agent' }, { tool: 'bash', params: { command: 'echo ready; sleep 600' }, exact: false }] },
  });
  const seen = new Set();
  for await (const { event } of team.events({ live: true })) {
    if (event.type === 'relay') {
      if (seen.has('relay')) seen.add('two relays');
      else seen.add('relay');
      if (event.params.command !== 'echo asked') team.resolveRelay(event.id, { approved: true });
    }
    if (event.type === 'tool_progress') seen.add('running');
    if (seen.has('running') && team.getPendingRelays().length === 1) break;
  }
  await team.cleanup();
  await team.cleanup();
  // nothing after this line ends the process: it ends because nothing is left to do
  process.on('exit', () => console.log(JSON.stringify({ left: process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FSReq/.test(name)), agents: team.agents().map(({ state }) => state) })));
`;

test('after cleanup() a process with an hour-long deadline, a sleeping command and an open question ends by itself', async () => {
  const entry = fileURLToPath(new URL('../../src/index.ts', import.meta.url));
  const source = program(new URL(`file://${entry}`).href);
  const { stdout } = await runModule(source);
  expect(JSON.parse(stdout)).toEqual({ left: [], agents: ['done', 'done', 'done'] });
});
