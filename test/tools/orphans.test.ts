/** Processes that outlived the orchestrator that started them. FAILURES: "339 orphan processes, 42 GB". */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ProcessIdentity } from '../../src/events.ts';
import { endOrphan } from '../../src/tools/orphans.ts';
import { identityOf, thisProcess } from '../../src/tools/process-identity.ts';
import { isRunning, startScript } from './live-processes.ts';
import { heardSteps } from './steps.ts';

/** A minute: longer than any test, so that only we end it. */
const SLEEP = 'sleep 60';

/** What is on record of a process that runs. */
function recorded(pid: number): ProcessIdentity {
  const identity = identityOf(pid);
  if (identity === undefined) throw new Error(`there is no process ${pid}`);
  return identity;
}

/** A script whose leader is gone and whose background process is not, and what is on record of that leader. */
async function abandoned() {
  const { leader, pids, release } = await startScript(`${SLEEP} >/dev/null & echo $$ $!; read`);
  const record = recorded(leader);
  await release();
  return { record, left: pids.at(-1) ?? 0 };
}

describe('what a recorded process left', () => {
  test('a whole live tree is ended, one in a process group of its own included', async () => {
    const heard = heardSteps();
    const { leader, pids } = await startScript(
      `set -m; trap '' TERM; (exec ${SLEEP}) & a=$!; ${SLEEP} & echo $$ $a $!; wait`,
    );
    expect(pids.map(isRunning)).toEqual([true, true, true]);
    expect(await endOrphan(recorded(leader))).toBe('ended');
    expect(pids.map(isRunning)).toEqual([false, false, false]);
    expect(heard).toEqual(['beforeOrphansEnd', 'afterOrphansEnd']);
  });

  test.runIf(process.platform === 'linux')('the background process of a leader that has ended is ended', async () => {
    const { record, left } = await abandoned();
    expect(isRunning(left)).toBe(true);
    expect(await endOrphan(record)).toBe('ended');
    expect(isRunning(left)).toBe(false);
  });

  test('a second time nothing is left to end', async () => {
    const { leader } = await startScript(`${SLEEP} & echo $$ $!; wait`);
    const record = recorded(leader);
    expect(await endOrphan(record)).toBe('ended');
    const heard = heardSteps();
    expect(await endOrphan(record)).toBe('gone');
    expect(heard).toEqual([]);
  });
});

describe('nothing else is ended', () => {
  test('a process that was given the same id later', async () => {
    const { leader } = await startScript(`${SLEEP} & echo $$ $!; wait`);
    expect(await endOrphan({ ...recorded(leader), started: '1' })).toBe('gone');
    expect(isRunning(leader)).toBe(true);
    expect(await endOrphan({ ...thisProcess(), started: '1' })).toBe('gone');
  });

  test.runIf(process.platform === 'linux')('a session that is older than the record', async () => {
    const { record, left } = await abandoned();
    expect(await endOrphan({ ...record, started: String(Number(record.started) + 1_000_000) })).toBe('gone');
    expect(isRunning(left)).toBe(true);
  });

  test('a process that leads no session', async () => {
    const { leader } = await startScript(`${SLEEP} & echo $$ $!; wait`, { detached: false });
    expect(await endOrphan(recorded(leader))).toBe('unknown');
    expect(isRunning(leader)).toBe(true);
  });

  test('the session that the caller is in', async () => {
    const script = `
      import { endOrphan } from ${JSON.stringify(import.meta.resolve('../../src/tools/orphans.ts'))};
      import { thisProcess } from ${JSON.stringify(import.meta.resolve('../../src/tools/process-identity.ts'))};
      process.stdout.write(await endOrphan(thisProcess()));`;
    const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
    const caller = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio });
    expect(await text(caller.stdout)).toBe('unknown');
  });

  test('a process of another machine, container or earlier start of this one', async () => {
    const { leader } = await startScript(`${SLEEP} & echo $$ $!; wait`);
    const record = recorded(leader);
    const [name = '', boot = '', pids = ''] = record.host.split(' ');
    expect(await endOrphan({ ...record, host: `elsewhere ${boot} ${pids}` })).toBe('unknown');
    expect(await endOrphan({ ...record, host: `${name} ${boot} pid:[1]` })).toBe('unknown');
    if (boot !== '') expect(await endOrphan({ ...record, host: `${name} another-boot ${pids}` })).toBe('gone');
    expect(isRunning(leader)).toBe(true);
  });
});
