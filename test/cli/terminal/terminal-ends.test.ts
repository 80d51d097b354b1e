/** How the terminal view ends, and when there is none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { greenroom } from '../cli.ts';
import { linesOf, MODEL, says, stage } from '../stopped-run.ts';
import { ask, expectGivenBack, OPEN, run } from './at-terminal.ts';
import { KEY, type PtyOptions, startInTerminal } from './pty.ts';

test('Ctrl-C suspends the run, gives the terminal back, and the run can go on at a terminal', async () => {
  await using on = await stage(ask('echo one > one'), says('ok'));
  const handle = await (async () => {
    await using pty = run(on);
    await pty.shows(OPEN);
    pty.type(KEY.interrupt);
    const end = await pty.end;
    expect(end.code).toBe(130);
    expectGivenBack(end);
    expect(pty.history()).not.toMatch(/[┌▸]/);
    const [, command = ''] = /Resume with: greenroom resume (\S+)/.exec(pty.history()) ?? [];
    return command;
  })();
  await using pty = startInTerminal(['resume', handle], { env: on.env });
  const screen = await pty.shows(OPEN, /echo one > one/);
  expect(screen).toMatch(/^\? agent +waiting/m);
  pty.type('y');
  const end = await pty.end;
  expect(end.code).toBe(0);
  expectGivenBack(end);
  expect(existsSync(join(on.workspace, 'one'))).toBe(true);
});

test('Ctrl-C twice ends it at once, and gives the terminal back', async () => {
  await using on = await stage(ask('echo one > one'));
  await using pty = run(on);
  await pty.shows(OPEN);
  pty.type(KEY.interrupt + KEY.interrupt);
  const end = await pty.end;
  expect(end.code).toBe(130);
  expectGivenBack(end);
  expect(pty.history()).not.toMatch(/[┌▸]/);
});

test.each(['SIGTERM', 'SIGHUP'] as const)('%s gives the terminal back', async (signal) => {
  await using on = await stage(ask('echo one > one'));
  await using pty = run(on);
  await pty.shows(OPEN);
  process.kill(pty.pid(), signal);
  const end = await pty.end;
  expect(end.code).toBe(130);
  expectGivenBack(end);
});

test('an error that nobody caught gives the terminal back', async () => {
  const crash = `process.once('SIGUSR2', () => { throw new Error('a bug') })`;
  await using on = await stage(ask('echo one > one'));
  await using pty = run(on, { node: ['--import', `data:text/javascript,${encodeURIComponent(crash)}`] });
  await pty.shows(OPEN);
  process.kill(pty.pid(), 'SIGUSR2');
  const end = await pty.end;
  expect(end.code).not.toBe(0);
  expectGivenBack(end);
  // nothing of what went wrong is erased, and nothing half drawn is left
  expect(pty.history()).toMatch(/throw new Error\('a bug'\)[^]*Error: a bug/);
  expect(pty.history()).not.toMatch(/[┌▸]/);
});

/** Tells of Ink and React when they are loaded. */
const TELL = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) {
  if (/node_modules\\/(ink|react)\\//.test(url)) process.stderr.write('LOADED ' + url + '\\n');
  return next(url, context);
} });`;
const WATCHED = ['--import', `data:text/javascript,${encodeURIComponent(TELL)}`];

test('Ink is loaded at a terminal, and neither in a pipe, nor with --plain, nor on a dumb terminal', async () => {
  await using on = await stage(says('ok'));
  const args = ['run', 'tidy up', ...MODEL, '--workspace', on.workspace];
  const piped = await greenroom(args, { env: on.env, node: WATCHED });
  expect(piped).toMatchObject({ code: 0, stderr: '' });
  const checked = await greenroom(['check', 'bash', '{"command":"ls"}'], { env: on.env, node: WATCHED });
  expect(checked.stderr).not.toContain('LOADED');
  const atTerminal = async (options: PtyOptions, ...more: string[]) => {
    await using pty = startInTerminal([...args, ...more], { ...options, node: WATCHED });
    expect((await pty.end).code).toBe(0);
    return linesOf(pty.history()).some((line) => line.includes('LOADED'));
  };
  expect(await atTerminal({ env: on.env })).toBe(true);
  expect(await atTerminal({ env: on.env }, '--plain')).toBe(false);
  expect(await atTerminal({ env: { ...on.env, TERM: 'dumb' } })).toBe(false);
});
