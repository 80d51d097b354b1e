/**
 * A process that answers relay `r`: `own` as the owner of the journal, `leave` from outside. It kills itself at the step it
 * is given, and says `true` or how it went when there is none. With `ask` it owns the journal, asks and writes until it is
 * killed, and says whose answers it hears.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { leaveAnswer, sqliteJournal } from '../../src/journal/index.ts';
import { asked, delta, fact } from './entries.ts';

const [, , path = '', mode = '', step = ''] = process.argv;
const answer = { approved: true, by: mode } as const;
subscribe('greenroom:fault-point', (now) => {
  if (now === step) process.kill(process.pid, 'SIGKILL');
});

if (mode === 'own') writeSync(1, `${sqliteJournal(path).answer?.('r', answer, 1)}\n`);
if (mode === 'leave') writeSync(1, `${leaveAnswer(path, 'r', answer)}\n`);
if (mode === 'ask') {
  const journal = sqliteJournal(path);
  journal.onAnswer?.(({ relayId, answer: { by } }) => writeSync(1, `heard ${relayId} ${by}\n`));
  for (let seq = journal.lastSeq + 1; ; seq += 1) {
    if (seq % 20 === 0) {
      journal.append([asked(seq, `r${seq}`)]);
      writeSync(1, `asked r${seq}\n`);
    } else journal.append([seq % 3 === 0 ? fact(seq) : delta(seq)]);
    if (seq % 20 === 0) await setImmediate();
  }
}
