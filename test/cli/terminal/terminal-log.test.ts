import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createTerminalLog, eraseReflowed } from '../../../src/cli/terminal/terminal-log.ts';

test('lines are written at once, wait while somebody draws, and are written again at the end, each once and in order', () => {
  const output = new PassThrough();
  const log = createTerminalLog(output);
  const written = () => String(output.read() ?? '');
  let calls = 0;
  log.screen.line('one');
  expect(written()).toBe('one\n');
  log.attach(() => (calls += 1));
  log.screen.line('two');
  log.screen.line('three');
  expect(log.take()).toEqual(['two', 'three']);
  log.screen.line('four');
  expect(written()).toBe('');
  expect(calls).toBe(3);
  log.detach();
  log.detach();
  log.screen.line('five');
  expect(written()).toBe('four\nfive\n');
});

test.each([
  [{ TERM: 'xterm-256color' }, 3],
  [{ TERM: 'screen-256color', TMUX: '/tmp/tmux' }, 3],
  [{ TERM: 'xterm', XTERM_VERSION: 'XTerm(390)' }, 0],
  [{ TERM: 'linux' }, 0],
  [{ TERM: 'screen' }, 0],
])('rows that a narrower terminal added are erased, where terminals add some: %j', (env, added) => {
  let written = '';
  const output = { columns: 10, write: (text: string) => (written += text) };
  eraseReflowed({ rows: ['x'.repeat(10), '茶'.repeat(10), '\u{1b}[1mbold\u{1b}[22m', 'y'.repeat(25)], output, env });
  expect(written).toBe('\u{1b}[2K\u{1b}[1A'.repeat(added));
});
