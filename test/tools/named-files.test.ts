import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { namedFiles } from '../../src/tools/named-files.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-named-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'sub'));
for (const name of ['e.sh', 'sub/e.sh', 'a.js', 'my file.py', 'package.json', 'Makefile', 'f.txt']) {
  writeFileSync(join(folder, name), 'x');
}
const named = (command: string) =>
  namedFiles(command, folder)
    .map((file) => relative(folder, file))
    .toSorted();

// FAILURES: the script file edited between approval and run
test.each([
  ['bash e.sh', ['e.sh']],
  ['bash "e".sh', ['e.sh']],
  ["bash 'e.s'h", ['e.sh']],
  ['bash e.s?', ['e.sh']],
  ['cd sub && bash e.sh', ['e.sh', 'sub/e.sh']],
  ['node a', ['a.js']],
  ['node --require=./a.js -e 1', ['a.js']],
  ['python "my file.py"', ['my file.py']],
  ['npm test', ['package.json']],
  ['make', ['Makefile']],
  ['cat $(ls) < f.txt', ['f.txt']],
  ['echo nothing', []],
])('%s names %j', (command, files) => {
  expect(named(command)).toEqual(files);
});

test('a script behind hundreds of other words is named all the same', () => {
  const words = Array.from({ length: 900 }, (_, index) => `w${index}`).join(' ');
  expect(named(`true ${words}; bash e.sh`)).toEqual(['e.sh']);
});
