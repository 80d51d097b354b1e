/** `--inspect` of the real command. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { greenroom, start, temporaryFolder } from '../cli/cli.ts';
import { type Answer, chatCall, chatEvents, sse, startWireServer } from '../harness/wire-server.ts';
import { ownClient } from './own-client.ts';

const MODEL = ['--model', 'openai-compatible/m'];
const says = (text: string): Answer => sse(chatEvents([{ content: text }]));
const bash = (command: string): Answer =>
  sse(chatEvents([chatCall(0, 'c1', 'bash', JSON.stringify({ command }))], 'tool_calls'));

/** Resolves with the address that a process says viewers find it at. */
function addressIn(stream: Readable): Promise<string> {
  let heard = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  stream.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    const [address] = /ws:\/\/\S+\/(?=\s)/.exec(heard) ?? [];
    if (address !== undefined) resolve(address);
  });
  stream.once('close', () => reject(new Error(`it named no address; it said: ${heard}`)));
  return promise;
}

/** An answer that waits until it is released. */
function held(answer: Answer) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wait: Answer = async (response, request) => {
    await promise;
    await answer(response, request);
  };
  return { answer: wait, release: resolve };
}

async function isFree(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

test('a run says where it can be looked at, shows its agent there, and ends as ever with a viewer present', async () => {
  using folder = temporaryFolder();
  const last = held(says('It is done.'));
  await using server = await startWireServer(bash('echo hi'), last.answer);
  const args = ['run', 'say hi', ...MODEL, '--json', '--workspace', folder.path, '--allow', 'bash', '--inspect'];
  const { child, end } = start(args, { env: { GREENROOM_BASE_URL: server.url } });
  const url = await addressIn(child.stderr);
  const viewer = ownClient({ url });
  await viewer.until(() => viewer.states('agent').some((state) => state.includes('modelTurn')));
  last.release();
  await viewer.until(() => viewer.states('agent').includes('done'));
  const { code, stdout } = await end;
  expect(code).toBe(0);
  expect(stdout).toContain('"harness_end"');
  expect(stdout).not.toContain('ws://');
  expect(await isFree(url)).toBe(true);
});

test('a run that is stopped, and one that goes on, can be looked at', async () => {
  using folder = temporaryFolder();
  using state = temporaryFolder();
  const never = held(says('')); // the first process is stopped before it is answered
  await using server = await startWireServer(never.answer, says('Now it is done.'));
  const env = { GREENROOM_BASE_URL: server.url, XDG_STATE_HOME: state.path };
  const first = start(['run', 'x', ...MODEL, '--json', '--workspace', folder.path, '--inspect'], { env });
  const url = await addressIn(first.child.stderr);
  const viewer = ownClient({ url });
  await viewer.until(() => viewer.states('agent').some((value) => value.includes('modelTurn')));
  first.child.kill('SIGTERM');
  expect((await first.end).code).toBe(130);
  expect(await isFree(url)).toBe(true);
  never.release();

  const { code, stderr } = await greenroom(['resume', '--json', '--inspect'], { env });
  expect(stderr).toMatch(/ws:\/\/127\.0\.0\.1:\d+\//);
  expect(code).toBe(0);
});

test('the demo takes a port', async () => {
  await using taken = await startWireServer(says(''));
  const { port } = new URL(taken.url);
  const { code, stderr } = await greenroom(['demo', '--json', '--inspect', port]);
  expect(code).toBe(2);
  expect(stderr).toContain(`port ${port} is in use`);
});

test('a host that others reach is said to be one', async () => {
  using folder = temporaryFolder();
  await using server = await startWireServer(says('Done.'));
  const args = ['run', 'x', ...MODEL, '--workspace', folder.path];
  const env = { GREENROOM_BASE_URL: server.url };
  const { stdout } = await greenroom([...args, '--inspect', '0.0.0.0:0'], { env });
  expect(stdout).toContain('there is no password');
  const quiet = await greenroom([...args, '--inspect', '127.0.0.1:0'], { env });
  expect(quiet.stdout).toMatch(/ws:\/\/127/);
  expect(quiet.stdout).not.toContain('password');
  const off = await greenroom(args, { env });
  expect(off.stdout).not.toMatch(/ws:\/\//);
});

test.each(['nope', '70000', 'a b', ':1', 'localhost:', '8080x'])(
  'what is no place to listen at is refused: %s',
  async (place) => {
    const { code, stderr } = await greenroom(['run', 'x', ...MODEL, '--inspect', place]);
    expect(code).toBe(2);
    expect(stderr).toContain('Give a port or host:port');
  },
);
