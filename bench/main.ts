/** `npm run bench`: prints what was measured on this machine, now. */
import { benchAgents } from './agents.ts';
import { benchConsole } from './console.ts';
import { benchJournal } from './journal.ts';
import { benchPermissions } from './permissions.ts';
import { benchRecovery } from './recovery.ts';
import { header } from './report.ts';
import { benchStalledReader } from './stalled-reader.ts';
import { benchStream } from './stream.ts';
import { benchTesting } from './testing.ts';

header();
await benchStream();
await benchAgents();
await benchStalledReader();
await benchPermissions();
await benchJournal();
await benchRecovery();
await benchTesting();
await benchConsole();
