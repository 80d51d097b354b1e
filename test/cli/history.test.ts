/** Runs that are recorded, and the commands that show them. */
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Envelope } from '../../src/index.ts';
import { openSession, sqliteJournal } from '../../src/journal/index.ts';
import { chatEvents, sse, startWireServer } from '../harness/wire-server.ts';
import { delta, fact } from '../journal/entries.ts';
import { greenroom, said, start, temporaryFolder } from './cli.ts';

const MODEL = ['--model', 'openai-compatible/m'];
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('replay --json and export print what the run itself printed', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'demo.sqlite');
  const run = await greenroom(['demo', '--json', '--journal', file]);
  expect(run.code).toBe(0);
  expect(run.stdout.split('\n').length).toBeGreaterThan(100);
  expect(await greenroom(['replay', file, '--json'])).toEqual({ code: 0, stdout: run.stdout, stderr: '' });
  expect(await greenroom(['export', file])).toEqual({ code: 0, stdout: run.stdout, stderr: '' });
  const until = await greenroom(['replay', file, '--json', '--until', '20']);
  const seqs = until.stdout
    .trim()
    .split('\n')
    .map((line) => Envelope.parse(JSON.parse(line)).seq);
  expect(run.stdout.startsWith(until.stdout)).toBe(true);
  expect(Math.max(...seqs)).toBeLessThanOrEqual(20);
  const plain = await greenroom(['replay', file]);
  expect(plain.stdout).toMatch(/^lead +done +completed$/m);
});

test('run records itself below the state directory, for its user alone, and sessions lists it', async () => {
  using state = temporaryFolder();
  using folder = temporaryFolder();
  await using server = await startWireServer(sse(chatEvents([{ content: 'Done.' }])));
  const env = { GREENROOM_BASE_URL: server.url, XDG_STATE_HOME: state.path };
  const run = await greenroom(['run', 'tidy up', ...MODEL, '--json', '--workspace', folder.path], { env });
  expect(run.code).toBe(0);
  const sessions = join(state.path, 'greenroom/sessions');
  const [name = '', ...others] = readdirSync(sessions);
  expect(others).toEqual([]);
  expect([mode(sessions), mode(join(sessions, name))]).toEqual(['700', '600']);
  const id = name.replace('.sqlite', '');
  const listed = await greenroom(['sessions'], { env });
  expect(listed.stdout).toContain(id);
  expect(listed.stdout).toMatch(/ended .*tidy up/);
  const json = await greenroom(['sessions', '--json'], { env });
  expect(JSON.parse(json.stdout)).toMatchObject({ id, title: 'tidy up', workspace: folder.path, state: 'ended' });
  expect((await greenroom(['export', id.slice(0, 12)], { env })).stdout).toBe(run.stdout);
});

test('tail follows a run that goes on, and ends with it', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'j.sqlite');
  const journal = sqliteJournal(file);
  journal.append([fact(1)]);
  const { child, end } = start(['tail', file, '--json']);
  await said(child.stdout, /"seq":1,/);
  journal.append([delta(2), delta(3), fact(4)]);
  await said(child.stdout, /"seq":4,/);
  journal.append([fact(5)]);
  journal.close();
  const { code, stdout } = await end;
  expect(code).toBe(0);
  using reader = openSession(file);
  expect(stdout).toBe([...reader.entries()].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
});

test('tail says when the process that wrote is gone, and Ctrl-C ends it with 130', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'j.sqlite');
  const journal = sqliteJournal(file);
  journal.append([fact(1)]);
  const { child, end } = start(['tail', file, '--json']);
  await said(child.stdout, /"seq":1,/);
  child.kill('SIGINT');
  expect((await end).code).toBe(130);
  journal.close();
});

describe('what cannot be used ends with exit code 2 and says what to do', () => {
  test('a journal inside the workspace: nothing is created', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'sub/j.sqlite');
    const { code, stderr } = await greenroom(['run', 'x', '--workspace', folder.path, '--journal', file]);
    expect(stderr).toContain('inside the workspace');
    expect(code).toBe(2);
    expect(existsSync(join(folder.path, 'sub'))).toBe(false);
  });

  test.each([
    ['ended', false],
    ['stopped', true],
  ])('a journal that holds a session, which stays %s', async (state, unfinished) => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'j.sqlite');
    const journal = sqliteJournal(file);
    journal.append([fact(1)]);
    journal.close({ unfinished });
    const { code, stderr } = await greenroom(['demo', '--journal', file]);
    expect(stderr).toContain(`greenroom replay ${file}`);
    expect(code).toBe(2);
    using reader = openSession(file);
    expect(reader.info()).toMatchObject({ state, lastSeq: 1 });
  });

  test('a journal that another process writes, named by its id', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'j.sqlite');
    const journal = sqliteJournal(file);
    const { code, stderr } = await greenroom(['demo', '--journal', file]);
    expect(stderr).toContain(`process ${process.pid}`);
    expect(code).toBe(2);
    journal.close();
  });

  test.each(['replay', 'export', 'tail'])('%s of a session there is not', async (command) => {
    using state = temporaryFolder();
    const { code, stderr } = await greenroom([command, '0199'], { env: { XDG_STATE_HOME: state.path } });
    expect(stderr).toContain('List the sessions with greenroom sessions');
    expect(code).toBe(2);
  });

  test('an id that begins several', async () => {
    using state = temporaryFolder();
    for (const id of ['ab1', 'ab2']) sqliteJournal(join(state.path, `greenroom/sessions/${id}.sqlite`), { id }).close();
    const { code, stderr } = await greenroom(['replay', 'ab'], { env: { XDG_STATE_HOME: state.path } });
    expect(stderr).toContain('2 sessions');
    expect(code).toBe(2);
  });
});

test('a reader of the output who leaves ends it quietly with 141', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'j.sqlite');
  const journal = sqliteJournal(file);
  journal.append(Array.from({ length: 20_000 }, (_, at) => fact(at + 1)));
  journal.close();
  const { child, end } = start(['export', file]);
  await said(child.stdout, /"seq":1,/);
  child.stdout.destroy();
  const [code] = await Promise.all([once(child, 'exit'), end.catch(() => undefined)]);
  expect(code).toEqual([141, null]);
});
