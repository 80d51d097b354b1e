import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartFiles } from '../../scripts/chart-files.ts';
import { root } from './pages.ts';

const folder = `${root}/docs/charts`;
const files = await chartFiles();

/** The message of a failing test. */
const REMEDY = 'a machine has changed: run "npm run charts" and review the files';

describe('docs/charts', () => {
  test.each([...files])('%s is what the machines give', (name, text) => {
    const there = existsSync(`${folder}/${name}`) ? readFileSync(`${folder}/${name}`, 'utf8') : 'nothing';
    expect(there === text, REMEDY).toBe(true);
  });

  test('holds nothing else', () => {
    expect(new Set(readdirSync(folder)), REMEDY).toEqual(new Set(files.keys()));
  });

  test('says of every guard when it holds', () => {
    const rows = (files.get('README.md') ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|') && !/^\| (from|-+) /.test(line));
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((row) => row.split('|').at(-2)?.trim() === '')).toEqual([]);
  });
});
