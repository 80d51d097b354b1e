import { describe, expect, test } from 'vitest';
import { hostOf, isForeign, isOurs, isSame, newToken } from '../../src/server/access.ts';

describe('a secret', () => {
  test('equals only itself, for any length', () => {
    const secret = newToken();
    expect(isSame(secret, secret)).toBe(true);
    for (const other of [undefined, '', secret.slice(1), `${secret}0`, secret.toUpperCase(), newToken(), 'é']) {
      expect(isSame(other, secret), String(other)).toBe(other === secret);
    }
  });
});

describe('a Host header', () => {
  test('counts only when there is one, however it is written', () => {
    expect(hostOf(['HOST', 'LocalHost:1', 'x', 'y'])).toBe('localhost:1');
    expect(hostOf(['host', 'a', 'Host', 'a'])).toBe(undefined);
    expect(hostOf(['x', 'host'])).toBe(undefined);
    expect(hostOf([])).toBe(undefined);
  });

  test.each([
    ['[::1]:80', '::1', 80, true],
    ['localhost', '127.0.0.1', 80, true],
    ['localhost', '127.0.0.1', 81, false],
    ['localhost.', '127.0.0.1', 80, false],
    ['box.example:8080', 'box.example', 8080, true],
    ['10.0.0.7:8080', '0.0.0.0', 8080, true],
    ['[fe80::1]:8080', '::', 8080, true],
    ['other.example:8080', 'box.example', 8080, false],
    ['10.0.0.7:8080', '127.0.0.1', 8080, false],
    ['localhost:8080:8080', '127.0.0.1', 8080, false],
  ])('%s for a server on %s:%i: %s', (name, host, port, expected) => {
    expect(isOurs(name, { host, port })).toBe(expected);
  });
});

describe('a request', () => {
  const host = '127.0.0.1:8080';
  test.each([
    [undefined, undefined, false],
    ['http://127.0.0.1:8080', 'same-origin', false],
    [undefined, 'none', false],
    ['http://127.0.0.1:8081', undefined, true],
    ['https://127.0.0.1:8080', undefined, true],
    ['null', undefined, true],
    [undefined, 'same-site', true],
    [undefined, 'cross-site', true],
    [undefined, 'nonsense', true],
  ])('of origin %s and site %s is foreign: %s', (origin, fetchSite, expected) => {
    expect(isForeign({ origin, fetchSite, host })).toBe(expected);
  });
});
