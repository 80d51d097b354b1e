import { expect, it } from 'vitest';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import { collect, scriptedTeam, start } from '../support/team.ts';

/** A journal whose disk is full after `entries` entries. */
function fullAfter(entries: number): Journal {
  const journal = memoryJournal();
  return {
    append(more) {
      if (journal.lastSeq >= entries) throw new Error('disk full');
      journal.append(more);
    },
    read: (options) => journal.read(options),
    get lastSeq() {
      return journal.lastSeq;
    },
    close: () => journal.close(),
  };
}

it('a journal that throws ends the system once, with a typed error for readers, and brings no process down', async () => {
  const journal = fullAfter(3);
  const team = scriptedTeam(
    function* () {
      yield { text: 'one two three four five six' };
    },
    { journal },
  );
  const failed: unknown[] = [];
  team.events$.subscribe({ error: (error) => failed.push(error) });
  const id = start(team, 'go');
  const outcome = team.result(id);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { seq } of team.events()) seen.push(seq);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'journal', message: expect.stringContaining('disk full') });
  expect(seen).toEqual([1, 2, 3]);
  expect(await outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining('disk full') });
  await team.cleanup();
  expect(failed).toMatchObject([{ code: 'journal' }]);
  expect(() => start(team, 'again')).toThrow(expect.objectContaining({ code: 'closed' }));
  await expect(collect(team.events())).rejects.toMatchObject({ code: 'journal' });
});
