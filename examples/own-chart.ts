/**
 * The chart of an agent with parts of our own: an action when it starts to wait for a human, and our own delay before a failed
 * model call is repeated.
 *
 *     npx node examples/own-chart.ts
 *
 * `.provide()` replaces what a chart names. Everything else stays as it is: the same states, permissions, journal and stream.
 */
// in your own project: from 'greenroom' and 'greenroom/machines'
import { agentMachine } from '../src/actors/index.ts';
import {
  AgentOrchestrator,
  call,
  createAgentHarness,
  createGeneratorHarness,
  type Harness,
  ModelError,
  scriptedModel,
  writeTool,
} from '../src/index.ts';

const agent = agentMachine.provide({
  actions: {
    onAwaitingRelay: ({ context }) => console.log(`bell: ${context.spec.identity.name} waits for an answer`),
  },
  delays: {
    backOff: ({ context }) => {
      console.log(`back-off: attempt ${context.attempt} follows in 10 ms`);
      return 10;
    },
  },
});

const model = createGeneratorHarness({
  model: scriptedModel(function* () {
    yield { calls: [call('write', { path: '/tmp/report.txt', content: 'All is well.' })] };
    return { text: 'The report was not written.' };
  }),
});

/** A provider that is busy once. */
let calls = 0;
const busyOnce: Harness = {
  async *invoke(params) {
    calls += 1;
    if (calls === 1) throw new ModelError('the provider is busy', { retryable: true });
    return yield* model.invoke(params);
  },
};

const orchestrator = new AgentOrchestrator(createAgentHarness({ harness: busyOnce }), { machines: { agent } });
const task = { role: 'user', content: 'Write the report.' } as const;
const id = orchestrator.spawn({ name: 'reporter', messages: [task], tools: [writeTool] });

for await (const { event } of orchestrator.events()) {
  if (event.type === 'relay') orchestrator.resolveRelay(event.id, { approved: false, reason: 'not today' });
}
const { status } = await orchestrator.result(id);
await orchestrator.cleanup();
console.log(`reporter: ${status}`);
