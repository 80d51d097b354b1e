/** The work, done by LangGraph through `langchain`: `createAgent`, as docs.langchain.com documents it. */
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BindToolsInput,
} from '@langchain/core/language_models/chat_models';
import { AIMessageChunk, type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';
import { Command, MemorySaver } from '@langchain/langgraph';
import { createAgent, humanInTheLoopMiddleware, tool } from 'langchain';
import { setTimeout as after } from 'node:timers/promises';
import * as z from 'zod';
import { answerOf, check, peerSubject, type Script, type Subject } from '../work.ts';

let looked = 0;
const look = tool(
  () => {
    looked += 1;
    return 'ok';
  },
  { name: 'look', description: 'Looks.', schema: z.object({ n: z.number() }) },
);

/** An instant model of this framework's own kind. */
class InstantModel extends BaseChatModel {
  readonly script: Script;

  constructor(script: Script) {
    super({});
    this.script = script;
  }

  override _llmType(): string {
    return 'instant';
  }

  override bindTools(_tools: BindToolsInput[], options?: Partial<BaseChatModelCallOptions>) {
    return this.withConfig(options ?? {});
  }

  override _generate(): Promise<ChatResult> {
    return Promise.reject(new Error('the bench streams'));
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this['ParsedCallOptions'],
    runManager?: { handleLLMNewToken(token: string, ...rest: unknown[]): Promise<void> },
  ): AsyncGenerator<ChatGenerationChunk> {
    if (this.script.delayMs !== undefined) await after(this.script.delayMs);
    const { texts, call } = answerOf(this.script, messages.filter((message) => message.type === 'tool').length);
    for (const text of texts) {
      const chunk = new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text }) });
      yield chunk;
      await runManager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
    }
    if (call === undefined) return;
    const tool_call_chunks = [
      { id: call.id, name: call.name, args: JSON.stringify(call.input), index: 0, type: 'tool_call_chunk' as const },
    ];
    yield new ChatGenerationChunk({ text: '', message: new AIMessageChunk({ content: '', tool_call_chunks }) });
  }
}

const agentOf = (script: Script) => createAgent({ model: new InstantModel(script), tools: [look] });
const GO = { messages: [new HumanMessage('go')] };

/** Streams one run and returns the number of text deltas. */
async function play(agent: ReturnType<typeof agentOf>, turns: number): Promise<number> {
  let texts = 0;
  let last = '';
  const stream = await agent.stream(GO, { streamMode: 'messages', recursionLimit: 4 * turns + 10 });
  for await (const [message] of stream) {
    if (message.type !== 'ai' || typeof message.content !== 'string' || message.content === '') continue;
    texts += 1;
    last = message.content;
  }
  check(last.endsWith('done'), `it ended with ${last}`);
  return texts;
}

const askingAgent = () =>
  createAgent({
    model: new InstantModel({ turns: 2 }),
    tools: [look],
    middleware: [humanInTheLoopMiddleware({ interruptOn: { look: { allowedDecisions: ['approve', 'reject'] } } })],
    checkpointer: new MemorySaver(), // a run can only wait in a checkpoint
  });
type AskingAgent = ReturnType<typeof askingAgent>;

/** Tokens, and the steps in which an interrupt is told. */
const MODES = ['updates' as const, 'messages' as const];

let threads = 0;
async function ask(agent: AskingAgent): Promise<string> {
  threads += 1;
  const thread_id = String(threads);
  let asked = 0;
  for await (const [mode, part] of await agent.stream(GO, { streamMode: MODES, configurable: { thread_id } }))
    if (mode === 'updates' && '__interrupt__' in part) asked += 1;
  check(asked === 1, 'nothing was asked');
  return thread_id;
}

async function resume(agent: AskingAgent, thread_id: string): Promise<void> {
  const before = looked;
  const command = new Command({ resume: { decisions: [{ type: 'approve' }] } });
  for await (const _ of await agent.stream(command, { streamMode: MODES, configurable: { thread_id } }));
  check(looked > before, 'it did not resume');
}

export const subject: Subject = peerSubject({
  looked: () => looked,
  play: (script) => play(agentOf(script), script.turns),
  asking: () => {
    const agent = askingAgent();
    return { ask: () => ask(agent), resume: (thread) => resume(agent, thread) };
  },
});
