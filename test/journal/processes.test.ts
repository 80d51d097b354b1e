/** Journals and real processes: killed writers, two writers, answers from outside, a reader beside a writer, a torn log. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../src/index.ts';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { nodeProcess, runModule, said } from '../support/processes.ts';
import { seeded } from '../support/seeded.ts';
import { asked, delta, fact, folder } from './entries.ts';

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

const ANSWERER = fileURLToPath(new URL('answerer.ts', import.meta.url));

const writer = (path: string, ...more: string[]) => nodeProcess(WRITER, path, ...more);
const answerer = (path: string, ...more: string[]) => nodeProcess(ANSWERER, path, ...more);

/** Kills it once it has said `bytes`, and resolves with all it said. */
async function killedAfter(child: ChildProcess, bytes: number): Promise<string> {
  let heard = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    if (heard.length >= bytes) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return heard;
}

/** The rows are a prefix of what the writer appends: each begins where the one before ended. Returns the last `seq`. */
function checkPrefix(path: string): number {
  const db = new DatabaseSync(path);
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  let last = 0;
  for (const row of db.prepare('SELECT seq, first FROM entry ORDER BY seq').iterate()) {
    if (row['first'] !== last + 1) throw new Error(`a gap or a duplicate after ${last}`);
    last = Number(row['seq']);
  }
  db.close();
  using reader = openSession(path);
  const shown = (entries: Iterable<Envelope>) =>
    [...entries]
      .map(({ event }) => (event.type === 'text' ? event.content : event.type === 'error' ? `${event.message};` : ''))
      .join('');
  expect(shown(reader.entries())).toBe(Array.from({ length: last }, (_, at) => `${at + 1};`).join(''));
  return last;
}

const MANY_PROCESSES = { timeout: 600_000 };

test(
  'after kill -9 at 20 moments the file is a prefix that holds every fact that was told, and is taken over',
  MANY_PROCESSES,
  async () => {
    using dir = folder();
    const random = seeded(4);
    let last = 0;
    for (let round = 0; round < 20; round += 1) {
      const child = writer(dir.file(), round % 2 === 0 ? 'each' : 'grouped');
      const heard = await killedAfter(child, 5 + Math.floor(random.next().value * 4000));
      const told = Number(heard.split('\n').slice(0, -1).at(-1));
      const now = checkPrefix(dir.file());
      if (Number.isInteger(told)) expect(now).toBeGreaterThanOrEqual(told);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
    expect(last).toBeGreaterThan(1000);
  },
);

describe('one owner', () => {
  test('a second writer is refused and told who owns it; when that one is killed, its claim is taken over', async () => {
    using dir = folder();
    const child = writer(dir.file(), 'hold');
    await said(child.stdout, /open/);
    expect(() => sqliteJournal(dir.file())).toThrow(
      expect.objectContaining({ code: 'journal', message: expect.stringContaining(`process ${child.pid}`) }),
    );
    using reader = openSession(dir.file());
    expect(reader.info()).toMatchObject({ state: 'running', owner: { pid: child.pid, alive: true } });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(reader.info()).toMatchObject({ state: 'stopped', owner: { alive: false } });
    const journal = sqliteJournal(dir.file());
    expect(reader.info()).toMatchObject({ state: 'running', owner: { pid: process.pid } });
    journal.close();
    expect(reader.info()).toMatchObject({ state: 'ended' });
  });

  test('also within one process, until the first is closed', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    expect(() => sqliteJournal(dir.file())).toThrow(expect.objectContaining({ code: 'journal' }));
    journal.append([fact(1)]);
    journal.close();
    sqliteJournal(dir.file()).close();
  });

  test('a later process with the id of a dead owner is not taken for it, and one on another machine counts as alive', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    using reader = openSession(dir.file());
    const host = reader.info().owner?.host ?? '';
    journal.close();
    const db = new DatabaseSync(dir.file());
    const claimed = (owner: string) =>
      db.prepare('INSERT OR REPLACE INTO owner VALUES (1, ?, ?, ?, ?, 0)').run('t', process.pid, 'then', owner);
    claimed(host);
    sqliteJournal(dir.file()).close();
    claimed('elsewhere boot pids');
    expect(() => sqliteJournal(dir.file())).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`process ${process.pid} on elsewhere`) }),
    );
    db.close();
  });
});

