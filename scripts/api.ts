/**
 * Writes `docs/api/` anew. Run it when a public declaration has changed:
 *
 *     npm run docs:api
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiPages } from './api-pages.ts';

const folder = fileURLToPath(new URL('../docs/api', import.meta.url));
const { pages, undocumented } = await apiPages();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [file, text] of pages) {
  writeFileSync(`${folder}/${file}`, text);
  console.log(`docs/api/${file}`);
}
for (const name of undocumented) console.error(`has no doc comment: ${name}`);
process.exitCode = undocumented.length === 0 ? 0 : 1;
