/**
 * Runs a lead that gives work to two specialists at the same time and combines their answers.
 *
 *     npx node examples/delegating-to-specialists.ts
 *
 * A subagent is an ordinary agent that another agent started with the `agent` tool. It may do no more than its parent, and
 * its events carry `parentId`, the id of the call that started it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// in your own project: from 'greenroom'
import {
  AgentOrchestrator,
  agentTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  readTool,
  scriptedModel,
  searchTool,
} from '../src/index.ts';

const workspace = await mkdtemp(join(tmpdir(), 'greenroom-'));
await writeFile(join(workspace, 'price.js'), 'export const price = (n) => n * 5; // TODO: bulk price\n');
await writeFile(join(workspace, 'README.md'), '# Tea shop\n\nTwelve tins or more get the bulk price.\n');

// One script plays all three. Each agent has its own history, so each sees only its own task.
const model = scriptedModel(function* ({ task }) {
  if (task.startsWith('Find open ends')) {
    const [found] = yield { calls: [call('search', { pattern: 'TODO' })] };
    const lines = found?.text.split('\n').filter((line) => line.includes('TODO')) ?? [];
    return { text: `${lines.length} open end: ${lines.join('; ')}` };
  }
  if (task.startsWith('Say what is promised')) {
    const [readme] = yield { calls: [call('read', { path: 'README.md' })] };
    return { text: readme?.text.includes('bulk price') ? 'The README promises a bulk price.' : 'Nothing is promised.' };
  }
  // the lead: two calls in one turn run at the same time
  const [code, promise] = yield {
    text: 'Two things to look at, so two specialists. ',
    calls: [
      call('agent', { name: 'code-reader', task: 'Find open ends in the code.', tools: ['search'] }),
      call('agent', { name: 'doc-reader', task: 'Say what is promised in README.md.', tools: ['read'] }),
    ],
  };
  return { text: `Code: ${code?.text} Docs: ${promise?.text} So the bulk price is still to be written.` };
});

await using orchestrator = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }), {
  workspace,
});

const lead = orchestrator.spawn({
  name: 'lead',
  tools: [agentTool, readTool, searchTool],
  permissions: { allowlist: [{ tool: 'agent' }, { tool: 'read' }, { tool: 'search' }] },
  messages: [{ role: 'user', content: 'What is missing in this project?' }],
});

for await (const { agentId, event } of orchestrator.events()) {
  const path = orchestrator
    .agents()
    .find(({ id }) => id === agentId)
    ?.path.join(' › ');
  if (event.type === 'harness_start') console.log(`${path}: started`);
  if (event.type === 'tool_call') console.log(`${path}: calls ${event.name}`);
  if (event.type === 'harness_end') console.log(`${path}: ${event.status}`);
}

console.log((await orchestrator.result(lead)).text);
await rm(workspace, { recursive: true });
