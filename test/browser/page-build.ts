/** The page as it is built, made once for each state of its sources. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = `${root}node_modules/.cache/greenroom-page`;
const SOURCES = [
  'src/web/**/*.*',
  'src/client/*',
  'src/read-model/*',
  'src/events.ts',
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
  await build({ configFile: `${root}vite.config.ts`, logLevel: 'error', build: { outDir } });
  renameSync(outDir, folder);
  return folder;
}
