/**
 * Runs three agents at the same time and watches them in one stream.
 *
 *     npx node examples/concurrent-tasks.ts
 *
 * It needs no key: the model is scripted, the tools are real. With a real model in its place the rest stays the same.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// in your own project: from 'greenroom'
import {
  AgentOrchestrator,
  bashTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  scriptedModel,
} from '../src/index.ts';

const workspace = await mkdtemp(join(tmpdir(), 'greenroom-'));
await Promise.all([
  writeFile(join(workspace, 'poem.txt'), 'the stage is dark\nthe actors wait\n'),
  writeFile(join(workspace, 'list.txt'), 'lamp\nrope\ncurtain\nladder\n'),
  writeFile(join(workspace, 'note.txt'), 'break a leg\n'),
]);

// The model counts the lines of the file in its task, then reports what the command printed.
const model = scriptedModel(function* ({ task }) {
  const file = /\S+\.txt/.exec(task)?.[0] ?? '';
  const [counted] = yield { text: 'Let me count. ', calls: [call('bash', { command: `wc -l ${file}` })] };
  yield { text: `${file} has ${counted?.text.trim().split(' ')[0]} line(s).` };
});

await using orchestrator = new AgentOrchestrator(
  createAgentHarness({ harness: createGeneratorHarness({ model }) }),
  // `wc -l` of any file is allowed; every other command asks
  { workspace, permissions: { allowlist: [{ tool: 'bash', params: { command: 'wc -l *' } }] } },
);

const ids = ['poem', 'list', 'note'].map((name) =>
  orchestrator.spawn({
    name,
    tools: [bashTool],
    messages: [{ role: 'user', content: `How many lines has ${name}.txt?` }],
  }),
);

// One loop sees all three. It ends when every agent has ended.
const names = new Map<string, string>();
for await (const { agentId, event } of orchestrator.events()) {
  if (event.type === 'harness_start') names.set(agentId, event.name ?? agentId);
  const name = names.get(agentId);
  if (event.type === 'harness_start') console.log(`${name}: started`);
  if (event.type === 'tool_start') console.log(`${name}: runs a command`);
  if (event.type === 'harness_end') console.log(`${name}: ${event.status}`);
}

for (const id of ids) console.log((await orchestrator.result(id)).text);
await rm(workspace, { recursive: true });
