/** The page as it is built, made once for each state of its sources. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = `${root}node_modules/.cache/greenroom-page`;
const SOURCES = [
  'src/web/**/*.*',
  'src/client/*',
  'src/read-model/*',
  'src/events.ts',
  'src/diagnostics/redact.ts',
  'src/permissions/rule-text.ts',
  'vite.config.ts',
  'package.json',
];

/** Where the page of the present sources lies, or will lie. */
function pageFolder(): string {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: root }).toSorted())
    hash.update(file).update(readFileSync(`${root}${file}`));
  return `${CACHE}/${hash.digest('hex').slice(0, 16)}`;
}

/** Builds it, unless that was done; resolves with its folder. */
export async function buildPage(): Promise<string> {
  const folder = pageFolder();
  if (existsSync(folder)) return folder;
  rmSync(CACHE, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  const outDir = mkdtempSync(`${CACHE}/new-`);
  // a process of its own: in this one NODE_ENV is test, and React would be the one for developers
  const args = [`${root}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error', '--outDir', outDir];
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('The page could not be built; see above.');
  renameSync(outDir, folder);
  return folder;
}
