/** What a journal promises when its disk or its file fails. */
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Envelope, RelayAnswer } from '../../src/index.ts';
import { openSession, sqliteJournal } from '../../src/journal/index.ts';
import { runToEnd } from '../support/processes.ts';
import { all, asked, delta, fact, folder } from './entries.ts';

const big = (at: number): RelayAnswer => ({ approved: true, input: { text: `${at} ${'x'.repeat(3000)}` } });
const failure = (said: string) => expect.objectContaining({ code: 'journal', message: expect.stringContaining(said) });
const seqs = (entries: Iterable<Envelope>) => [...entries].map(({ seq }) => seq);
const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

/** Everything until it throws: a damaged file is read up to the damage. */
function readable(entries: Iterable<Envelope>): { readonly seqs: number[]; readonly thrown: unknown } {
  const seen: number[] = [];
  try {
    for (const { seq } of entries) seen.push(seq);
    return { seqs: seen, thrown: undefined };
  } catch (thrown) {
    return { seqs: seen, thrown };
  }
}

/** A closed journal of facts 1 to `last`, and one answer. */
function recorded(path: string, last: number): void {
  const journal = sqliteJournal(path);
  journal.append(upTo(last - 1).map(fact));
  journal.append([asked(last, 'r')]);
  journal.answer?.('r', { approved: true }, 1);
  journal.close({ unfinished: true });
}

function edit(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

describe('a full disk', () => {
  test('refuses an answer: it throws with what to do, records nothing of it, and takes nothing more', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file(), { maxBytes: 64 * 1024 });
    journal.append([fact(1)]);
    let taken = 0;
    const fill = () => {
      for (let at = 1; at < 1000; at += 1) {
        expect(journal.answer?.(`r${at}`, big(at), at)).toBe(true);
        taken = at;
      }
    };
    expect(fill).toThrow(failure('Make room'));
    expect(taken).toBeGreaterThan(3);
    const small: RelayAnswer = { approved: false };
    expect(() => journal.answer?.('small', small, 1)).toThrow(failure('Make room'));
    expect(() => journal.append([fact(2)])).toThrow(failure('Make room'));
    const kept = upTo(taken).map((at) => ({ relayId: `r${at}`, answer: big(at), at }));
    expect(journal.answers?.()).toEqual(kept);
    expect(seqs(all(journal))).toEqual([1]);
    journal.close();
    using reader = openSession(dir.file());
    expect(reader.answers()).toEqual(kept);
    expect(reader.info().state).toBe('stopped');
    // with room again it goes on, and the answer that was refused is still to be given
    const later = sqliteJournal(dir.file());
    expect(later.answer?.(`r${taken + 1}`, small, 1)).toBe(true);
    later.append([fact(2)]);
    later.close();
  });

  test('that a fact has found refuses answers as well, and nobody listens any more', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file(), { maxBytes: 64 * 1024 });
    journal.onAnswer?.(() => {});
    expect(() => {
      for (let seq = 1; seq < 10_000; seq += 1) journal.append([fact(seq)]);
    }).toThrow(failure('Make room'));
    const { lastSeq } = journal;
    expect(() => journal.answer?.('r', { approved: true }, 1)).toThrow(failure('Make room'));
    journal.drainAnswers?.();
    expect(journal.answers?.()).toEqual([]);
    expect(seqs(all(journal))).toEqual(upTo(lastSeq));
    journal.close();
  });
});

