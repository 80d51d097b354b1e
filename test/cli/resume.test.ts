/** `greenroom resume`: runs that were stopped or killed, gone on with as their users do. */
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSession, sqliteJournal } from '../../src/journal/index.ts';
import { fact } from '../journal/entries.ts';
import { begins, record } from './asking-session.ts';
import { greenroom, processesIn, temporaryFolder } from './cli.ts';
import { ALLOW_SLEEP, eventsIn, linesOf, relaysOf, says, SLEEP, stage, stopped, turn, WRITE } from './stopped-run.ts';

test('a run that was stopped goes on: its question is answered from outside, and what may have run is told by a human', async () => {
  await using on = await stage(turn(SLEEP, WRITE), says('All done.'));
  const first = await stopped(on);
  expect(first.code).toBe(130);

  const listed = await on.cli('sessions');
  expect(listed.stdout).toMatch(/stopped .*1 open question {2}tidy up/);
  expect(listed.stdout).toMatch(/Resume a stopped session with: .*greenroom resume [\da-f-]{8,}\n$/);

  const [question] = await relaysOf(on);
  expect(question).toMatchObject({ tool: 'write', path: ['agent'], answered: false });
  const told = await on.cli('relays');
  expect(told.stdout).toContain('agent asks: may I use write?');
  expect(told.stdout).toContain('1 call was interrupted. To be asked about the outcome');

  const answered = await on.cli('answer', question?.id ?? '', 'yes', '--by', 'ann');
  expect(answered).toMatchObject({ code: 0, stdout: expect.stringContaining('greenroom resume ') });
  expect(existsSync(join(on.workspace, 'a.txt'))).toBe(false);

  const resumed = on.start('resume', '--json', '--on-ask', 'wait');
  await resumed.said(/"unknown_outcome"/, /"tool_result".*"write"/);
  expect(readFileSync(join(on.workspace, 'a.txt'), 'utf8')).toBe('a\n');
  const [asked] = await relaysOf(on);
  const ran = await on.cli('answer', asked?.id.slice(0, 20) ?? '', 'ran', '--result', 'it slept well');
  expect(ran).toEqual({
    code: 0,
    stdout: 'Recorded, and taken up by the run: answered: it ran, by you: it slept well\n',
    stderr: '',
  });
  const { code, stdout, stderr } = await resumed.end;
  expect(stderr).toContain('Resuming ');
  expect(stderr).toContain('the session stopped last: tidy up');
  expect(stderr).toContain('bash(echo begun && sleep 987): with --allow');
  expect(stderr).toContain('No question is open; 1 answer recorded meanwhile takes effect now.');
  expect(stderr).toContain('agent: bash: echo begun && sleep 987');
  expect(JSON.stringify(on.server.requests[1]?.body)).toContain('A human says that it ran');
  expect(JSON.stringify(on.server.requests[1]?.body)).toContain('it slept well');
  expect(code).toBe(0);
  const [file = ''] = on.sessions();
  const exported = await on.cli('export', file);
  expect(linesOf(exported.stdout)).toEqual([...linesOf(first.stdout), ...linesOf(stdout)]);
  using session = openSession(file);
  expect(session.info().state).toBe('ended');
});

test('permissions given with "always" hold again, and so do the rules and the model of the run', async () => {
  const write = (path: string): readonly [string, object] => ['write', { path, content: 'x' }];
  await using on = await stage(turn(write('one.txt')), turn(SLEEP, WRITE), turn(write('two.txt')), says('Done.'));
  const run = on.run('--json', '--on-ask', 'wait', ...ALLOW_SLEEP);
  await run.said(/"type":"relay"/);
  const [first] = await relaysOf(on);
  const always = await on.cli('answer', first?.id ?? '', 'always');
  expect(always.stdout).toContain('answered: always, by you: write(one.txt)');
  // a second question is not asked of somebody who said "no" to it before the run goes on
  await run.said(/"tool_progress".*begun/, /"type":"relay"[^]*"type":"relay"/);
  const open = (await relaysOf(on)).find(({ tool }) => tool === 'write');
  await on.cli('answer', open?.id ?? '', 'no', '--reason', 'not that file');
  run.child.kill('SIGKILL');
  await run.end;
  const resumed = await on.cli('resume', '--json', '--on-ask', 'deny', '--allow', 'write(two.txt)');
  expect(resumed.stderr).toContain('write(one.txt): for every agent, by you');
  expect(resumed.stderr).toContain('Model: openai-compatible/m (the model of the run).');
  expect(resumed.code).toBe(0);
  expect(readFileSync(join(on.workspace, 'two.txt'), 'utf8')).toBe('x');
  const [file = ''] = on.sessions();
  using session = openSession(file);
  expect(session.info().settings).toMatchObject({ allow: ['bash(echo begun && sleep 987)', 'write(two.txt)'] });
});

