/** A change of three files whose process is killed with SIGKILL. FAILURES: a patch of three files was left half applied. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settleChanges } from '../../src/tools/undo-changes.ts';
import { after, before, copyScene, makeScene, readEffect, sceneFiles } from './change-scene.ts';
import { temporaryFolder } from './context.ts';

const DYING = fileURLToPath(new URL('dying-changes.ts', import.meta.url));

/** Runs the process until the moment of this number, 0: to its end. Returns the moments it came to. */
async function runUntil(deed: 'change' | 'settle', folder: string, moment: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [DYING, deed, folder, String(moment)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = text(child.stdout);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal }).toEqual(moment === 0 ? { code: 0, signal: null } : { code: null, signal: 'SIGKILL' });
  return (await said).trim().split('\n');
}

/** Settles what is on record, and holds the end against the files. */
async function settled(folder: string, what: string): Promise<unknown> {
  const end = await settleChanges(readEffect(folder));
  expect(sceneFiles(folder), `${what}: ${JSON.stringify(end)}`).toEqual(end === 'done' ? after : before);
  // Once more, as a run does that is killed right after: nothing changes.
  await settleChanges(readEffect(folder));
  expect(sceneFiles(folder), `${what}, settled twice`).toEqual(end === 'done' ? after : before);
  return end;
}

/** Does something for each number up to `count`, a few at a time. */
async function forEachMoment<T>(count: number, act: (moment: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 1;
  const work = async () => {
    for (let moment = next++; moment <= count; moment = next++) results[moment - 1] = await act(moment);
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return results;
}

test('killed at any moment, the files are all old or all new, and nothing temporary is left', async () => {
  const top = await temporaryFolder();
  makeScene(join(top, 'whole'));
  const moments = await runUntil('change', join(top, 'whole'), 0);
  expect(sceneFiles(join(top, 'whole'))).toEqual(after);
  const steps = moments.filter((moment) => !moment.includes(' '));
  const renames = Array.from({ length: 3 }, () => ['beforeRename', 'afterRename']).flat();
  expect(steps).toEqual(['beforeStage', ...renames, 'beforeTidy']);

  const ends = await forEachMoment(moments.length, async (moment) => {
    const folder = join(top, String(moment));
    makeScene(folder);
    await runUntil('change', folder, moment);
    return settled(folder, `killed at ${moments[moment - 1]}`);
  });
  // From the last change on it is a whole one.
  const last = moments.lastIndexOf('afterRename');
  expect(ends).toEqual(moments.map((_, at) => (at < last ? 'undone' : 'done')));
});

test.each([
  ['before the first change', 'beforeRename', 1],
  ['after the second one', 'afterRename', 2],
  ['when all was done', 'beforeTidy', 1],
])('killed %s, and again at any moment of the recovery, the end is the same', async (_when, step, nth) => {
  const top = await temporaryFolder();
  const at = (name: string) => join(top, name);
  makeScene(at('whole'));
  const moments = await runUntil('change', at('whole'), 0);
  makeScene(at('killed'));
  await runUntil('change', at('killed'), placeOf(moments, step, nth));
  copyScene(at('killed'), at('once'));
  const recovery = await runUntil('settle', at('once'), 0);
  expect(recovery.length).toBeGreaterThan(3);
  const end = sceneFiles(at('once'));

  await forEachMoment(recovery.length, async (moment) => {
    const folder = at(String(moment));
    copyScene(at('killed'), folder);
    await runUntil('settle', folder, moment);
    await settled(folder, `killed at ${recovery[moment - 1]}`);
    expect(sceneFiles(folder)).toEqual(end);
  });
});

/** The number of a moment, by its name. */
function placeOf(moments: readonly string[], step: string, nth: number): number {
  return moments.flatMap((moment, at) => (moment === step ? [at + 1] : []))[nth - 1] ?? 0;
}
