/** The teams that are walked through, from end to end. */
import type { Cast } from './world.ts';

export const casts: Readonly<Record<string, Cast>> = {
  'one call, and words from outside': { agents: { root: ['a'] }, hires: {} },
  'two calls side by side': { agents: { root: ['a', 'b'] }, hires: {}, without: ['message'] },
  'a call next to a child that asks': {
    agents: { root: ['a', 'hire'], child: ['c'] },
    hires: { 'root/hire': 'child' },
    without: ['message'],
    forgetsEnds: true,
  },
  'two agents that share the allowlist': {
    agents: { one: ['a'], two: ['b'] },
    hires: {},
    without: ['message', 'turn fails'],
    forgetsEnds: true,
  },
};
