/** Files of earlier formats, and what a session says about itself. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { thisProcess } from '../../src/tools/process-identity.ts';
import { all, asked, delta, fact, folder } from './entries.ts';

/** A file of format 1, by the statements of then: a fact, joined deltas, a question. */
function formatOne(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL;
   CREATE TABLE session (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     id TEXT NOT NULL, title TEXT, workspace TEXT, created_at REAL NOT NULL, ended_at REAL
   ) STRICT;
   CREATE TABLE owner (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     token TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, host TEXT NOT NULL, claimed_at REAL NOT NULL
   ) STRICT;
   CREATE TABLE entry (
     seq INTEGER PRIMARY KEY,
     first INTEGER NOT NULL, at REAL NOT NULL, agent_id TEXT NOT NULL, event TEXT NOT NULL, lengths TEXT
   ) STRICT;
   PRAGMA application_id = 1198674541; PRAGMA user_version = 1;
   INSERT INTO session VALUES (1, 'old', 'tidy up', NULL, 5, NULL);`);
  const insert = db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)');
  insert.run(1, 1, 1, 'a', JSON.stringify(fact(1).event), null);
  insert.run(3, 2, 3, 'a', JSON.stringify(delta(3, 'b', '2;3;').event), '[2,2]');
  insert.run(4, 4, 4, 'a', JSON.stringify(asked(4, 'r').event), null);
  return db;
}

const entries = [fact(1), delta(3, 'b', '2;3;'), asked(4, 'r')];
const version = (db: DatabaseSync) => db.prepare('PRAGMA user_version').get()?.['user_version'];

describe('a file of format 1', () => {
  test('opens, becomes one of today, and goes on', () => {
    using dir = folder();
    const db = formatOne(dir.file());
    const journal = sqliteJournal(dir.file(), { settings: { depth: 3 } });
    expect(all(journal)).toEqual(entries);
    expect(journal.read({ since: 2, limit: 1 }).entries).toEqual([delta(3)]);
    expect(journal.answers?.()).toEqual([]);
    expect(journal.answer?.('r', { approved: true }, 1)).toBe(true);
    journal.append([fact(5)]);
    journal.close();
    expect(version(db)).toBe(2);
    db.close();
    using reader = openSession(dir.file());
    expect(reader.info()).toMatchObject({
      id: 'old',
      title: 'tidy up',
      createdAt: 5,
      settings: { depth: 3 },
      lastSeq: 5,
    });
    expect([...reader.entries()]).toEqual([...entries, fact(5)]);
  });

  test('is read as it is, without answers and settings, and stays what it is', () => {
    using dir = folder();
    const db = formatOne(dir.file());
    using reader = openSession(dir.file());
    expect([...reader.entries()]).toEqual(entries);
    expect(reader.answers()).toEqual([]);
    expect(reader.info()).toMatchObject({ id: 'old', state: 'stopped', lastSeq: 4 });
    expect(reader.info()).not.toHaveProperty('settings');
    expect(version(db)).toBe(1);
    db.close();
  });

  test('takes an answer when nobody writes it', () => {
    using dir = folder();
    const db = formatOne(dir.file());
    expect(leaveAnswer(dir.file(), 'x', { approved: true })).toBe('unknown');
    expect(version(db)).toBe(1);
    expect(leaveAnswer(dir.file(), 'r', { approved: true })).toBe('recorded');
    expect(version(db)).toBe(2);
    db.close();
  });

  test('takes none when a process of an earlier version writes it, who would never look for it', () => {
    using dir = folder();
    const db = formatOne(dir.file());
    const { pid, started, host } = thisProcess();
    db.prepare("INSERT INTO owner VALUES (1, 't', ?, ?, ?, 0)").run(pid, started, host);
    expect(() => leaveAnswer(dir.file(), 'r', { approved: true })).toThrow(
      expect.objectContaining({ code: 'journal', message: expect.stringContaining('earlier version') }),
    );
    expect(version(db)).toBe(1);
    db.close();
  });

  test('stays what it is when its owner runs and another process wants to write it', () => {
    using dir = folder();
    const db = formatOne(dir.file());
    const { pid, started, host } = thisProcess();
    db.prepare("INSERT INTO owner VALUES (1, 't', ?, ?, ?, 0)").run(pid, started, host);
    expect(() => sqliteJournal(dir.file())).toThrow(expect.objectContaining({ code: 'journal' }));
    expect(version(db)).toBe(1);
    db.close();
  });
});

describe('settings', () => {
  const settingsOf = (path: string) => {
    using reader = openSession(path);
    return reader.info().settings;
  };

  test('come back as they were, and stay when the file is opened without any', () => {
    using dir = folder();
    sqliteJournal(dir.file(), { settings: { deny: [{ tool: 'bash' }], nothing: null } }).close();
    sqliteJournal(dir.file()).close();
    expect(settingsOf(dir.file())).toEqual({ deny: [{ tool: 'bash' }], nothing: null });
    sqliteJournal(dir.file(), { settings: 'other' }).close();
    expect(settingsOf(dir.file())).toBe('other');
    sqliteJournal(dir.file(), { settings: null }).close();
    expect(settingsOf(dir.file())).toBeNull();
  });

  test.each<[string, unknown]>([
    ['with a bigint', { limit: 1n }],
    ['that are a function', () => 1],
  ])('%s are refused before there is a file', (_name, settings) => {
    using dir = folder();
    expect(() => sqliteJournal(dir.file(), { settings })).toThrow(
      expect.objectContaining({ code: 'invalid_params', path: 'settings' }),
    );
    expect(() => openSession(dir.file())).toThrow(expect.objectContaining({ code: 'journal' }));
  });

  test('that are damaged are never taken for none; the entries can still be read', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file(), { settings: { a: 1 } });
    journal.append([fact(1)]);
    journal.close();
    const db = new DatabaseSync(dir.file());
    db.exec(`UPDATE session SET settings = '{"a":'`);
    db.close();
    using reader = openSession(dir.file());
    expect(() => reader.info()).toThrow(
      expect.objectContaining({ code: 'journal', message: expect.stringContaining('settings') }),
    );
    expect([...reader.entries()]).toEqual([fact(1)]);
  });
});

describe('close()', () => {
  test('with `unfinished` leaves a session that can be resumed, otherwise one that has ended', () => {
    using dir = folder();
    sqliteJournal(dir.file()).close({ unfinished: true });
    using reader = openSession(dir.file());
    expect(reader.info()).toMatchObject({ state: 'stopped' });
    expect(reader.info()).not.toHaveProperty('endedAt');
    expect(reader.info()).not.toHaveProperty('owner');
    const again = sqliteJournal(dir.file());
    expect(reader.info().state).toBe('running');
    again.close();
    expect(reader.info().state).toBe('ended');
    sqliteJournal(dir.file()).close({ unfinished: true });
    expect(reader.info().state).toBe('stopped');
  });

  test('the second time does nothing', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.close({ unfinished: true });
    journal.close();
    using reader = openSession(dir.file());
    expect(reader.info().state).toBe('stopped');
  });

  test('a follower of a session ends when it is left unfinished', async () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([fact(1)]);
    using reader = openSession(dir.file());
    const seen: number[] = [];
    for await (const { seq } of reader.follow()) {
      seen.push(seq);
      if (seq === 1) {
        journal.append([fact(2)]);
        journal.close({ unfinished: true });
      }
    }
    expect(seen).toEqual([1, 2]);
  });
});
