/** The work, done by the AI SDK (`ai`): `ToolLoopAgent`, as ai-sdk.dev documents it. */
import { isLoopFinished, type ModelMessage, tool, ToolLoopAgent, type ToolApprovalResponse } from 'ai';
import * as z from 'zod';
import { check, instantModel, peerSubject, type Script, type Subject } from '../work.ts';

let looked = 0;
const look = tool({
  description: 'Looks.',
  inputSchema: z.object({ n: z.number() }),
  execute: () => {
    looked += 1;
    return 'ok';
  },
});

const agentOf = (script: Script, asks = false) =>
  new ToolLoopAgent({
    model: instantModel(script),
    tools: { look },
    stopWhen: isLoopFinished(),
    ...(asks && { toolApproval: { look: 'user-approval' as const } }),
  });
type LookAgent = ReturnType<typeof agentOf>;

/** Streams one run and returns the number of text deltas. */
async function play(agent: LookAgent): Promise<number> {
  const result = await agent.stream({ prompt: 'go' });
  let texts = 0;
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') texts += 1;
    if (part.type === 'error') throw part.error;
  }
  check((await result.text).endsWith('done'), 'no answer');
  return texts;
}

/** A run that waits: the messages so far, with the answer that the application will add. */
async function ask(agent: LookAgent): Promise<readonly ModelMessage[]> {
  const messages: ModelMessage[] = [{ role: 'user', content: 'go' }];
  const result = await agent.stream({ messages });
  const answers: ToolApprovalResponse[] = [];
  for await (const part of result.fullStream) {
    if (part.type === 'tool-approval-request')
      answers.push({ type: 'tool-approval-response', approvalId: part.approvalId, approved: true });
  }
  check(answers.length === 1, 'nothing was asked');
  messages.push(...(await result.responseMessages), { role: 'tool', content: answers });
  return messages;
}

async function resume(agent: LookAgent, messages: readonly ModelMessage[]): Promise<void> {
  const before = looked;
  const result = await agent.stream({ messages: [...messages] });
  for await (const _ of result.fullStream);
  check(looked > before && (await result.text).endsWith('done'), 'it did not resume');
}

export const subject: Subject = peerSubject({
  looked: () => looked,
  play: (script) => play(agentOf(script)),
  asking: () => {
    const agent = agentOf({ turns: 2 }, true);
    return { ask: () => ask(agent), resume: (messages) => resume(agent, messages) };
  },
});
