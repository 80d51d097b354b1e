import { expect, test } from 'vitest';
import * as z from 'zod';
import { call, expectAgents, exploreTeam, fakeTool, type Script } from '../../../src/testing/index.ts';

const policy = {
  allowlist: [{ tool: 'orders', params: { action: 'look up' } }],
  deny: [{ tool: 'orders', params: { action: 'delete' }, reason: 'Orders are kept for ten years.' }],
};
const orders = fakeTool({ name: 'orders', schema: z.object({ action: z.string(), order: z.number() }) });

/** An agent that tries whatever the model could think of. */
const support: Script = function* () {
  yield { calls: [call('orders', { action: 'look up', order: 7 }), call('orders', { action: 'refund', order: 7 })] };
  yield { calls: [call('orders', { action: 'delete', order: 7 })] };
  return { text: 'That is all I could do.' };
};

test('support never deletes an order, and asks before each refund, whatever anybody answers', async () => {
  const { states, edges } = await exploreTeam({
    team: { model: support, task: 'The customer wants to be forgotten.', tools: [orders], permissions: policy },
    always: {
      'no order is deleted': (run) => expectAgents(run).neverRuns({ tool: 'orders', params: { action: 'delete' } }),
      'refunds are asked for': (run) =>
        expectAgents(run).asksBeforeRunning({ tool: 'orders', params: { action: 'refund' } }),
      'looking up is never asked for': (run) =>
        expectAgents(run).neverAsks({ tool: 'orders', params: { action: 'look up' } }),
    },
    finally: { 'it comes to an end': (run) => expectAgents(run).endsWith('agent', 'completed') },
  });
  expect(states).toBeGreaterThan(5);
  expect(edges).toBeGreaterThanOrEqual(states);
});
