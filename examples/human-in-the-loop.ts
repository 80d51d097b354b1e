/**
 * Puts a human between the model and the tools, with four answers: yes, always, no with a reason, yes with other arguments.
 *
 *     npx node examples/human-in-the-loop.ts
 *
 * The human is scripted, so that the example runs anywhere. In an application the same four answers come from a button.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// in your own project: from 'greenroom'
import {
  AgentOrchestrator,
  bashTool,
  call,
  createAgentHarness,
  createGeneratorHarness,
  formatRule,
  type RelayAnswer,
  scriptedModel,
  writeTool,
} from '../src/index.ts';

const workspace = await mkdtemp(join(tmpdir(), 'greenroom-'));

const model = scriptedModel(function* () {
  // the four calls of a turn are checked at once, and each waits for its own answer
  yield {
    calls: [
      call('write', { path: 'plan.txt', content: 'Act one: the kettle.\n' }),
      call('bash', { command: 'pwd' }),
      call('bash', { command: 'rm -rf props' }),
      call('write', { path: 'title.txt', content: 'Untitled\n' }),
    ],
  };
  // the answer to `pwd` was "always", so this call does not ask
  yield { calls: [call('bash', { command: 'pwd' })] };
  yield { text: 'Done. I kept the props.' };
});

/** Replace this with your user interface. */
function human(tool: string, params: unknown): RelayAnswer {
  const text = JSON.stringify(params);
  if (text.includes('rm -rf')) return { approved: false, reason: 'We still need the props.', by: 'ada' };
  if (text.includes('Untitled')) {
    return { approved: true, input: { path: 'title.txt', content: 'Tea for Twelve\n' }, by: 'ada' };
  }
  return tool === 'bash' ? { approved: true, always: { uses: 5 }, by: 'ada' } : { approved: true };
}

await using orchestrator = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }), {
  workspace,
});
const id = orchestrator.spawn({
  name: 'stagehand',
  tools: [bashTool, writeTool],
  messages: [{ role: 'user', content: 'Prepare the stage.' }],
});

for await (const { event } of orchestrator.events()) {
  if (event.type === 'relay') {
    const answer = human(event.tool, event.params);
    console.log(`? ${event.why}`);
    if (event.proposal) console.log(`  "always" would save: ${event.proposal.map(formatRule).join(', ')}`);
    console.log(`  ${answer.approved ? 'yes' : `no: ${answer.reason}`}${'always' in answer ? ', always' : ''}`);
    orchestrator.resolveRelay(event.id, answer);
  }
  if (event.type === 'tool_result') {
    console.log(`${event.name}: ${event.status}, decided by ${event.decidedBy?.kind}`);
  }
}

console.log(`files: ${(await readdir(workspace)).toSorted().join(', ')}`);
console.log(`title: ${(await readFile(join(workspace, 'title.txt'), 'utf8')).trim()}`);
// the grants that "always" made can be listed and revoked
for (const grant of orchestrator.grants.list()) {
  console.log(`saved: ${formatRule(grant.permission)}, by ${grant.by}, ${grant.usesLeft} uses left`);
  orchestrator.grants.revoke(grant.id);
}
console.log(`after revoking it: ${orchestrator.grants.list().length} saved`);
console.log((await orchestrator.result(id)).text);
await rm(workspace, { recursive: true });
