/** Answers that are left in the journal of another process. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { RelayAnswer } from '../../src/index.ts';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { SCHEMA_VERSION } from '../../src/journal/schema.ts';
import { asked, delta, fact, folder, resolved } from './entries.ts';

const yes: RelayAnswer = { approved: true, by: 'ann' };
const no: RelayAnswer = { approved: false };

describe('leaveAnswer', () => {
  test('records the first answer to a question of a run that runs, of one that stopped, and of one it never heard of', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([fact(1), asked(2, 'r1'), asked(3, 'r2')]);
    expect(leaveAnswer(dir.file(), 'r1', yes)).toBe('recorded');
    journal.close({ unfinished: true });
    expect(leaveAnswer(dir.file(), 'r2', no)).toBe('recorded');
    using reader = openSession(dir.file());
    expect(reader.answers()).toMatchObject([
      { relayId: 'r1', answer: yes },
      { relayId: 'r2', answer: no },
    ]);
    expect(leaveAnswer(dir.file(), 'r9', yes)).toBe('unknown');
    expect(reader.answers().length).toBe(2);
  });

  test('what has an answer, from whomever, or has ended is settled: nothing is changed', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([asked(1, 'r1'), asked(2, 'r2'), asked(3, 'r3'), resolved(4, 'r3')]);
    leaveAnswer(dir.file(), 'r1', yes);
    journal.answer?.('r2', yes, 1);
    for (const relay of ['r1', 'r2', 'r3']) expect(leaveAnswer(dir.file(), relay, no)).toBe('settled');
    expect(journal.answers?.().map(({ answer }) => answer)).toEqual([yes, yes]);
    journal.close();
  });

  test('a question is told from what only mentions its id', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    const odd = 'r"1\\\u2028 é';
    const about = (seq: number, id: string) => delta(seq, id, `{"type":"relay","id":"${id}"}`);
    journal.append([about(1, 'r1'), about(2, odd), asked(3, 'r11'), resolved(4, 'r1'), fact(5)]);
    expect(leaveAnswer(dir.file(), 'r1', yes)).toBe('unknown');
    expect(leaveAnswer(dir.file(), odd, yes)).toBe('unknown');
    expect(leaveAnswer(dir.file(), '%', yes)).toBe('unknown');
    journal.append([asked(6, odd)]);
    expect(leaveAnswer(dir.file(), odd, yes)).toBe('recorded');
    journal.close();
  });

  test('owns nothing: the owner writes on, before and after', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    using reader = openSession(dir.file());
    const { owner } = reader.info();
    for (let at = 0; at < 50; at += 1) {
      journal.append([asked(at * 2 + 1, `r${at}`), delta(at * 2 + 2)]);
      expect(leaveAnswer(dir.file(), `r${at}`, yes)).toBe('recorded');
    }
    expect(reader.info()).toMatchObject({ state: 'running', owner });
    journal.close();
    expect(reader.info()).toMatchObject({ state: 'ended', lastSeq: 100 });
    expect(reader.answers().length).toBe(50);
  });

  test('leaves files for their user alone as they were', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([asked(1, 'r1'), asked(2, 'r2')]);
    const modes = () => journal.files?.map((file) => (statSync(file).mode & 0o777).toString(8));
    leaveAnswer(dir.file(), 'r1', yes);
    expect(modes()).toEqual(['600', '600', '600']);
    journal.close({ unfinished: true });
    leaveAnswer(dir.file(), 'r2', yes);
    expect((statSync(dir.file()).mode & 0o777).toString(8)).toBe('600');
  });

  test('what is no answer is refused, and nothing is recorded', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([asked(1, 'r1')]);
    expect(() => leaveAnswer(dir.file(), 'r1', { approved: true, alwayz: true } as RelayAnswer)).toThrow(
      expect.objectContaining({ code: 'invalid_params' }),
    );
    expect(journal.answers?.()).toEqual([]);
    journal.close();
  });

  test('a question that is damaged is said to be', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([asked(1, 'r1'), fact(2)]);
    journal.close({ unfinished: true });
    const db = new DatabaseSync(dir.file());
    db.exec('UPDATE entry SET event = substr(event, 1, length(event) - 1) WHERE seq = 1');
    db.close();
    expect(() => leaveAnswer(dir.file(), 'r1', yes)).toThrow(
      expect.objectContaining({ code: 'journal', message: expect.stringContaining('Entry 1') }),
    );
  });

  test.each<[string, (path: string) => void, string]>([
    ['no file', () => {}, 'no journal'],
    ['a folder', (path) => mkdirSync(path), 'no journal'],
    ['a FIFO', (path) => execFileSync('mkfifo', [path]), 'no journal'],
    ['an empty file', (path) => writeFileSync(path, ''), 'no session'],
    ['no database', (path) => writeFileSync(path, 'x'.repeat(5000)), 'not a journal'],
    [
      'the database of another program',
      (path) => new DatabaseSync(path).exec('CREATE TABLE answer (x)'),
      'another program',
    ],
    [
      'a file of a later version',
      (path) => {
        sqliteJournal(path).close();
        const db = new DatabaseSync(path);
        db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
        db.close();
      },
      'later version',
    ],
  ])('%s is refused with what to do, and is left as it is', (_name, make, said) => {
    using dir = folder();
    make(dir.file());
    const bytes = () => {
      const found = statSync(dir.file(), { throwIfNoEntry: false });
      return found?.isFile() === true ? readFileSync(dir.file()) : found?.mode;
    };
    const before = bytes();
    expect(() => leaveAnswer(dir.file(), 'r1', yes)).toThrow(
      expect.objectContaining({ code: 'journal', message: expect.stringContaining(said) }),
    );
    expect(bytes()).toEqual(before);
  });
});
