/** The list of guarded names where files are really read and written: `search`, and commands in the sandbox. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBashTool, type BashResult } from '../../src/tools/bash.ts';
import type { BashToolOptions } from '../../src/tools/bash-options.ts';
import { checkSandbox } from '../../src/tools/sandbox/bwrap-program.ts';
import { searchTool } from '../../src/tools/search.ts';
import { HARMLESS, RUN, SECRETS } from '../permissions/guarded-cases.ts';
import { temporaryFolder, toolContext } from './context.ts';

const check = await checkSandbox();
if (!check.available) console.warn(`Not run: guarded names in the real sandbox, because ${check.reason}.`);

async function fill(workspace: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), `needle of ${name}\n`);
  }
}

async function run(workspace: string, command: string, options: BashToolOptions = {}): Promise<BashResult> {
  const bash = createBashTool({ sandbox: 'bwrap', ...options });
  const { result } = await bash.execute(bash.schema.parse({ command }), toolContext({ workspace }).ctx);
  if (result === undefined) throw new Error('no result');
  return result;
}

const everyPlace = (names: readonly string[]) => names.flatMap((name) => [name, `packages/a/${name}`]);

describe('search of a folder', () => {
  const shown = async (workspace: string, path = '.') => {
    const input = searchTool.schema.parse({ pattern: 'needle', path, maxResults: 1000 });
    const { result } = await searchTool.execute(input, toolContext({ workspace }).ctx);
    return result?.mode === 'text' ? result.matches.map((match) => match.path).toSorted() : [];
  };

  test('shows the text of all files but those with secrets', async () => {
    const workspace = await temporaryFolder();
    await fill(workspace, everyPlace([...SECRETS, ...RUN, ...HARMLESS]));
    expect(await shown(workspace)).toEqual(everyPlace([...RUN, ...HARMLESS]).toSorted());
  });

  test('shows a file with secrets that is searched by its own path', async () => {
    const workspace = await temporaryFolder();
    await fill(workspace, SECRETS);
    for (const name of SECRETS) expect(await shown(workspace, name)).toEqual([name]);
  });
});

describe.runIf(check.available)('a command in the sandbox', () => {
  const read = everyPlace([...RUN, ...HARMLESS]);

  test('sees no secret that exists, and changes no guarded file', async () => {
    const workspace = await temporaryFolder();
    const guarded = everyPlace([...SECRETS, ...RUN]);
    await fill(workspace, [...guarded, ...everyPlace(HARMLESS)]);
    const { stdout } = await run(
      workspace,
      `cat ${[...guarded, ...everyPlace(HARMLESS)].join(' ')} 2>/dev/null; for f in ${guarded.join(' ')}; do echo x > $f; rm -f $f; done 2>/dev/null; true`,
    );
    expect(stdout.trim().split('\n').toSorted()).toEqual(read.map((name) => `needle of ${name}`).toSorted());
    for (const name of guarded) expect(await readFile(join(workspace, name), 'utf8')).toBe(`needle of ${name}\n`);
  });

  test('leaves no guarded file behind that it made', async () => {
    const workspace = await temporaryFolder();
    const guarded = everyPlace([...SECRETS, ...RUN]);
    const made = [...guarded, ...everyPlace(HARMLESS)];
    await run(workspace, `for f in ${made.join(' ')}; do mkdir -p $(dirname $f); echo x > $f; done 2>/dev/null; true`);
    expect(guarded.filter((name) => existsSync(join(workspace, name)))).toEqual([]);
    for (const name of everyPlace(HARMLESS)) expect(existsSync(join(workspace, name)), name).toBe(true);
  });

  test('reads and changes what `unprotect` frees, and nothing else', async () => {
    const workspace = await temporaryFolder();
    await fill(workspace, ['.env', 'server.key', 'node_modules/.bin/tsc']);
    const unprotect = ['.env', 'node_modules/.bin'];
    const { stdout } = await run(workspace, 'cat .env server.key; echo x > .env; echo x > node_modules/.bin/tsc', {
      unprotect,
    });
    expect(stdout).toBe('needle of .env\n');
    expect(await readFile(join(workspace, '.env'), 'utf8')).toBe('x\n');
    expect(await readFile(join(workspace, 'node_modules/.bin/tsc'), 'utf8')).toBe('x\n');
  });
});
