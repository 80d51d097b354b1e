import { afterEach, expect, test, vi } from 'vitest';
import { keepPageKey, pageKey } from '../../src/web/shell/sign-in.ts';

afterEach(() => vi.unstubAllGlobals());

test('the key that a sign-in answers stays, and an answer without one leaves it', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  expect(pageKey()).toBeUndefined();
  keepPageKey({ done: true, key: 'k1' });
  expect(pageKey()).toBe('k1');
  keepPageKey({ done: true });
  keepPageKey(undefined);
  expect(pageKey()).toBe('k1');
});

test('a browser that keeps nothing has no key', () => {
  const refuse = () => {
    throw new Error('denied');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
  keepPageKey({ key: 'k1' });
  expect(pageKey()).toBeUndefined();
});
