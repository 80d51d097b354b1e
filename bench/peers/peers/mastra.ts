/** The work, done by Mastra (`@mastra/core`), as mastra.ai documents it. */
import { Agent } from '@mastra/core/agent';
import type { MastraModelConfig } from '@mastra/core/llm';
import { Mastra } from '@mastra/core/mastra';
import { InMemoryStore } from '@mastra/core/storage';
import { createTool } from '@mastra/core/tools';
import * as z from 'zod';
import { check, instantModel, peerSubject, type Script, type Subject } from '../work.ts';

let looked = 0;
const lookOf = (requireApproval: boolean) =>
  createTool({
    id: 'look',
    description: 'Looks.',
    inputSchema: z.object({ n: z.number() }),
    requireApproval,
    execute: () => {
      looked += 1;
      return Promise.resolve('ok');
    },
  });

function agentOf(script: Script, asks = false) {
  const agent = new Agent({
    id: 'bench',
    name: 'bench',
    instructions: 'Work.',
    // the specification is the same, in a copy of the types that Mastra ships
    model: instantModel(script) as MastraModelConfig,
    tools: { look: lookOf(asks) },
  });
  if (!asks) return agent;
  // a run that waits is kept in the storage of a Mastra instance
  return new Mastra({ agents: { bench: agent }, storage: new InMemoryStore(), logger: false }).getAgent('bench');
}
type LookAgent = ReturnType<typeof agentOf>;

/** Streams one run and returns the number of text deltas. */
async function play(agent: LookAgent, turns: number): Promise<number> {
  const result = await agent.stream('go', { maxSteps: turns + 1 });
  let texts = 0;
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') texts += 1;
    if (part.type === 'error') throw part.payload.error;
  }
  check((await result.text).endsWith('done'), 'no answer');
  return texts;
}

async function ask(agent: LookAgent): Promise<string> {
  const result = await agent.stream('go');
  let asked = 0;
  for await (const part of result.fullStream) if (part.type === 'tool-call-approval') asked += 1;
  check(asked === 1, 'nothing was asked');
  return result.runId;
}

async function resume(agent: LookAgent, runId: string): Promise<void> {
  const before = looked;
  const result = await agent.approveToolCall({ runId });
  for await (const _ of result.fullStream);
  check(looked > before && (await result.text).endsWith('done'), 'it did not resume');
}

export const subject: Subject = peerSubject({
  looked: () => looked,
  play: (script) => play(agentOf(script), script.turns),
  asking: () => {
    const agent = agentOf({ turns: 2 }, true);
    return { ask: () => ask(agent), resume: (runId) => resume(agent, runId) };
  },
});