test('a disk that fails ends it: what was told before stays, the error says to check the disk, and nothing more is taken', async () => {
  using dir = folder();
  // the system refuses to let a file of this process grow past this
  const limit = 'ulimit -f 400; exec "$0" --input-type=module-typescript --eval "$1" "$2"';
  const source = `
    import { sqliteJournal } from ${JSON.stringify(new URL('../../src/journal/index.ts', import.meta.url).href)};
    import { fact } from ${JSON.stringify(new URL('./entries.ts', import.meta.url).href)};
    const journal = sqliteJournal(process.argv[1]);
    const said = [];
    let told = 0;
    try {
      for (let seq = 1; seq < 100_000; seq += 1) {
        journal.append([fact(seq)]);
        told = seq;
      }
    } catch (error) {
      said.push(error.message);
    }
    const refused = [() => journal.append([fact(told + 1)]), () => journal.answer('r', { approved: true }, 1)];
    for (const use of refused) {
      try {
        use();
      } catch (error) {
        said.push(error.message);
      }
    }
    console.log(JSON.stringify({ told, lastSeq: journal.lastSeq, said }));
    journal.close();`;
  const { stdout } = await runToEnd('/bin/sh', ['-c', limit, process.execPath, source, dir.file()]);
  const { told, lastSeq, said } = JSON.parse(stdout) as { told: number; lastSeq: number; said: string[] };
  expect(told).toBeGreaterThan(20);
  expect(lastSeq).toBe(told);
  expect(said).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/disk.* Check it/)));
  using reader = openSession(dir.file());
  expect(seqs(reader.entries())).toEqual(upTo(told));
  expect(reader.answers()).toEqual([]);
});

describe('damage in the middle', () => {
  const LAST = 1000;

  test.each<[string, string, RegExp]>([
    [
      'an entry that is no JSON',
      `UPDATE entry SET event = '{"type":' WHERE seq = 600`,
      /Entry 600 .*damaged.* Keep a copy/,
    ],
    ['an entry that is no event', `UPDATE entry SET event = '{"type":"text"}' WHERE seq = 600`, /Entry 600 .*damaged/],
    [
      'entries that are gone',
      'DELETE FROM entry WHERE seq BETWEEN 600 AND 602',
      /damaged.* 600 to 602 are missing.* Keep/,
    ],
  ])('%s: all before it is read, then an error says so, and the owner takes nothing more', (_name, sql, said) => {
    using dir = folder();
    recorded(dir.file(), LAST);
    edit(dir.file(), sql);
    const damaged = expect.objectContaining({ code: 'journal', message: expect.stringMatching(said) });
    {
      using reader = openSession(dir.file());
      expect(readable(reader.entries())).toEqual({ seqs: upTo(599), thrown: damaged });
      expect(reader.answers().length).toBe(1);
    }
    const journal = sqliteJournal(dir.file());
    let since = 0;
    const fold = () => {
      for (;;) since = journal.read({ since, limit: 64 }).entries.at(-1)?.seq ?? since;
    };
    expect(fold).toThrow(damaged);
    expect(since).toBe(599);
    expect(() => journal.append([fact(LAST + 1)])).toThrow(damaged);
    expect(() => journal.answer?.('r2', { approved: true }, 1)).toThrow(damaged);
    expect(journal.read({ since: 0, limit: 9 }).entries.length).toBe(9);
    expect(journal.answers?.().length).toBe(1);
    journal.close();
    using reader = openSession(dir.file());
    expect(reader.info()).toMatchObject({ state: 'stopped', lastSeq: LAST });
  });

  test('joined deltas whose lengths are damaged are not cut in the wrong place', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([delta(1), delta(2), delta(3), fact(4)]);
    journal.close();
    edit(dir.file(), `UPDATE entry SET lengths = '[2,9,2]' WHERE seq = 3`);
    using reader = openSession(dir.file());
    expect(() => [...reader.entries({ since: 1 })]).toThrow(failure('Entry 3'));
    expect([...reader.entries()].length).toBe(2);
  });

  test('a page of the file that is overwritten: what comes before it is read, and the error says that it can be', () => {
    using dir = folder();
    recorded(dir.file(), LAST);
    const bytes = readFileSync(dir.file());
    const page = 4096 * Math.floor(bytes.length / 4096 / 2);
    writeFileSync(dir.file(), bytes.fill(0xaa, page, page + 4096));
    const { seqs: seen, thrown } = (() => {
      using reader = openSession(dir.file());
      return readable(reader.entries());
    })();
    expect(seen).toEqual(upTo(seen.length));
    expect(seen.length).toBeGreaterThan(100);
    expect(thrown).toMatchObject({ code: 'journal', message: expect.stringMatching(/damaged.* can still be read/) });
  });
});
