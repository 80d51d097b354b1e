/**
 * Tries the package as its user gets it: packed, unpacked beside its dependencies, imported, compiled against, started.
 * Run it after a build: `npm run check:package`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { subPaths } from './declarations.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const Manifest = z.object({ version: z.string(), bin: z.record(z.string(), z.string()) });
const { version, bin } = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const problems: string[] = [];

/** An application: a folder with the unpacked package and its dependencies in `node_modules`. */
const app = mkdtempSync(join(tmpdir(), 'greenroom-package-'));
const installed = join(app, 'node_modules/greenroom');
try {
  unpack();
  importAll();
  compileAgainst();
  checkSourceMaps();
  checkLinks();
  startCommands();
} finally {
  rmSync(app, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function unpack(): void {
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', app], { cwd: root });
  const [{ filename }] = z.tuple([z.object({ filename: z.string() })]).parse(JSON.parse(packed.toString()));
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(app, filename), '-C', installed, '--strip-components=1']);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'greenroom') symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name));
  }
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
}

function importAll(): void {
  for (const { specifier } of subPaths()) {
    const code = `if (Object.keys(await import('${specifier}')).length === 0) throw new Error('exports nothing')`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: app,
      encoding: 'utf8',
    });
    if (status !== 0 || stderr !== '') problems.push(`import of ${specifier}: ${stderr}`);
  }
}

/** As a strict application compiles: with the README's `lib`, and checking the declarations of all dependencies. */
function compileAgainst(): void {
  const [, lib = ''] = /`"lib": (\[[^\]]*\])`/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2024',
    lib: z.array(z.string()).parse(JSON.parse(lib)),
    types: ['node'],
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  const lines = subPaths().map(({ specifier }, index) => `export * as part${index} from '${specifier}';`);
  writeFileSync(join(app, 'use.ts'), lines.join('\n'));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { status, stdout } = spawnSync(tsc, ['-p', app, '--pretty', 'false'], { cwd: app, encoding: 'utf8' });
  if (status !== 0) problems.push(`an application does not compile:\n${stdout}`);
}

/** A debugger finds every source: in the map, or in the package. */
function checkSourceMaps(): void {
  const SourceMap = z.object({
    sources: z.array(z.string()),
    sourcesContent: z.array(z.string().nullable()).optional(),
  });
  const files = globSync('dist/**/*.js', { cwd: installed }).filter((file) => !file.startsWith('dist/web/'));
  for (const file of files) {
    const [, name] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(readFileSync(join(installed, file), 'utf8')) ?? [];
    const path = join(installed, dirname(file), name ?? '');
    if (name === undefined || !existsSync(path)) {
      problems.push(`${file} has no source map`);
      continue;
    }
    const { sources, sourcesContent = [] } = SourceMap.parse(JSON.parse(readFileSync(path, 'utf8')));
    const lost = sources.filter((source, at) => !sourcesContent[at] && !existsSync(join(dirname(path), source)));
    if (lost.length > 0) problems.push(`the source map of ${file} lacks ${lost.join(', ')}`);
  }
  if (files.length === 0) problems.push('the package holds no JavaScript');
}

/** Every relative link of a page leads to a file of the package. */
function checkLinks(): void {
  const pages = globSync('**/*.md', { cwd: installed, exclude: ['node_modules/**'] });
  for (const page of pages) {
    const targets = readFileSync(join(installed, page), 'utf8').matchAll(
      /\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g,
    );
    for (const [, target = ''] of targets) {
      const file = normalize(join(dirname(page), target));
      if (!existsSync(join(installed, file))) problems.push(`${page} links ${target}, which the package lacks`);
    }
  }
  if (!pages.includes('README.md')) problems.push('the package holds no README.md');
}

function startCommands(): void {
  for (const [command, file] of Object.entries(bin)) {
    const path = join(installed, file);
    const printed = execFileSync(process.execPath, [path, '--version'], { cwd: app, encoding: 'utf8' }).trim();
    if (printed !== version) problems.push(`${command} --version prints "${printed}", not ${version}`);
    const old = oldNode();
    if (old === undefined)
      console.error('No Node below 22 is installed: not tried with one. test/package/old-node.test.ts pretends.');
    else startWithOldNode(command, path, old);
  }
}

/** The first Node on the path that is older than the package needs. */
function oldNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 22);
}

function startWithOldNode(command: string, path: string, node: string): void {
  const home = mkdtempSync(join(app, 'home-'));
  const run = spawnSync(node, [path, 'run', 'hello'], { cwd: home, encoding: 'utf8', env: { HOME: home } });
  const isOneLine = /^greenroom needs Node .*\n$/.test(run.stderr);
  if (run.status === 2 && run.stdout === '' && isOneLine && readdirSync(home).length === 0) return;
  problems.push(
    `${command} on ${node}: exit code ${run.status}, "${run.stdout}${run.stderr}", made ${readdirSync(home).join(', ') || 'nothing'}`,
  );
}
