import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, type Envelope } from '../../src/index.ts';
import { memoryJournal, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { migrate, SCHEMA_VERSION } from '../../src/journal/schema.ts';
import { runToEnd } from '../support/processes.ts';
import { collect, scriptedTeam, start } from '../support/team.ts';
import { all, delta, fact, folder, joinedText } from './entries.ts';

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('sqliteJournal', () => {
  test('reads as the journal in memory does, from any place, but for joined deltas', () => {
    const step = fc.oneof(
      fc.constant('fact' as const),
      fc.record({ delta: fc.constantFrom('b', 'c') }),
      fc.record({ read: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 15 }), (batches) => {
        using dir = folder();
        const journal = sqliteJournal(dir.file());
        const model = memoryJournal();
        const check = (since: number) => expect(joinedText(all(journal, since))).toEqual(joinedText(all(model, since)));
        for (const batch of batches) {
          const entries: Envelope[] = [];
          for (const what of batch) {
            const seq = model.lastSeq + entries.length + 1;
            if (what === 'fact') entries.push(fact(seq));
            else if ('delta' in what) entries.push(delta(seq, what.delta));
            else check(Math.floor(what.read * model.lastSeq));
          }
          journal.append(entries);
          model.append(entries);
          expect(journal.lastSeq).toBe(model.lastSeq);
        }
        for (let since = 0; since <= model.lastSeq; since += 1) check(since);
        journal.close();
        check(0); // whoever is late still reads it
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('a fact is in the file when append() returns, with the deltas before it', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.append([delta(1), delta(2)]);
    journal.append([fact(3)]);
    using reader = openSession(dir.file());
    expect([...reader.entries()].map(({ seq }) => seq)).toEqual([2, 3]);
    journal.close();
  });

  test('deltas are in the file before a subscriber or a reader is told of them', async () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    const team = scriptedTeam(
      function* () {
        yield { text: 'one two three four five six' };
      },
      { journal },
    );
    using reader = openSession(dir.file());
    const late: number[] = [];
    team.events$.subscribe(({ seq }) => {
      if (reader.info().lastSeq < seq) late.push(seq);
    });
    start(team, 'go');
    for await (const { seq } of team.events()) if (reader.info().lastSeq < seq) late.push(seq);
    await team.cleanup();
    expect(late).toEqual([]);
    expect(reader.info().state).toBe('ended');
  });

  test('a reader of the orchestrator reads on after cleanup()', async () => {
    using dir = folder();
    const team = scriptedTeam(
      function* () {
        yield { text: 'one two three' };
      },
      { journal: sqliteJournal(dir.file()) },
    );
    await team.result(start(team, 'go'));
    await team.cleanup();
    expect((await collect(team.events())).at(-1)?.event.type).toBe('harness_end');
  });

  test('what JSON cannot hold is noted in its place, and nothing fails', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    const loop: Record<string, unknown> = { big: 12n };
    loop['self'] = loop;
    const output = { context: 'ok', result: loop };
    const event = { type: 'tool_result', runId: 'a', id: 'c', name: 't', output, status: 'ok' } as const;
    journal.append([{ seq: 1, at: 1, agentId: 'a', event }]);
    expect(all(journal)[0]?.event).toMatchObject({
      output: { context: 'ok', result: { big: '12', self: '[a value that contains itself]' } },
    });
    journal.close();
  });

  test('file and folders are for their user alone from the start, whatever the umask', async () => {
    using dir = folder();
    const source = `
      import { sqliteJournal } from ${JSON.stringify(new URL('../../src/journal/index.ts', import.meta.url).href)};
      import { fact } from ${JSON.stringify(new URL('./entries.ts', import.meta.url).href)};
      import { statSync } from 'node:fs';
      const journal = sqliteJournal(process.argv[1]);
      journal.append([fact(1)]);
      console.log(journal.files.map((file) => (statSync(file).mode & 0o777).toString(8)).join(' '));
      journal.close();`;
    const path = dir.file('new/deep/j.sqlite');
    const script = 'umask 0000; exec "$0" --input-type=module-typescript --eval "$1" "$2"';
    const { stdout } = await runToEnd('/bin/sh', ['-c', script, process.execPath, source, path]);
    expect(stdout.trim()).toBe('600 600 600');
    expect([mode(dir.file('new')), mode(dir.file('new/deep'))]).toEqual(['700', '700']);
  });

  test('a full disk ends it at the first entry that does not fit; all before it stays readable', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file(), { maxBytes: 64 * 1024 });
    let taken = 0;
    const fill = () => {
      for (let seq = 1; seq < 10_000; seq += 1) {
        journal.append([fact(seq)]);
        taken = seq;
      }
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'journal', message: expect.stringContaining('Make room') }));
    expect(taken).toBeGreaterThan(100);
    expect(journal.lastSeq).toBe(taken);
    expect(() => journal.append([fact(taken + 1)])).toThrow(expect.objectContaining({ code: 'journal' }));
    expect(all(journal).map(({ seq }) => seq)).toEqual(Array.from({ length: taken }, (_, at) => at + 1));
    journal.close();
    using reader = openSession(dir.file());
    expect([...reader.entries()].length).toBe(taken);
    expect(reader.info().state).toBe('stopped');
  });

  test('with a full disk a run ends with that reason, and nobody was told what is not recorded', async () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file(), { maxBytes: 36 * 1024 });
    const team = scriptedTeam(
      function* () {
        yield { text: 'x '.repeat(5000) };
      },
      { journal },
    );
    const told: number[] = [];
    team.events$.subscribe({ next: ({ seq }) => told.push(seq), error: () => undefined });
    const outcome = team.result(start(team, 'go'));
    await expect(collect(team.events())).rejects.toMatchObject({ code: 'journal' });
    expect(await outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining('Make room') });
    await team.cleanup();
    using reader = openSession(dir.file());
    expect(told.at(-1)).toBeLessThanOrEqual(reader.info().lastSeq);
  });

  test('a new run is refused in the journal of another', () => {
    using dir = folder();
    const first = sqliteJournal(dir.file());
    first.append([fact(1)]);
    first.close();
    const journal = sqliteJournal(dir.file());
    expect(journal.lastSeq).toBe(1);
    expect(() => new AgentOrchestrator(undefined, { journal })).toThrow(
      expect.objectContaining({
        code: 'invalid_params',
        path: 'journal',
        message: expect.stringContaining('new journal'),
      }),
    );
    journal.close();
  });
});

