/** Recovery itself is killed, at every step it has, where it has most to do. */
import { expect, test } from 'vitest';
import { playInProcess } from './checks.ts';
import { comesBack, sweep, world } from './worlds.ts';

test.each([
  { at: 'afterRename:2', what: 'a change of three files is half made' },
  { at: 'afterProcessRecord:1', what: 'a command is about to run beside a subagent' },
  { at: 'beforeGrantCommit:1', what: 'an answer is recorded and not yet taken up' },
])('killed while $what, and again at any step of coming back', { timeout: 600_000 }, async ({ at }) => {
  const names = new Set<string>();
  await sweep(async (step) => {
    const dir = world(`${at}-${step}`);
    const first = await playInProcess(dir, { step: at });
    expect(first.killedAt).toBe(at.split(':')[0]);
    const second = await playInProcess(dir, { step, inRecovery: true });
    if (second.killedAt === undefined) return false;
    names.add(second.killedAt);
    await comesBack(dir, [first, second], `${at}, then at step ${step}, ${second.killedAt}`);
    return true;
  });
  expect([...names]).toEqual(expect.arrayContaining(['afterClaim', 'afterFold', 'beforeRevive', 'afterOtherCommit']));
  if (at.startsWith('afterRename')) expect([...names]).toEqual(expect.arrayContaining(['beforeUndo', 'afterUndo']));
});
