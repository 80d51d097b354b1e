/** Cost of an agent: its life from spawn to end, and its memory while it waits for a human. */
import * as z from 'zod';
import {
  AgentOrchestrator,
  call,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type Harness,
  scriptedModel,
} from '../src/index.ts';
import { memoryJournal } from '../src/journal/index.ts';
import { report, settle } from './report.ts';

const silent: Harness = {
  async *invoke() {
    // ends at once
  },
};

async function lifeCost(agents: number): Promise<number> {
  const orchestrator = new AgentOrchestrator(silent);
  const began = performance.now();
  for (let i = 0; i < agents; i += 1) orchestrator.spawn({ messages: [{ role: 'user', content: 'go' }] });
  for await (const _ of orchestrator.events());
  const micros = ((performance.now() - began) * 1000) / agents;
  await orchestrator.cleanup();
  return Math.round(micros);
}

/** Agents of our loop that each wait for an answer about one call. */
async function waitingCost(agents: number): Promise<{ bytes: number; micros: number }> {
  const tool = defineTool({
    name: 'ask',
    description: 'Asks.',
    schema: z.object({ n: z.number() }),
    execute: () => ({ context: 'ok' }),
  });
  const model = scriptedModel(function* () {
    yield { calls: [call('ask', { n: 1 })] };
    yield { text: 'done' };
  });
  const orchestrator = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }), {
    journal: memoryJournal({ maxEvents: 1 }),
  });
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  for (let i = 0; i < agents; i += 1)
    orchestrator.spawn({ messages: [{ role: 'user', content: 'go' }], tools: [tool] });
  let asked = 0;
  const all = Promise.withResolvers<void>();
  const counting = orchestrator.events$.subscribe(({ event }) => {
    if (event.type === 'relay' && ++asked === agents) all.resolve();
  });
  await all.promise;
  counting.unsubscribe();
  const micros = Math.round(((performance.now() - began) * 1000) / agents);
  globalThis.gc?.();
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / agents);
  await orchestrator.cleanup();
  return { bytes, micros };
}

export async function benchAgents(): Promise<void> {
  await lifeCost(200);
  const rows: Record<string, string> = {};
  for (const agents of [1000, 10_000]) {
    rows[`${agents} agents`] = `${await settle(() => lifeCost(agents))} µs an agent`;
  }
  report('an agent, from spawn to end', rows);
  const waiting = await settle(() => waitingCost(10_000));
  report('10 000 agents that wait for an answer', {
    memory: `${waiting.bytes.toLocaleString('en-US')} bytes an agent`,
    'until asked': `${waiting.micros} µs an agent`,
  });
}
