import { expect, test } from 'vitest';
import { hashOf, routeOf, tokenOf } from '../../src/web/shell/route.ts';

test('a route survives the address', () => {
  for (const route of [
    { view: 'team', agentId: undefined },
    { view: 'machines', agentId: '01a2-x' },
    { view: 'team', agentId: 'a/b #c%' },
  ] as const) {
    expect(routeOf(hashOf(route))).toEqual(route);
  }
});

test('an unknown address is the team', () => {
  for (const hash of ['', '#', '#/nothing/x%ZZ', '#/team/%ZZ'])
    expect(routeOf(hash)).toEqual(expect.objectContaining({ view: 'team' }));
  expect(routeOf('#/team/%ZZ').agentId).toBeUndefined();
});

test('a token is found only where the server puts it', () => {
  expect(tokenOf('#token=abc')).toBe('abc');
  expect(tokenOf('#/team/token')).toBeUndefined();
  expect(tokenOf('')).toBeUndefined();
});