test('--model puts another model in the place of the old one, for agents that come back too, and it is kept', async () => {
  await using on = await stage(turn(WRITE), says('Done.'));
  const run = on.run('--json', '--on-ask', 'wait');
  await run.said(/"type":"relay"/);
  run.child.kill('SIGTERM');
  await run.end;
  const { code, stderr } = await on.cli('resume', '--json', '--on-ask', 'deny', '--model', 'openai-compatible/other');
  expect(stderr).toContain('Model: openai-compatible/other (from --model).');
  expect(on.server.requests.map(({ body }) => (body as { model?: string }).model)).toEqual(['m', 'other']);
  expect(code).toBe(0);
  const [file = ''] = on.sessions();
  using session = openSession(file);
  const kept = { model: 'openai-compatible/other', formerModels: ['openai-compatible/m'] };
  expect(session.info().settings).toMatchObject(kept);
});

// FAILURES: orphan processes.
test('a run and its resumption that are killed leave nothing running, and lose no question', async () => {
  await using on = await stage(turn(SLEEP, WRITE), says('Done.'));
  await stopped(on, 'SIGKILL');
  const [asked] = await relaysOf(on);
  const second = on.start('resume', '--json', '--on-ask', 'wait');
  await second.said(/"unknown_outcome"/);
  expect(processesIn(on.workspace)).toEqual([]);
  second.child.kill('SIGKILL');
  await second.end;
  const waiting = await relaysOf(on);
  expect(waiting.map(({ kind }) => kind)).toEqual(['permission', 'unknown_outcome']);
  expect(waiting[0]?.id).toBe(asked?.id);
  for (const { id } of waiting) await on.cli('answer', id, 'no');
  const third = await on.cli('resume', '--json', '--on-ask', 'wait');
  expect(eventsIn(third.stdout, 'tool_result').map(({ status }) => status)).toEqual(
    expect.arrayContaining(['unknown', 'denied']),
  );
  expect(third.code).toBe(0);
});

test('where nobody can be asked, what was answered meanwhile counts and the rest is as in a run', async () => {
  await using on = await stage(turn(WRITE), turn(['write', { path: 'b.txt', content: 'b' }]), says('Done.'));
  const run = on.run('--json', '--on-ask', 'wait');
  await run.said(/"type":"relay"/);
  run.child.kill('SIGINT');
  await run.end;
  const [question] = await relaysOf(on);
  await on.cli('answer', question?.id ?? '', 'yes');
  const { code, stdout, stderr } = await on.cli('resume', '--json');
  expect(stderr).toContain('There is no terminal to ask at, so calls that no rule allows are denied.');
  expect(eventsIn(stdout, 'tool_result').map(({ status }) => status)).toEqual(['ok', 'denied']);
  expect(readFileSync(join(on.workspace, 'a.txt'), 'utf8')).toBe('a\n');
  expect(existsSync(join(on.workspace, 'b.txt'))).toBe(false);
  expect(code).toBe(0);
});

test('an agent that cannot go on is told with the reason, and keeps its place', async () => {
  using state = temporaryFolder();
  const env = { XDG_STATE_HOME: state.path };
  const file = record({ state: state.path, id: 's1' }, [begins('lead')]);
  const { code, stdout } = await greenroom(['resume', 's1', '--on-ask', 'deny'], { env });
  expect(stdout).toContain('Parked: lead cannot continue. It was recorded by an earlier version');
  expect(code).toBe(1);
  using session = openSession(file);
  expect(session.info().state).toBe('stopped');
});

test('stopped again it can be gone on with again', async () => {
  await using on = await stage(turn(WRITE), says('Done.'));
  const run = on.run('--json', '--on-ask', 'wait');
  await run.said(/"type":"relay"/);
  run.child.kill('SIGHUP');
  await run.end;
  const second = on.start('resume', '--json', '--on-ask', 'wait');
  await second.said(/"resumed"/);
  second.child.kill('SIGINT');
  const { code, stderr } = await second.end;
  expect(stderr).toMatch(/Agent stopped\. Resume with: greenroom resume [\da-f-]+\n$/);
  expect(code).toBe(130);
  const plain = await on.cli('resume', '--on-ask', 'deny');
  expect(plain.stdout).toContain('agent asks: may I use write?');
  expect(plain.stdout).toMatch(/^agent +done +completed$/m);
});

