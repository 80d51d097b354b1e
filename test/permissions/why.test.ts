import { expect, test } from 'vitest';
import { call, decided } from './calls.ts';

test('a run of blanks in a command is counted in the reason, so that nothing behind it is out of sight', () => {
  const decision = decided(call('bash', { command: `echo a${' '.repeat(300)}; rm -rf b` }), {});
  expect(decision).toMatchObject({ type: 'ask', why: expect.stringContaining('[300 blanks]; rm -rf b') });
});
