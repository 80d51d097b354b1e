import { describe, expect, test } from 'vitest';
import { callParts } from '../../src/web/inbox/call-parts.ts';
import { callBlocks, callRows, hiddenRows, MOST_ROWS } from '../../src/web/inbox/call-rows.ts';

const bash = (command: string, more: object = {}) => callBlocks(callParts('bash', { command, ...more }));
const lines = (count: number) => Array.from({ length: count }, (_none, at) => `echo ${at}`).join('\n');

describe('a call in rows', () => {
  test('of up to 400 rows is shown whole', () => {
    expect(hiddenRows(bash(lines(MOST_ROWS)))).toBe(0);
  });

  test('of more shows its beginning and its end, and says how much is hidden', () => {
    const [block] = bash(lines(1000));
    expect(block?.cut?.first.at(-1)?.text).toBe('echo 39');
    expect(block?.cut?.last.at(-1)?.text).toBe('echo 999');
    expect(block?.cut?.hidden).toBe(940);
  });

  test('a long line counts as many rows, which are all of it', () => {
    const text = '😀x'.repeat(100_000);
    const rows = callRows([{ kind: 'plain', text }]);
    expect(rows.map((row) => row.text).join('')).toBe(text);
    expect(rows.slice(0, 2).map(({ goesOn }) => goesOn)).toEqual([false, true]);
    expect(hiddenRows(bash(text))).toBeGreaterThan(0);
  });

  test('arguments beside the command hide no less', () => {
    expect(hiddenRows(bash('ls', { env: Array.from({ length: 1000 }, (_none, at) => at) }))).toBeGreaterThan(0);
  });
});
