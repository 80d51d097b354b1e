import { globSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';

const page = inject('page');
const files = (pattern: string) => globSync(pattern, { cwd: page }).map((file) => readFileSync(`${page}/${file}`));

test('all JavaScript of the page is less than 250 kB, gzipped', () => {
  const scripts = files('assets/*.js').map((script) => gzipSync(script).length);
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
});

test('the page names no other place: no address of another server is loaded by its HTML or its styles', () => {
  for (const text of [...files('index.html'), ...files('assets/*.css')].map(String)) {
    expect(text).not.toMatch(/(?:src|href|url\()\s*=?\s*["'(]?(?:https?:)?\/\//i);
  }
});
