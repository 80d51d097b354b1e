/** The code in the pages is real: all of it fits the types, and what is marked `ts run` runs. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { serving } from '../server/serving.ts';
import { echoTool, relaysWaiting, start } from '../support/team.ts';
import { codeBlocks, page, pageNames, root } from './pages.ts';

const run = promisify(execFile);
const entry = join(root, 'src/index.ts');

/** The room of a sub-path. */
const roomOf = (part: string): string => (part === 'machines' ? 'actors' : part);

const blocks = pageNames.flatMap((name) =>
  codeBlocks(page(name))
    .filter(({ info }) => /^tsx?\b/.test(info))
    .map(({ info, code }, index) => ({ name, number: index + 1, info, code })),
);
const local = (code: string, from: string): string =>
  code
    .replaceAll(/from 'greenroom'/g, () => `from '${from}'`)
    .replaceAll(
      /from 'greenroom\/(\w+)'/g,
      (_all, part: string) => `from '${from.replace('index.ts', `${roomOf(part)}/index.ts`)}'`,
    );

/** What snippets that show a single step take for granted. */
const ambient = `
declare global {
  const orchestrator: import('${entry}').AgentOrchestrator;
  const agentId: string;
  const relayId: string;
}
export {};
`;

test('all code in the pages fits the types', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-docs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'code'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'code/ambient.d.ts'), ambient);
  const compilerOptions = {
    noUnusedLocals: false,
    rewriteRelativeImportExtensions: false,
    jsx: 'react-jsx',
    lib: ['es2024', 'dom', 'dom.iterable', 'esnext.disposable', 'esnext.iterator', 'esnext.error'],
  };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['code'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const { name, number, code, info } of blocks) {
    const file = `${name.replaceAll(/\W+/g, '-')}-${number}.${info.startsWith('tsx') ? 'tsx' : 'ts'}`;
    await writeFile(join(folder, 'code', file), `${local(code, entry)}\nexport {};\n`);
  }
  const problems = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--noEmit', '--pretty', 'false'], {
    cwd: folder,
  }).then(
    () => '',
    (failure: { readonly stdout?: string; readonly message: string }) => failure.stdout ?? failure.message,
  );
  expect(blocks.length).toBeGreaterThan(10);
  expect(problems).toBe('');
}, 180_000); // the compiler reads all sources, on a machine that may be busy

/** Runs a block as a module in the root of this repository. `CI` keeps any model that costs money away. */
function played(code: string, env: Readonly<Record<string, string>> = {}) {
  const source = local(code, new URL('../../src/index.ts', import.meta.url).href);
  return run(process.execPath, ['--input-type=module-typescript', '--eval', source], {
    cwd: root,
    env: { PATH: process.env['PATH'], CI: 'true', ...env },
  });
}

test('the example of README.md is ten lines of code, runs as it stands, and says that its model is scripted', async () => {
  const [example] = codeBlocks(page('README.md')).filter(({ info }) => info === 'ts run');
  const code = example?.code ?? '';
  expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(10);
  const { stdout, stderr } = await played(code);
  expect(stderr).toBe('');
  expect(stdout).toContain('You asked: "What is this project about?"');
  expect(stdout).toContain('scripted');
  expect(stdout).toContain("status: 'completed'");
});

test('the tool that docs/tools.md writes works and passes its own test', async () => {
  const [example] = codeBlocks(page('docs/tools.md')).filter(({ info }) => info === 'ts run');
  const { stdout, stderr } = await played(example?.code ?? '');
  expect({ stdout, stderr }).toEqual({ stdout: 'the tool works\n', stderr: '' });
});

test('the server of docs/server.md serves, and keeps its secret out of what logs may show', async () => {
  const [example] = codeBlocks(page('docs/server.md')).filter(({ info }) => info === 'ts run');
  const { stdout, stderr } = await played(example?.code ?? '');
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^open http:\/\/127\.0\.0\.1:(\d+)\/#token=[\da-f]{64}\nlistening at http:\/\/127\.0\.0\.1:\1\/\n$/,
  );
});

test('the client of docs/client.md draws a team and its questions, and ends with the session', async () => {
  const [example] = codeBlocks(page('docs/client.md')).filter(({ info }) => info === 'ts run');
  await using at = await serving();
  start(at.team, 'hello', { name: 'asker', tools: [echoTool()] });
  const [relay] = await relaysWaiting(at.team, 1);
  const drawing = played(example?.code ?? '', { TEAM_URL: at.server.url, TEAM_TOKEN: at.server.token });
  const asked = Promise.withResolvers<void>();
  drawing.child.stdout?.on('data', (drawn) => String(drawn).includes('?') && asked.resolve());
  await Promise.race([asked.promise, drawing]);
  at.team.resolveRelay(relay?.id ?? '', { approved: true });
  await at.team.cleanup();
  const { stdout, stderr } = await drawing;
  expect(stderr).toBe('');
  expect(stdout).toContain('asker awaitingRelay\n? asker ');
  expect(stdout).toMatch(/asker done\n$/);
});

test('every block that is marked to run is run by a test', () => {
  expect(blocks.filter(({ info }) => info === 'ts run').map(({ name }) => name)).toEqual([
    'README.md',
    'docs/tools.md',
    'docs/server.md',
    'docs/client.md',
  ]);
});

test('the suites of docs/testing.md are files that are run with all other tests', () => {
  const shown = codeBlocks(page('docs/testing.md')).filter(({ info }) => info.startsWith('ts guide/'));
  expect(shown).toHaveLength(4);
  for (const { info, code } of shown) {
    const file = readFileSync(join(root, `test/testing/${info.replace('ts ', '')}.test.ts`), 'utf8');
    const asUsersWrite = file
      .replace("'../../../src/index.ts'", "'greenroom'")
      .replace("'../../../src/testing/index.ts'", "'greenroom/testing'");
    expect(code).toBe(asUsersWrite);
  }
});
