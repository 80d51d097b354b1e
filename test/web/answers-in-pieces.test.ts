import { expect, test } from 'vitest';
import { pieces } from '../../src/web/inbox/use-answers.ts';

test('many answers go in requests of 500 at most, all of them and in order', () => {
  const all = Array.from({ length: 1201 }, (_none, at) => at);
  expect(pieces(all).map(({ length }) => length)).toEqual([500, 500, 201]);
  expect(pieces(all).flat()).toEqual(all);
  expect(pieces([])).toEqual([]);
});
