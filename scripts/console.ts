/**
 * `npm run console`: builds the page when its sources changed, and serves the demo. Arguments after `--` go to
 * `greenroom serve`; with a model or a workspace it serves real agents: `npm run console -- --workspace .`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PAGE_SOURCES } from './page-sources.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const BUILT = 'dist/web/index.html';

function isOutOfDate(): boolean {
  if (!existsSync(`${root}${BUILT}`)) return true;
  const built = statSync(`${root}${BUILT}`).mtimeMs;
  return globSync(PAGE_SOURCES, { cwd: root }).some((file) => statSync(`${root}${file}`).mtimeMs > built);
}

/** Runs a program of this project in this terminal, and exits with its status when it fails. */
function run(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (isOutOfDate()) {
  console.log('Building the page …');
  run(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error']);
}
const given = process.argv.slice(2);
const isDemo = !given.some((arg) => /^--(?:model|workspace|journal|allow)\b/.test(arg));
process.argv.splice(2, given.length, 'serve', ...(isDemo ? ['--demo'] : []), ...given);
await import('../src/cli/main.ts');