describe('answers', () => {
  test.each([
    ['own', 'beforeAnswerCommit', []],
    ['own', 'afterAnswerCommit', ['own']],
    ['leave', 'beforeAnswerCommit', []],
    ['leave', 'afterAnswerCommit', ['leave']],
  ])('%s: after kill -9 %s the file holds %j, and one answer wins', async (mode, step, held) => {
    using dir = folder();
    const asker = sqliteJournal(dir.file());
    asker.append([asked(1, 'r')]);
    asker.close({ unfinished: true });
    const child = answerer(dir.file(), mode, step);
    child.stdout.resume();
    await once(child, 'close');
    expect(child.signalCode).toBe('SIGKILL');
    using reader = openSession(dir.file());
    const by = () => reader.answers().map(({ answer }) => answer.by);
    expect(by()).toEqual(held);
    expect(reader.info().state).toBe('stopped');
    const left = leaveAnswer(dir.file(), 'r', { approved: false, by: 'late' });
    expect(left).toBe(held.length === 0 ? 'recorded' : 'settled');
    expect(by()).toEqual(held.length === 0 ? ['late'] : held);
    const journal = sqliteJournal(dir.file());
    expect(journal.answer?.('r', { approved: true }, 2)).toBe(false);
    journal.close();
  });

  test(
    'left by another process while the owner writes are all recorded, and the owner hears each once, in order',
    MANY_PROCESSES,
    async () => {
      using dir = folder();
      const child = answerer(dir.file(), 'ask');
      const ended = once(child, 'exit');
      const lines = createInterface({ input: child.stdout });
      const left: string[] = [];
      const heard: string[] = [];
      for await (const line of lines) {
        const [what, relay = ''] = line.split(' ');
        if (what === 'heard') heard.push(relay);
        else if (left.length < 60) {
          expect(leaveAnswer(dir.file(), relay, { approved: true, by: 'outside' })).toBe('recorded');
          left.push(relay);
        }
        if (heard.length === 60) child.kill('SIGKILL');
      }
      await ended; // its output closes a moment before it is gone
      expect(heard).toEqual(left);
      using reader = openSession(dir.file());
      expect(reader.answers().map(({ relayId }) => relayId)).toEqual(left);
      expect(reader.info().state).toBe('stopped');
      expect(leaveAnswer(dir.file(), left[0] ?? '', { approved: false })).toBe('settled');
    },
  );

  test('of two processes that answer at the same time one is told that it did', async () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([asked(1, 'r')]);
    const both = [answerer(dir.file(), 'leave'), answerer(dir.file(), 'leave')];
    const ends = await Promise.all(both.map(async ({ stdout }) => (await text(stdout)).trim()));
    expect(ends.toSorted()).toEqual(['recorded', 'settled']);
    expect(journal.answers?.().length).toBe(1);
    journal.close();
  });

  test('a process that only listens for them ends by itself', async () => {
    const source = `
      import { sqliteJournal } from ${JSON.stringify(new URL('../../src/journal/index.ts', import.meta.url).href)};
      sqliteJournal(process.argv[1]).onAnswer(() => {});`;
    using dir = folder();
    expect(await runModule(source, [dir.file()])).toMatchObject({ status: 0, stderr: '' });
  });
});

test('a reader beside a writer sees all of it, in order and once, and ends when the writer is gone', async () => {
  using dir = folder();
  const child = writer(dir.file());
  await said(child.stdout, /open/);
  child.stdout.resume();
  using reader = openSession(dir.file());
  let shown = '';
  let last = 0;
  for await (const { seq, event } of reader.follow()) {
    expect(seq).toBeGreaterThan(last);
    last = seq;
    shown += event.type === 'text' ? event.content : event.type === 'error' ? `${event.message};` : '';
    if (seq > 3000) child.kill('SIGKILL');
  }
  expect(shown).toBe(Array.from({ length: last }, (_, at) => `${at + 1};`).join(''));
  expect(reader.info()).toMatchObject({ state: 'stopped', lastSeq: last });
});

test('a log that is cut off or damaged at its end opens with a prefix', () => {
  using dir = folder();
  const random = seeded(5);
  const journal = sqliteJournal(dir.file());
  const answers: string[] = [];
  for (let seq = 1; seq <= 300; seq += 1) {
    journal.append([seq % 3 === 0 ? fact(seq) : delta(seq)]);
    if (seq % 10 === 0 && journal.answer?.(`r${seq}`, { approved: true }, seq) === true) answers.push(`r${seq}`);
  }
  const lost = new Set<boolean>();
  for (let round = 0; round < 20; round += 1) {
    const copy = dir.file(`torn-${round}.sqlite`);
    copyFileSync(dir.file(), copy);
    const log = readFileSync(`${dir.file()}-wal`);
    const at = log.length - 1 - Math.floor(random.next().value * 5 * 4096);
    if (round % 2 === 0) writeFileSync(`${copy}-wal`, log.subarray(0, at));
    else {
      log[at] = (log[at] ?? 0) ^ 0xff;
      writeFileSync(`${copy}-wal`, log);
    }
    lost.add(checkPrefix(copy) < 300);
    using reader = openSession(copy);
    const left = reader.answers().map(({ relayId }) => relayId);
    expect(left).toEqual(answers.slice(0, left.length));
  }
  expect(lost).toContain(true);
  journal.close();
});
