import { expect, test } from 'vitest';
import { isLoopback, refusal } from '../../src/inspect/origin-check.ts';

const HERE = '127.0.0.1:4000';

test.each([
  ['a program, which names no page', HERE, undefined],
  ['a program, by name', 'localhost:4000', undefined],
  ['a program, over IPv6', '[::1]:4000', undefined],
  ['a program, through another port', 'localhost:9', undefined],
  ["Stately's viewer", HERE, 'https://stately.ai'],
  ['another page of Stately', HERE, 'https://beta.stately.ai'],
  ["the server's own page", HERE, 'http://127.0.0.1:4000'],
  ['a page on this machine', HERE, 'http://localhost:5173'],
  ['a page on this machine, over TLS', 'localhost:4000', 'https://app.localhost:8443'],
])('%s may look', (_name, host, origin) => {
  expect(refusal({ host, origin })).toBeUndefined();
});

test.each([
  ['a page of the web', HERE, 'https://example.com'],
  ['a page that only looks like Stately', HERE, 'https://stately.ai.example.com'],
  ['a page that ends like Stately', HERE, 'https://notstately.ai'],
  ['Stately without TLS', HERE, 'http://stately.ai'],
  ['Stately on another port', HERE, 'https://stately.ai:444'],
  ['a page of a file or a sandbox', HERE, 'null'],
  ['a page that looks like this machine', HERE, 'http://localhost.example.com'],
  ['an origin with more in it', HERE, 'http://localhost@example.com'],
  ['an empty origin', HERE, ''],
  ['a page of an extension', HERE, 'chrome-extension://abcdef'],
  ['a name that leads here by DNS', 'evil.example:4000', undefined],
  ['that, by its own page', 'evil.example:4000', 'http://evil.example:4000'],
  ['a name that begins like this machine', '127.0.0.1.example.com', undefined],
  ['a request that names nobody', undefined, undefined],
  ['an empty name', '', undefined],
  ['the address of another machine', '192.168.1.5:4000', undefined],
  ['a host with more in it', 'localhost:4000/path', undefined],
  ['a host with a user', 'localhost@example.com', undefined],
])('%s may not', (_name, host, origin) => {
  expect(refusal({ host, origin })).toEqual(expect.any(String));
});

test('a server that listens for other machines is found by its name and by any address, and by no other name', () => {
  const own = { host: 'Devbox.lan' };
  expect(refusal({ host: 'devbox.lan:4000', origin: undefined }, own)).toBeUndefined();
  expect(refusal({ host: '192.168.1.5:4000', origin: 'http://192.168.1.5:4000' }, own)).toBeUndefined();
  expect(refusal({ host: '192.168.1.5:4000', origin: 'http://192.168.1.6:4000' }, own)).toEqual(expect.any(String));
  expect(refusal({ host: 'evil.example:4000', origin: undefined }, own)).toEqual(expect.any(String));
});

test.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', 'a.localhost'])('%s is this machine', (name) => {
  expect(isLoopback(name)).toBe(true);
});

test.each(['0.0.0.0', '::', '127.evil.com', 'localhost.evil.com', '10.0.0.1', ''])('"%s" is not', (name) => {
  expect(isLoopback(name)).toBe(false);
});
