import { expect, test } from 'vitest';
import * as z from 'zod';
import { call, defineTool, type Script, type Tool } from '../../src/index.ts';
import { expectAgents, runTeam } from '../../src/testing/index.ts';

const script: Script = function* () {
  const [result] = yield { calls: [call('odd', { text: 'a' })] };
  return { text: result?.text ?? '' };
};

const odd = (schema: z.ZodType, subjects?: Tool['subjects']) =>
  defineTool({
    name: 'odd',
    description: 'Cannot be checked.',
    schema,
    ...(subjects === undefined ? {} : { subjects }),
    execute: () => ({ context: 'ran' }),
  });

const throws = () => {
  throw new Error('it threw');
};
const throwing = odd(z.object({ text: z.string().refine(throws) }));

test('a call whose check fails is one that ends in an error; a run under virtual time goes on', async () => {
  const run = await runTeam({
    model: script,
    task: 'go',
    tools: [throwing],
    permissions: { allowlist: [{ tool: 'odd' }] },
  });
  expectAgents(run)
    .neverRuns('odd')
    .endsWith('agent', 'completed', /could not be checked: it threw/);
});

test('so is one whose last look fails', async () => {
  let looks = 0;
  const subjects: Tool['subjects'] = () => {
    looks += 1;
    return looks === 1 ? [{ text: 'a' }] : [Object.defineProperty({}, 'text', { enumerable: true, get: throws })];
  };
  const tools = [odd(z.object({ text: z.string() }), subjects)];
  const run = await runTeam({ model: script, task: 'go', tools, permissions: { allowlist: [{ tool: 'odd' }] } });
  expectAgents(run)
    .neverRuns('odd')
    .endsWith('agent', 'completed', /could not be started: it threw/);
  expect(looks).toBe(2);
});