test('a reader of the output who leaves stops the run, which can be gone on with', async () => {
  await using on = await stage(turn(WRITE), says('Done.'));
  const run = on.run('--json', '--on-ask', 'wait');
  await run.said(/"type":"relay"/);
  run.end.catch(() => undefined);
  const exited = once(run.child, 'exit');
  run.child.stdout.destroy();
  const [question] = await relaysOf(on);
  // what is said next finds nobody there
  await on.cli('answer', question?.id ?? '', 'no');
  expect(await exited).toEqual([141, null]);
  const [file = ''] = on.sessions();
  using session = openSession(file);
  expect(session.info().state).toBe('stopped');
});

describe('what cannot be gone on with ends with exit code 2 and says what to do', () => {
  const env = (path: string) => ({ XDG_STATE_HOME: path });
  const settings = { command: 'run', model: 'scripted/default', formerModels: [], allow: [] };

  test('open questions without a terminal: nothing is denied unasked', async () => {
    await using on = await stage(turn(SLEEP, WRITE), says('Done.'));
    await stopped(on);
    for (const flags of [[], ['--on-ask', 'prompt']]) {
      const { code, stdout, stderr } = await on.cli('resume', '--json', ...flags);
      expect(stderr).toMatch(/has 1 open question and 1 call with an unknown outcome, and there is no terminal/);
      for (const remedy of ['greenroom relays', 'greenroom answer', '--on-ask wait', '--on-ask deny'])
        expect(stderr).toContain(remedy);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
    using session = openSession(on.sessions()[0] ?? '');
    expect(session.info()).toMatchObject({ state: 'stopped' });
  });

  test('a session that has ended', async () => {
    using state = temporaryFolder();
    using folder = temporaryFolder();
    const run = await greenroom(['run', 'x', '--workspace', folder.path, '--json'], { env: env(state.path) });
    expect(run.code).toBe(0);
    const list = await greenroom(['sessions', '--json'], { env: env(state.path) });
    const { id } = JSON.parse(list.stdout) as { id: string };
    const { code, stderr } = await greenroom(['resume', id], { env: env(state.path) });
    expect(stderr).toContain('has ended. Print it with greenroom replay');
    expect(stderr).toContain('greenroom replay');
    expect(code).toBe(2);
  });

  test('one that another process runs, which is named', async () => {
    using state = temporaryFolder();
    const journal = sqliteJournal(join(state.path, 'greenroom/sessions/abcdefgh1.sqlite'), { settings });
    journal.append([fact(1)]);
    const { code, stderr } = await greenroom(['resume', 'abc'], { env: env(state.path) });
    expect(stderr).toContain(`Process ${process.pid} on`);
    expect(code).toBe(2);
    journal.close();
  });

  test.each([
    ['one that another program made', undefined, /was not recorded by greenroom run.*AgentOrchestrator\.open/],
    ['one of a later version', { ...settings, deny: ['bash'] }, /recorded by a later version/],
  ])('%s', async (_what, kept, remedy) => {
    using state = temporaryFolder();
    const file = join(state.path, 'j.sqlite');
    const journal = sqliteJournal(file, { settings: kept, workspace: state.path });
    journal.append([fact(1)]);
    journal.close({ unfinished: true });
    const { code, stderr } = await greenroom(['resume', file], { env: env(state.path) });
    expect(stderr).toMatch(remedy);
    expect(code).toBe(2);
  });

  test('a workspace that is gone', async () => {
    await using on = await stage(turn(WRITE), says('Done.'));
    const run = on.run('--json', '--on-ask', 'wait', '--journal', join(on.env['XDG_STATE_HOME'] ?? '', 'j.sqlite'));
    await run.said(/"type":"relay"/);
    run.child.kill('SIGINT');
    const { stderr } = await run.end;
    expect(stderr).toContain(`greenroom resume ${join(on.env['XDG_STATE_HOME'] ?? '', 'j.sqlite')}`);
    rmSync(on.workspace, { recursive: true });
    const again = await on.cli('resume', join(on.env['XDG_STATE_HOME'] ?? '', 'j.sqlite'), '--on-ask', 'deny');
    expect(again.stderr).toContain(`The workspace of the run ${on.workspace} cannot be used`);
    expect(again.code).toBe(2);
  });

  test('nothing that was stopped', async () => {
    using state = temporaryFolder();
    const { code, stderr } = await greenroom(['resume'], { env: env(state.path) });
    expect(stderr).toContain('No stopped session has agents that can continue');
    expect(code).toBe(2);
  });
});
