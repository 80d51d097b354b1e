/** `greenroom run` at a terminal, and what it must leave behind. */
import { expect } from 'vitest';
import { MODEL, type Stage, turn } from '../stopped-run.ts';
import { type Pty, type PtyEnd, type PtyOptions, startInTerminal } from './pty.ts';

/** The question takes answers. */
export const OPEN = /^▸ y /m;
/** It does not yet. */
export const QUIET = /^… y /m;

export const ask = (command: string) => turn(['bash', { command }]);

/** `greenroom run` with that model, at a terminal. */
export function run(on: Stage, options: PtyOptions = {}): Pty {
  return startInTerminal(['run', 'tidy up', ...MODEL, '--workspace', on.workspace], { env: on.env, ...options });
}

/** The terminal is as it was before. */
export function expectGivenBack({ modes, isCursorShown, isPasteBracketed }: PtyEnd): void {
  expect(modes[1]).toBe(modes[0]);
  expect(isCursorShown).toBe(true);
  expect(isPasteBracketed).toBe(false);
}
