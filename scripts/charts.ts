/**
 * Writes `docs/charts/`: the machines, drawn. Run it when a machine has changed:
 *
 *     npm run charts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chartFiles } from './chart-files.ts';

const folder = fileURLToPath(new URL('../docs/charts', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, text] of await chartFiles()) {
  writeFileSync(`${folder}/${name}`, text);
  console.log(`docs/charts/${name}`);
}
