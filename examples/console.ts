/**
 * Serves the team of an application: people oversee it in the console, programs answer over the client.
 *
 *     npx node examples/console.ts          # a program answers, and the example ends
 *     npx node examples/console.ts --stay   # you answer in a browser, until Ctrl-C
 *
 * `npm run build:page` builds the page; a program needs none.
 */
import { once } from 'node:events';
import * as z from 'zod';
// in your own project: from 'greenroom', 'greenroom/client', 'greenroom/inspect', 'greenroom/server'
import { createClient } from '../src/client/index.ts';
import {
  AgentOrchestrator,
  call,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type PendingRelay,
  type RelayAnswer,
  scriptedModel,
} from '../src/index.ts';
import { createActorWatch } from '../src/inspect/index.ts';
import { createServer } from '../src/server/index.ts';

const LETTERS = { ada: 'Ada wants 12.00 back', bob: 'Bob wants 900.00 back', cleo: 'Cleo wants 60.00 back' };

const Refund = z.strictObject({ customer: z.string(), cents: z.number().int().positive() });
const refundTool = defineTool({
  name: 'refund',
  description: 'Pays money back to a customer.',
  schema: Refund,
  execute: ({ customer, cents }) => ({ context: `${customer} got ${(cents / 100).toFixed(2)} back.` }),
});

const model = scriptedModel(function* ({ task }) {
  const [, customer = '', amount = ''] = /^(\w+) wants ([\d.]+)/.exec(task) ?? [];
  const refund = { customer, cents: Math.round(Number(amount) * 100) };
  const [done] = yield { text: `A letter from ${customer}.`, calls: [call('refund', refund)] };
  yield { text: done?.isError === true ? 'No refund.' : (done?.text.split('\n').at(-1) ?? '') };
});

const watch = createActorWatch(); // what the view of the machines shows
await using orchestrator = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }), {
  inspect: watch.inspect,
});
await using server = await createServer({
  orchestrator,
  actors: watch,
  start: ({ goal, name = 'clerk' }) => [
    orchestrator.spawn({ name, tools: [refundTool], messages: [{ role: 'user', content: goal }] }),
  ],
});

// From here on it could be another process: it knows only the address and the token.
let atWork = Object.keys(LETTERS).length;
const allDone = Promise.withResolvers<void>();
const client = createClient({
  url: server.url,
  token: server.token,
  onEntry({ agentId, event }) {
    if (event.type !== 'harness_end') return;
    console.log(`${client.readModel.row(agentId).get()?.name} ended ${event.status}: ${event.text}`);
    atWork -= 1;
    if (atWork === 0) allDone.resolve();
  },
});

const answered = new Set<string>();
const isForYou = process.argv.includes('--stay');
if (isForYou) console.log(`Open ${server.address}`);
else client.readModel.store.subscribe(({ context }) => context.relays.forEach(answer));
for (const [name, goal] of Object.entries(LETTERS)) await client.start({ name, goal });

await (isForYou ? once(process, 'SIGINT') : allDone.promise);
client.close();

/** Answers a question once, also when the store reports it again. */
function answer({ id, path, params }: PendingRelay): void {
  if (answered.has(id)) return;
  answered.add(id);
  const ruled = ruling(params);
  console.log(`${path.join(' › ')} asks for ${JSON.stringify(params)}: ${ruled.approved ? 'yes' : 'no'}`);
  void client.answer(id, ruled).then(({ accepted, reason }) => {
    if (!accepted) console.log(`${path.join(' › ')}: ${reason}`); // e.g. a person in the console was first
  });
}

/** The rules of the shop. */
function ruling(params: unknown): RelayAnswer {
  const { customer, cents } = Refund.parse(params);
  if (cents <= 5000) return { approved: true, by: 'the till' };
  if (cents <= 10_000) return { approved: true, input: { customer, cents: 5000 }, by: 'the till' };
  return { approved: false, reason: 'over 100.00 only the owner decides', by: 'the till' };
}
