/** `docs/api` is what the declarations say, so that a change of the API shows in review. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { apiPages } from '../../scripts/api-pages.ts';
import { subPaths } from '../../scripts/declarations.ts';
import { root } from './pages.ts';

const folder = `${root}/docs/api`;
const files = ['README.md', ...subPaths().map(({ specifier }) => `${specifier.replaceAll('/', '-')}.md`)];

/** Shown when a test below fails. */
const REMEDY = 'the public declarations have changed: run "npm run docs:api", and review what it wrote';

describe('docs/api', () => {
  let made: Awaited<ReturnType<typeof apiPages>>;
  beforeAll(async () => {
    made = await apiPages();
  }, 180_000); // the compiler reads all sources, on a machine that may be busy

  test.each(files)('%s is what the declarations say', (file) => {
    const committed = existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, 'utf8') : 'nothing';
    expect(committed === made.pages.get(file), REMEDY).toBe(true);
  });

  test('holds nothing else', () => {
    expect(readdirSync(folder).toSorted(), REMEDY).toEqual([...made.pages.keys()].toSorted());
  });

  test('every exported name has a doc comment', () => {
    // the machines are being drawn anew; `greenroom/machines` documents them
    expect(made.undocumented.filter((name) => !name.includes('src/machines/'))).toEqual([]);
  });
});
