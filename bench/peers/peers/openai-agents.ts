/** The work, done by the OpenAI Agents SDK (`@openai/agents`), as openai.github.io/openai-agents-js documents it. */
import { Agent, type Model, type ModelRequest, run, setTracingDisabled, tool, Usage } from '@openai/agents';
import { setTimeout as after } from 'node:timers/promises';
import * as z from 'zod';
import { answerOf, check, peerSubject, type Script, type Subject } from '../work.ts';

setTracingDisabled(true);

let looked = 0;
const lookOf = (needsApproval: boolean) =>
  tool({
    name: 'look',
    description: 'Looks.',
    parameters: z.object({ n: z.number() }),
    needsApproval,
    execute: () => {
      looked += 1;
      return 'ok';
    },
  });

/** An instant model of this SDK's own kind. */
function modelOf(script: Script): Model {
  const usage = new Usage({ requests: 1, inputTokens: 10, outputTokens: 10, totalTokens: 20 });
  return {
    getResponse: () => Promise.reject(new Error('the bench streams')),
    async *getStreamedResponse({ input }: ModelRequest) {
      if (script.delayMs !== undefined) await after(script.delayMs);
      const results =
        typeof input === 'string' ? 0 : input.filter(({ type }) => type === 'function_call_result').length;
      const { texts, call } = answerOf(script, results);
      yield { type: 'response_started' };
      for (const delta of texts) yield { type: 'output_text_delta', delta };
      yield {
        type: 'response_done',
        response: {
          id: `response_${results}`,
          usage: { ...usage, inputTokensDetails: {}, outputTokensDetails: {} },
          output: [
            {
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: texts.join('') }],
            },
            ...(call === undefined
              ? []
              : [
                  {
                    type: 'function_call' as const,
                    callId: call.id,
                    name: call.name,
                    status: 'completed' as const,
                    arguments: JSON.stringify(call.input),
                  },
                ]),
          ],
        },
      };
    },
  };
}

const agentOf = (script: Script, asks = false) =>
  new Agent({ name: 'bench', instructions: 'Work.', model: modelOf(script), tools: [lookOf(asks)] });
type LookAgent = ReturnType<typeof agentOf>;

/** Streams one run and returns the number of text deltas. */
async function play(agent: LookAgent, turns: number): Promise<number> {
  const result = await run(agent, 'go', { stream: true, maxTurns: turns + 1 });
  let texts = 0;
  for await (const event of result)
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta') texts += 1;
  await result.completed;
  check(result.finalOutput?.endsWith('done') === true, 'no answer');
  return texts;
}

async function ask(agent: LookAgent) {
  const result = await run(agent, 'go', { stream: true });
  for await (const _ of result);
  await result.completed;
  check(result.interruptions.length === 1, 'nothing was asked');
  return result.state;
}

async function resume(agent: LookAgent, state: Awaited<ReturnType<typeof ask>>): Promise<void> {
  const before = looked;
  for (const interruption of state.getInterruptions()) state.approve(interruption);
  const result = await run(agent, state, { stream: true });
  for await (const _ of result);
  await result.completed;
  check(looked > before && result.finalOutput?.endsWith('done') === true, 'it did not resume');
}

export const subject: Subject = peerSubject({
  looked: () => looked,
  play: (script) => play(agentOf(script), script.turns),
  asking: () => {
    const agent = agentOf({ turns: 2 }, true);
    return { ask: () => ask(agent), resume: (state) => resume(agent, state) };
  },
});
