/**
 * A process that writes a journal until it is killed, and says the `seq` of each fact once `append()` has returned; with
 * `grouped`, once `settled()` has resolved.
 */
import { writeSync } from 'node:fs';
import { sqliteJournal } from '../../src/journal/index.ts';
import { delta, fact } from './entries.ts';

const [, , path = '', pause = '0'] = process.argv;
const journal = sqliteJournal(path);
writeSync(1, 'open\n');
for (let seq = journal.lastSeq + 1; ; seq += 1) {
  if (pause === 'hold') break;
  if (pause === 'grouped' && seq % 21 === 0) {
    await journal.settled?.();
    writeSync(1, `${seq - 1}\n`);
  }
  if (seq % 7 === 0) {
    journal.append([fact(seq)]);
    if (pause !== 'grouped') writeSync(1, `${seq}\n`);
  } else journal.append([delta(seq, `b${seq % 3}`)]);
  if (seq % 50 === 0) await new Promise(setImmediate);
}
if (pause === 'hold') setInterval(() => undefined, 1000);
