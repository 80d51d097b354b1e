/** Facts that share a commit: what `settled()` promises, in one process and when that process is killed. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Journal } from '../../src/journal/index.ts';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { all, asked, delta, fact, folder } from './entries.ts';

const seqs = (entries: Iterable<{ readonly seq: number }>) => [...entries].map(({ seq }) => seq);

/** A journal whose facts wait for `settled()`, with a reader beside it and the commits of facts so far. */
async function grouped(options: Parameters<typeof sqliteJournal>[1] = {}) {
  const dir = folder();
  const journal = sqliteJournal(dir.file(), options);
  await journal.settled?.();
  const reader = openSession(dir.file());
  const points: string[] = [];
  const hear = (point: unknown) => void points.push(String(point));
  subscribe('greenroom:fault-point', hear);
  onTestFinished(() => {
    unsubscribe('greenroom:fault-point', hear);
    reader.close();
    journal.close();
    dir[Symbol.dispose]();
  });
  return { dir, journal: journal as Required<Journal>, stored: () => seqs(reader.entries()), reader, points };
}

describe('from the first settled() on', () => {
  test('the facts of one turn of the event loop share one commit, which settled() waits for', async () => {
    const { journal, stored, points } = await grouped();
    journal.append([fact(1)]);
    journal.append([delta(2), asked(3, 'r')]);
    queueMicrotask(() => journal.append([fact(4)]));
    await Promise.resolve();
    expect(journal.lastSeq).toBe(4);
    expect(stored()).toEqual([]);
    await journal.settled();
    expect(stored()).toEqual([1, 2, 3, 4]);
    expect(points).toEqual([
      'beforeOtherCommit',
      'beforeQuestionCommit',
      'beforeOtherCommit',
      'afterOtherCommit',
      'afterQuestionCommit',
      'afterOtherCommit',
    ]);
  });

  test('a fact is stored after this turn of the event loop, though nothing waits for it', async () => {
    const { journal, stored } = await grouped();
    journal.append([fact(1)]);
    await nextTurn();
    await nextTurn();
    expect(stored()).toEqual([1]);
  });

  test('settled() covers deltas, and resolves at once when nothing waits', async () => {
    const { journal, stored } = await grouped();
    journal.append([delta(1), delta(2)]);
    const settled = journal.settled();
    journal.append([delta(3)]);
    await settled;
    expect(stored()).toEqual([3]); // joined under the last seq
    await journal.settled();
  });

  test('flush() and the end of read() store what waits; so does close()', async () => {
    const { journal, stored, reader } = await grouped();
    journal.append([fact(1)]);
    journal.flush();
    expect(stored()).toEqual([1]);
    journal.append([fact(2)]);
    expect(seqs(journal.read({ since: 0, limit: 10 }).entries)).toEqual([1]);
    expect(seqs(all(journal))).toEqual([1, 2]);
    journal.append([fact(3)]);
    journal.close();
    expect(stored()).toEqual([1, 2, 3]);
    expect(reader.info().state).toBe('ended');
  });

  test('an answer is stored when answer() returns, with all that was appended before it', async () => {
    const { journal, stored, reader, dir } = await grouped();
    journal.append([asked(1, 'r')]);
    expect(leaveAnswer(dir.file(), 'r', { approved: false })).toBe('unknown'); // no reader can know of the question yet
    expect(journal.answer('r', { approved: true }, 1)).toBe(true);
    expect(stored()).toEqual([1]);
    expect(reader.answers().map(({ relayId }) => relayId)).toEqual(['r']);
  });

  test('thousands of facts in one turn make a handful of commits', async () => {
    const { journal, stored, points } = await grouped();
    for (let seq = 1; seq <= 10_000; seq += 1) journal.append([fact(seq)]);
    await journal.settled();
    expect(stored()).toHaveLength(10_000);
    const commits = points.filter(
      (point, at) => point.startsWith('before') && points[at - 1]?.startsWith('before') !== true,
    );
    expect(commits.length).toBeLessThanOrEqual(3);
  });
});

describe('when what waits cannot be stored', () => {
  test('settled() rejects, the journal ends with its last stored entry, and takes nothing more', async () => {
    const { journal, stored } = await grouped({ maxBytes: 64 * 1024 });
    journal.append([fact(1)]);
    await journal.settled();
    for (let seq = 2; seq <= 3000; seq += 1) journal.append([fact(seq)]);
    const full = expect.objectContaining({ code: 'journal', message: expect.stringContaining('Make room') });
    await expect(journal.settled()).rejects.toEqual(full);
    expect(journal.lastSeq).toBe(1);
    expect(stored()).toEqual([1]);
    await expect(journal.settled()).rejects.toEqual(full);
    expect(() => journal.append([fact(2)])).toThrow(full);
    expect(() => journal.answer('r', { approved: true }, 1)).toThrow(full);
  });
});