describe('files that cannot be used', () => {
  test.each([
    [
      'the database of another program',
      (path: string) => new DatabaseSync(path).exec('CREATE TABLE t (x)'),
      'another program',
    ],
    ['no database', (path: string) => writeFileSync(path, 'x'.repeat(5000)), 'not a journal'],
    ['a folder', (path: string) => mkdirSync(path), 'not a regular file'],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), 'not a regular file'],
  ])('%s is refused with what to do, and is left as it is', (_name, make, said) => {
    using dir = folder();
    make(dir.file());
    expect(() => sqliteJournal(dir.file())).toThrow(
      expect.objectContaining({ code: 'journal', message: expect.stringContaining(said) }),
    );
    expect(existsSync(`${dir.file()}-wal`)).toBe(false);
  });

  test('a file of a later version is refused, for writing and for reading', () => {
    using dir = folder();
    sqliteJournal(dir.file()).close();
    const db = new DatabaseSync(dir.file());
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    const later = expect.objectContaining({ code: 'journal', message: expect.stringContaining('later version') });
    expect(() => sqliteJournal(dir.file())).toThrow(later);
    expect(() => openSession(dir.file())).toThrow(later);
  });

  test('a folder that cannot be written is named', () => {
    using dir = folder();
    mkdirSync(dir.file('locked'));
    chmodSync(dir.file('locked'), 0o500);
    if (process.getuid?.() === 0) return; // nothing is locked for root
    expect(() => sqliteJournal(dir.file('locked/j.sqlite'))).toThrow(expect.objectContaining({ code: 'journal' }));
  });

  test('migrations run from where the file stands, each once', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, ['CREATE TABLE a (x)']);
    migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
    migrate(db, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    expect(
      db
        .prepare('SELECT name FROM sqlite_schema ORDER BY name')
        .all()
        .map(({ name }) => name),
    ).toEqual(['a', 'b']);
    db.close();
  });
});
