import { expect, test } from 'vitest';
import { call, expectAgents, fakeTool, record, replay, type Script } from '../../../src/testing/index.ts';

const clean: Script = function* () {
  yield { text: 'I tidy up.', calls: [call('shell', { command: 'rm -r build' })] };
  return { text: 'Tidy.' };
};
const shell = fakeTool({ name: 'shell' });

test('a session that went well goes the same way again; and had the answer been no, nothing would have been removed', async () => {
  // in real life: recorded once, with a real model and real tools, and kept in a file beside the test
  const { recording } = await record({
    model: clean,
    task: 'Tidy up',
    tools: [shell],
    human: [{ when: 'shell', answer: 'yes' }],
  });
  const again = await replay(recording, { tools: [shell] });
  expectAgents(again).runs('shell', 1);

  const asked = recording.inputs.find((input) => input.kind === 'answer');
  const refused = await replay(recording, {
    tools: [shell],
    branch: { relayId: asked?.relayId ?? '', answer: { approved: false, reason: 'Keep it.' }, model: clean },
  });
  expectAgents(refused).neverRuns('shell').endsWith('agent', 'completed', 'Tidy.');
  expect(refused.entries.length).toBeLessThan(again.entries.length);
});
