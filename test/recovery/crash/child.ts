/**
 * Plays the session and kills itself at the step that it is told: the number of one, counted from its start, or a name and
 * how often that one is passed (`afterRename:2`). Says what it promised, at once.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { play } from './session.ts';

const [, , dir = '', at = '0', inRecovery] = process.argv;
const steps: unknown[] = [];
subscribe('greenroom:fault-point', (name) => {
  const step = steps.push(name);
  const isNamed = at === `${String(name)}:${steps.filter((one) => one === name).length}`;
  if (step < Number(at) && inRecovery === 'true' && name === 'afterRevive') process.exit();
  if (step !== Number(at) && !isNamed) return;
  writeSync(1, `${JSON.stringify({ killed: name })}\n`);
  process.kill(process.pid, 'SIGKILL');
});
await play(dir, (told) => writeSync(1, `${JSON.stringify(told)}\n`));
writeSync(1, `${JSON.stringify({ steps })}\n`);
