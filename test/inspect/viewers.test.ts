/** Viewers of every kind: slow ones, rude ones, strangers. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { assign, createActor, createMachine, setup } from 'xstate';
import { createInspectServer, type InspectServer } from '../../src/inspect/index.ts';
import { ownClient } from './own-client.ts';

/** An actor that says as much as anybody lets it. */
const speaker = (server: InspectServer) =>
  createActor(
    createMachine({
      id: 'speaker',
      context: { heard: 0 },
      on: { say: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
    }),
    { inspect: server.inspect },
  ).start();

const LONG = {
  type: 'say',
  texts: Object.fromEntries(Array.from({ length: 18 }, (_, at) => [`t${at}`, 'x'.repeat(499)])),
};

/** A viewer that asks to be let in and then reads nothing. */
async function stalledViewer({ port }: InspectServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await once(socket, 'readable');
  return socket;
}

/** Resolves when a connection is no more, however it ended. */
function gone(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}

test('a viewer that does not read is cut, while the others go on; when it comes back it is shown the present', async () => {
  await using server = await createInspectServer({ maxBufferedBytes: 300_000 });
  const actor = speaker(server);
  const reader = ownClient(server);
  await reader.until(() => reader.messages.length > 0);
  const stalled = await stalledViewer(server);

  const rounds = 60;
  for (let round = 1; round <= rounds; round += 1) {
    for (let nth = 0; nth < 20; nth += 1) actor.send(LONG);
    const said = round * 20;
    // the one that reads is told everything
    await reader.until(() => reader.messages.filter(({ type }) => type === '@xstate.event').length >= said);
  }
  let read = 0;
  stalled.on('data', (chunk: Buffer) => (read += chunk.length));
  await gone(stalled);
  const sent = reader.messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
  expect(read).toBeLessThan(sent);

  const back = ownClient(server);
  await back.until(() => back.messages.length > 0);
  expect(back.messages).toMatchObject([
    { type: '@xstate.actor', name: 'speaker', snapshot: { context: { heard: rounds * 20 } } },
  ]);
  actor.stop();
});

test('a first picture waits for one who reads late, and is whole then', async () => {
  await using server = await createInspectServer({ maxBufferedBytes: 300_000 });
  const child = createMachine({ context: { texts: LONG.texts } });
  const many = setup({ actors: { child } }).createMachine({
    invoke: Array.from({ length: 800 }, (_, nth) => ({ id: `child ${nth}`, src: 'child' as const })),
  });
  const actor = createActor(many, { inspect: server.inspect }).start();
  const late = await stalledViewer(server);
  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length === 801);
  const chunks: Buffer[] = [];
  late.on('data', (chunk: Buffer) => chunks.push(chunk));
  while (!Buffer.concat(chunks.slice(-2)).includes('"child 799"')) await once(late, 'data');
  expect(
    Buffer.concat(chunks)
      .toString('latin1')
      .match(/"type":"@xstate.actor"/g),
  ).toHaveLength(801);
  late.destroy();
  actor.stop();
});

test('a viewer that sends garbage harms nobody, and one that sends much is cut', async () => {
  await using server = await createInspectServer();
  const actor = speaker(server);
  const reader = ownClient(server);
  await reader.until(() => reader.messages.length > 0);

  const polite = new WebSocket(server.url);
  await once(polite, 'open');
  for (const said of ['{', '[]', 'null', '{"type":"@xstate.event","sessionId":"x:0"}', '{"__proto__":1}'])
    polite.send(said);
  polite.send(Buffer.from([0, 255, 1]));
  polite.send('x'.repeat(100_000));
  const [code] = (await once(polite, 'close')) as [number];
  expect(code).toBe(1009);

  const rude = await stalledViewer(server);
  rude.write(Buffer.alloc(5000, 0xff)); // no frame of the protocol
  rude.resume();
  await gone(rude);
  const noise = connect(server.port, '127.0.0.1');
  noise.write(Buffer.alloc(100_000, 0x16));
  noise.resume();
  await gone(noise);

  actor.send({ type: 'say' });
  await reader.until(() => reader.messages.some((sent) => sent.type === '@xstate.event'));
  expect(actor.getSnapshot().context).toEqual({ heard: 1 });
  actor.stop();
});

test.each([
  ['a page of the web', { origin: 'https://example.com' }, 403],
  ['a name that only leads here', { headers: { host: 'evil.example' } }, 403],
])('%s is not let in', async (_name, options, status) => {
  await using server = await createInspectServer();
  const stranger = new WebSocket(server.url, options);
  const [error] = (await once(stranger, 'error')) as [Error];
  expect(error.message).toBe(`Unexpected server response: ${status}`);
});

test("Stately's viewer is let in, and nothing but one page is served besides", async () => {
  await using server = await createInspectServer();
  const viewer = new WebSocket(server.url, { origin: 'https://stately.ai' });
  await once(viewer, 'open');
  const elsewhere = new WebSocket(`${server.url}other`);
  await once(elsewhere, 'error');

  const page = await fetch(server.pageUrl);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect((await fetch(`${server.pageUrl}package.json`)).status).toBe(404);
  expect((await fetch(server.pageUrl, { method: 'POST', body: 'x' })).status).toBe(404);
});

test('it listens for this machine only, unless it is told otherwise', async () => {
  await using server = await createInspectServer();
  expect(server.url).toBe(`ws://127.0.0.1:${server.port}/`);
  const other = connect(server.port, '127.0.0.2'); // another address of the loopback: it listens on one only
  const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  await using wide = await createInspectServer({ host: '0.0.0.0' });
  const there = connect(wide.port, '127.0.0.2');
  await once(there, 'connect');
  there.destroy();
});
