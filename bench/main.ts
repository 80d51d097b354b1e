/** `npm run bench`: prints what this machine measures now. `npm run bench -- stream journal` measures these parts only. */
import { benchAgents } from './agents.ts';
import { benchConsole } from './console.ts';
import { benchJournal } from './journal.ts';
import { benchPermissions } from './permissions.ts';
import { benchRecovery } from './recovery.ts';
import { header } from './report.ts';
import { benchStalledReader } from './stalled-reader.ts';
import { benchStream } from './stream.ts';
import { benchTesting } from './testing.ts';

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  stream: benchStream,
  agents: benchAgents,
  'stalled-reader': benchStalledReader,
  permissions: benchPermissions,
  journal: benchJournal,
  recovery: benchRecovery,
  testing: benchTesting,
  console: benchConsole,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  throw new Error(`There is no part "${unknown.join('", "')}". Parts: ${Object.keys(PARTS).join(', ')}.`);
}
header();
for (const [name, bench] of Object.entries(PARTS)) if (chosen.length === 0 || chosen.includes(name)) await bench();
