/** `greenroom run` against a model server on the loopback. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Envelope } from '../../src/index.ts';
import { openSession } from '../../src/journal/index.ts';
import { type Answer, chatCall, chatEvents, json, sse, startWireServer } from '../harness/wire-server.ts';
import { greenroom, processesIn, said, start, temporaryFolder } from './cli.ts';

const calls = (name: string, args: object): Answer =>
  sse(chatEvents([chatCall(0, 'c1', name, JSON.stringify(args))], 'tool_calls'));
const says = (text: string): Answer => sse(chatEvents([{ content: text }]));
const MODEL = ['--model', 'openai-compatible/m'];

test('an allowed call runs in the workspace, and the model reads its output', async () => {
  using folder = temporaryFolder();
  await using server = await startWireServer(calls('bash', { command: 'echo made > made.txt' }), says('It is made.'));
  const args = ['run', 'make it', ...MODEL, '--workspace', folder.path];
  const allow = ['--allow', 'bash exactly {"command":"echo made > made.txt","timeoutMs":120000,"cwd":"."}'];
  const { code, stdout } = await greenroom([...args, ...allow], { env: { GREENROOM_BASE_URL: server.url } });
  expect(stdout).toMatch(/^agent +running +It is made\.$/m);
  expect(readFileSync(join(folder.path, 'made.txt'), 'utf8')).toBe('made\n');
  expect(code).toBe(0);
});

test('without a terminal a call that nothing allows is denied, with that reason, and the agent goes on', async () => {
  using folder = temporaryFolder();
  await using server = await startWireServer(calls('write', { path: 'a.txt', content: 'a' }), says('Then not.'));
  const { code, stdout } = await greenroom(['run', 'x', ...MODEL, '--workspace', folder.path], {
    env: { GREENROOM_BASE_URL: server.url },
  });
  expect(stdout).toContain('write a.txt: denied');
  expect(JSON.stringify(server.requests[1]?.body)).toContain('no human can be asked');
  expect(existsSync(join(folder.path, 'a.txt'))).toBe(false);
  expect(code).toBe(0);
});

test('with --on-ask fail such a call ends the run with exit code 3', async () => {
  using folder = temporaryFolder();
  await using server = await startWireServer(calls('write', { path: 'a.txt', content: 'a' }));
  const { code } = await greenroom(['run', 'x', ...MODEL, '--on-ask', 'fail', '--workspace', folder.path], {
    env: { GREENROOM_BASE_URL: server.url },
  });
  expect(code).toBe(3);
});

test('reading and searching inside the workspace needs no rule, outside of it it does', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'note.txt'), 'x');
  await using server = await startWireServer(
    sse(
      chatEvents(
        [
          chatCall(0, 'in', 'search', JSON.stringify({ pattern: 'x' })),
          chatCall(1, 'file', 'read', JSON.stringify({ path: 'note.txt' })),
          chatCall(2, 'out', 'read', JSON.stringify({ path: '/etc/hostname' })),
        ],
        'tool_calls',
      ),
    ),
    says('Done.'),
  );
  const { stdout } = await greenroom(['run', 'x', ...MODEL, '--json', '--workspace', folder.path], {
    env: { GREENROOM_BASE_URL: server.url },
  });
  const statuses = stdout
    .trim()
    .split('\n')
    .map((line) => Envelope.parse(JSON.parse(line)).event)
    .flatMap((event) => (event.type === 'tool_result' ? [`${event.id.split('/')[1]} ${event.status}`] : []));
  expect(statuses.toSorted()).toEqual(['file ok', 'in ok', 'out denied']);
});

test('a model that refuses ends with exit code 1 and its message', async () => {
  await using server = await startWireServer(json(400, { error: { message: 'no such model here' } }));
  const { code, stdout } = await greenroom(['run', 'x', ...MODEL], { env: { GREENROOM_BASE_URL: server.url } });
  expect(stdout).toContain('no such model here');
  expect(code).toBe(1);
});

test('what a model says cannot act on the terminal', async () => {
  const hostile = 'a\u{1b}[2Jb\u{202e}c\u{200b}d\u{7}';
  await using server = await startWireServer(says(hostile));
  const { stdout } = await greenroom(['run', 'x', ...MODEL], { env: { GREENROOM_BASE_URL: server.url } });
  expect(stdout).toContain('a\\u{1b}[2Jb\\u{202e}c\\u{200b}d\\u{7}');
  expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in the middle of a command stops the run cleanly: exit code 130, how to go on, no process left, no agent ended',
  // FAILURES: tools kept running after "stop"; orphan processes.
  async (signal) => {
    using folder = temporaryFolder();
    using state = temporaryFolder();
    await using server = await startWireServer(calls('bash', { command: 'echo begun; sleep 987 & sleep 988' }));
    const args = ['run', 'x', ...MODEL, '--json', '--workspace', folder.path, '--allow', 'bash'];
    const env = { GREENROOM_BASE_URL: server.url, XDG_STATE_HOME: state.path };
    const { child, end } = start(args, { env });
    await said(child.stdout, /"tool_progress".*begun/);
    expect(processesIn(folder.path)).not.toEqual([]);
    child.kill(signal);
    const { code, stderr, stdout } = await end;
    const [name = ''] = readdirSync(join(state.path, 'greenroom/sessions'));
    expect(stderr).toContain(`Agent stopped. Resume with: greenroom resume ${name.slice(0, 8)}\n`);
    expect(stdout).not.toContain('harness_end');
    expect(code).toBe(130);
    expect(processesIn(folder.path)).toEqual([]);
    using session = openSession(join(state.path, 'greenroom/sessions', name));
    expect(session.info()).toMatchObject({ state: 'stopped', settings: { allow: ['bash'] } });
  },
);

test('a log goes to standard error as JSON lines, without the secrets that pass through', async () => {
  await using server = await startWireServer(json(401, { error: { message: 'bad key sk-live-0123456789abcdef' } }));
  const { stderr, stdout } = await greenroom(['run', 'x', ...MODEL, '--json'], {
    env: { GREENROOM_BASE_URL: server.url, GREENROOM_LOG: 'debug' },
  });
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  const messages = lines.map((line) => JSON.parse(line) as { msg: string; path?: string[] });
  expect(messages.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['spawn', 'transition', 'end', 'cleanup']));
  expect(messages.find(({ msg }) => msg === 'spawn')?.path).toEqual(['agent']);
  expect(lines.join('\n')).not.toContain('sk-live');
  expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{"seq":'))).toEqual([]);
});

test('a log file is written instead of standard error', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'deep', 'run.log');
  const { stderr } = await greenroom(['run', 'x'], { env: { GREENROOM_LOG: 'info', GREENROOM_LOG_FILE: file } });
  expect(stderr).toBe('');
  expect(readFileSync(file, 'utf8')).toContain('"msg":"spawn"');
});
