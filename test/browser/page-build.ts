/** The built page, made once for each state of its sources. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PAGE_SOURCES } from '../../scripts/page-sources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = `${root}node_modules/.cache/greenroom-page`;

/** The folder of the page that these sources make. */
function pageFolder(): string {
  const hash = createHash('sha256');
  for (const file of globSync(PAGE_SOURCES, { cwd: root }).toSorted())
    hash.update(file).update(readFileSync(`${root}${file}`));
  return `${CACHE}/${hash.digest('hex').slice(0, 16)}`;
}

/** Builds the page unless the cache has it. Resolves with its folder. */
export async function buildPage(): Promise<string> {
  const folder = pageFolder();
  if (existsSync(folder)) return folder;
  rmSync(CACHE, { recursive: true, force: true });
  await mkdir(CACHE, { recursive: true });
  const outDir = mkdtempSync(`${CACHE}/new-`);
  // a process of its own: NODE_ENV is `test` here, which would build React's development version
  const args = [`${root}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error', '--outDir', outDir];
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('The page could not be built; the errors are above.');
  renameSync(outDir, folder);
  return folder;
}
