/** `greenroom relays` and `greenroom answer`: questions that are answered from another process. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, PendingRelay } from '../../src/index.ts';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { askOnce, harnessOf } from '../recovery/sessions.ts';
import { echoTool, relaysWaiting, start as spawn } from '../support/team.ts';
import { append, asks, begins, record, SETTINGS, settles } from './asking-session.ts';
import { greenroom, temporaryFolder } from './cli.ts';

const env = (path: string) => ({ env: { XDG_STATE_HOME: path } });

/** What humans answered in a session. */
function answersIn(file: string) {
  using session = openSession(file);
  return session.answers().map(({ relayId, answer }) => [relayId, answer]);
}

describe('relays', () => {
  test('says so when nothing is open, and that is no error', async () => {
    using state = temporaryFolder();
    record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' }), settles('r1')]);
    record({ state: state.path, id: 's2' }, [begins('lead'), ...asks({ id: 'r2' })], 'ended');
    const end = await greenroom(['relays'], env(state.path));
    expect(end).toEqual({ code: 0, stdout: 'No question is open.\n', stderr: '' });
    expect(await greenroom(['relays', '--json'], env(state.path))).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('shows who asks in which run, all that would run with nothing hidden, why, what "always" would save, and since when', async () => {
    using state = temporaryFolder();
    const params = { command: `echo a\u{200b}b${' '.repeat(80)}; rm -rf ~\nsecond line`, cwd: 'docs', timeoutMs: 1 };
    record({ state: state.path, id: '0199aaaa1' }, [begins('lead'), ...asks({ id: 'r1', params })]);
    const { stdout } = await greenroom(['relays'], env(state.path));
    expect(stdout.split('\n')).toEqual([
      'Session 0199aaaa (stopped): tidy up',
      '',
      'r1  asked 2 minutes ago',
      '┌ lead asks: may I use bash?',
      '│   echo a\\u{200b}b\\u{20}×80; rm -rf ~',
      '│   second line',
      '│   in docs',
      '│ why     nothing allows it',
      '│ always  would allow bash(run r1) to every agent, until this run ends',
      '└',
      '  greenroom answer r1 yes|always|no',
      '',
      '',
    ]);
  });

  test('--json prints each question whole, with its session and whether it was answered', async () => {
    using state = temporaryFolder();
    const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' })]);
    record({ state: state.path, id: 's2' }, [begins('lead'), ...asks({ id: 'r2', proposal: null })]);
    leaveAnswer(file, 'r1', { approved: true, by: 'ann' });
    const all = await greenroom(['relays', '--json'], env(state.path));
    const lines = all.stdout.trim().split('\n');
    const listed = lines.map((line) => JSON.parse(line) as object);
    expect(listed).toMatchObject([
      { id: 'r1', sessionId: 's1', answered: true },
      { id: 'r2', sessionId: 's2', answered: false, proposal: null },
    ]);
    for (const one of listed) PendingRelay.parse(one);
    expect((await greenroom(['relays', 's2', '--json'], env(state.path))).stdout).toBe(`${lines[1]}\n`);
    const { stdout } = await greenroom(['relays'], env(state.path));
    expect(stdout).toContain('answered: yes, by ann; it takes effect when the run is resumed');
    expect(stdout).toContain('greenroom answer r2 yes|no\n');
  });

  test('of a session elsewhere, its file is named with the answer', async () => {
    using state = temporaryFolder();
    const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' })]);
    const elsewhere = { env: { XDG_STATE_HOME: join(state.path, 'other') } };
    const { stdout } = await greenroom(['relays', file], elsewhere);
    expect(stdout).toContain(`  greenroom answer r1 yes|always|no --session ${file}\n`);
    const answered = await greenroom(['answer', 'r1', 'no', '--session', file], elsewhere);
    expect(answered.stdout).toContain(`greenroom resume ${file}`);
  });

  test('a journal that cannot be read is told, and hides no other', async () => {
    using state = temporaryFolder();
    const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' })]);
    record({ state: state.path, id: 's2' }, [begins('lead'), ...asks({ id: 'r2' })]);
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(file);
    db.exec("UPDATE entry SET event = 'x' WHERE seq = 1");
    db.close();
    const { stdout, stderr, code } = await greenroom(['relays'], env(state.path));
    expect(stderr).toContain('is damaged');
    expect(stdout).toContain('run r2');
    expect(code).toBe(0);
  });
});

describe('answer', () => {
  test.each([
    ['yes', [], { approved: true }],
    ['always', ['--by', 'ann'], { approved: true, always: true, by: 'ann' }],
    ['no', ['--reason', 'not now'], { approved: false, reason: 'not now' }],
  ])('%s is recorded for a run that is stopped, with how to go on', async (word, flags, answer) => {
    using state = temporaryFolder();
    const file = record({ state: state.path, id: '0199aaaa1' }, [begins('lead'), ...asks({ id: 'r1' })]);
    expect(await greenroom(['answer', 'r1', word, ...flags], env(state.path))).toEqual({
      code: 0,
      stdout: 'Recorded. It takes effect with: greenroom resume 0199aaaa\n',
      stderr: '',
    });
    expect(answersIn(file)).toEqual([['r1', answer]]);
  });

  test.each([
    [['--result', '42 rows'], { context: '42 rows' }],
    [[], {}],
  ])('ran %o tells what became of a call that may have run', async (flags, output) => {
    using state = temporaryFolder();
    const happened = [begins('lead'), ...asks({ id: 'r1', kind: 'unknown_outcome', proposal: null })];
    const file = record({ state: state.path, id: 's1' }, happened);
    expect((await greenroom(['answer', 'r1', 'ran', ...flags], env(state.path))).code).toBe(0);
    expect(answersIn(file)).toEqual([['r1', { approved: true, output }]]);
  });

  test('of several at once exactly one is recorded, and the others say which was first', async () => {
    using state = temporaryFolder();
    const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' })]);
    const names = ['ann', 'bob', 'cleo'];
    const ends = await Promise.all(
      names.map(async (by) => await greenroom(['answer', 'r1', 'yes', '--by', by], env(state.path))),
    );
    const [[, first] = [], ...others] = answersIn(file);
    expect(others).toEqual([]);
    const winner = names.findIndex((by) => typeof first === 'object' && first.by === by);
    expect(ends.map(({ code }) => code)).toEqual(names.map((_, at) => (at === winner ? 0 : 1)));
    for (const [at, { stdout, stderr }] of ends.entries()) {
      if (at === winner) expect(stdout).toContain('Recorded');
      else expect(stderr).toBe(`greenroom: The question was already settled: answered: yes, by ${names[winner]}.\n`);
    }
  });

  test.each(['stopped', 'ended'] as const)('one that was settled is too late, in a run that %s', async (close) => {
    using state = temporaryFolder();
    record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' }), settles('r1')], close);
    const { code, stdout, stderr } = await greenroom(['answer', 'r1', 'no'], env(state.path));
    expect(stderr).toBe('greenroom: The question was already settled: answered: yes, by ann.\n');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  test('a run that goes on takes it up within a moment, and it is said how', async () => {
    using state = temporaryFolder();
    const echo = echoTool();
    const journal = sqliteJournal(join(state.path, 'greenroom/sessions/s1.sqlite'), { settings: SETTINGS });
    await using team = new AgentOrchestrator(harnessOf(askOnce), { journal });
    const id = spawn(team, 'go', { tools: [echo] });
    const [relay] = await relaysWaiting(team, 1);
    const end = await greenroom(['answer', relay?.id.slice(0, 12) ?? '', 'no', '--reason', 'no!'], env(state.path));
    expect(end.stdout).toBe('Recorded, and taken up by the run: answered: no, by you: no!\n');
    expect(end.code).toBe(0);
    expect((await team.result(id)).text).toContain('no!');
  });

  test('it is said when the process that runs does not take it up', async () => {
    using state = temporaryFolder();
    const journal = sqliteJournal(join(state.path, 'greenroom/sessions/s1.sqlite'), { settings: SETTINGS });
    append(journal, [begins('lead'), ...asks({ id: 'r1' })]);
    const { code, stdout } = await greenroom(['answer', 'r1', 'yes'], env(state.path));
    expect(stdout).toBe(`Recorded. Process ${process.pid} has not taken it up yet.\n`);
    expect(code).toBe(0);
    journal.close();
  });

  describe('what does not fit ends with exit code 2 and records nothing', () => {
    const unknown = { kind: 'unknown_outcome', proposal: null } as const;
    test.each([
      ['always for a call that can only be allowed once', { proposal: null }, ['always'], /allow it once/],
      ['always for a call that may have run', unknown, ['always'], /An interrupted call cannot be allowed permanently/],
      ['ran for a call that waits to run', {}, ['ran'], /has not run\. Answer yes/],
      ['a reason for a yes', {}, ['yes', '--reason', 'x'], /--reason is only for no/],
      ['a result for a no', unknown, ['no', '--result', 'x'], /--result is only for ran/],
      ['a name that means no human', {}, ['yes', '--by', 'rule'], /is not the name of a human/],
    ])('%s', async (_what, relay, args, problem) => {
      using state = temporaryFolder();
      const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1', ...relay })]);
      const { code, stdout, stderr } = await greenroom(['answer', 'r1', ...args], env(state.path));
      expect(stderr).toMatch(problem);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(answersIn(file)).toEqual([]);
    });

    test('a question there is not', async () => {
      using state = temporaryFolder();
      record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r1' })]);
      for (const [id, ...flags] of [['r2'], [''], ['r1', '--session', 's9']]) {
        const { code, stderr } = await greenroom(['answer', id ?? '', 'yes', ...flags], env(state.path));
        expect(stderr).toMatch(/No (question|session) has the id/);
        expect(code).toBe(2);
      }
    });

    test('a beginning that several questions have, in whichever run and settled or not', async () => {
      using state = temporaryFolder();
      const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...asks({ id: 'r11' }), settles('r11')]);
      record({ state: state.path, id: 's2' }, [begins('lead'), ...asks({ id: 'r12' })]);
      const both = await greenroom(['answer', 'r1', 'yes'], env(state.path));
      expect(both.stderr).toContain('2 questions begin with r1: r11 (session s1), r12 (session s2)');
      expect(both.code).toBe(2);
      expect((await greenroom(['answer', 'r1', 'yes', '--session', 's2'], env(state.path))).code).toBe(0);
      expect(answersIn(file)).toEqual([]);
    });
  });
});

test('sessions shows how many questions wait, and how to go on with the one that was stopped last', async () => {
  using state = temporaryFolder();
  const open = [begins('lead'), ...asks({ id: 'r1' }), ...asks({ id: 'r2' })];
  const file = record({ state: state.path, id: '0199aaaa1', title: 'first' }, open);
  record({ state: state.path, id: '0199aaab1', title: 'second' }, [begins('lead'), ...asks({ id: 'r3' })]);
  record({ state: state.path, id: '0199aaac1', title: 'of others', settings: 'theirs' }, [begins('lead')]);
  leaveAnswer(file, 'r1', { approved: true });
  leaveAnswer(file, 'r2', { approved: true });
  const { stdout } = await greenroom(['sessions'], env(state.path));
  expect(stdout).toMatch(/stopped {2}5 events {2}first\n/);
  expect(stdout).toMatch(/stopped {2}3 events {2}1 open question {2}second\n/);
  expect(stdout).toMatch(/^Resume a stopped session with: .*; the latest: greenroom resume 0199aaab$/m);
  const json = await greenroom(['sessions', '--json'], env(state.path));
  const counts = json.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { openQuestions?: number }).openQuestions);
  expect(counts).toEqual([0, 1, 0]);
});
