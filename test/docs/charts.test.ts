import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartFiles } from '../../scripts/chart-files.ts';
import { root } from './pages.ts';

const folder = `${root}/docs/charts`;
const files = await chartFiles();

/** Said when a test below fails. */
const REMEDY = 'a machine has changed: run "npm run charts", and look at what it wrote';

describe('docs/charts', () => {
  test.each([...files])('%s is what the machines give', (name, text) => {
    const there = existsSync(`${folder}/${name}`) ? readFileSync(`${folder}/${name}`, 'utf8') : 'nothing';
    expect(there === text, REMEDY).toBe(true);
  });

  test('holds nothing else', () => {
    expect(new Set(readdirSync(folder)), REMEDY).toEqual(new Set(files.keys()));
  });
});
