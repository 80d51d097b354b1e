/** The stream over HTTP. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { type Envelope } from '../../src/index.ts';
import { createTeam } from '../../src/read-model/team.ts';
import { TeamState } from '../../src/server/index.ts';
import { eventually, PATIENCE_MS } from '../support/processes.ts';
import { collect, relaysWaiting } from '../support/team.ts';
import { readEvents, serving, type Serving } from './serving.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A team of which one agent has ended and one waits. */
async function played(options: Parameters<typeof serving>[1] = {}): Promise<Serving> {
  const at = await serving(undefined, options);
  await at.post('/api/agents', { goal: 'a' });
  await at.post('/api/agents', { goal: 'b' });
  const [first] = await relaysWaiting(at.team, 2);
  at.team.resolveRelay(first?.id ?? '', { approved: true });
  await at.team.result(first?.agentId ?? '');
  return at;
}

const upTo = async function* (at: Serving, seq: number): AsyncGenerator<Envelope> {
  for await (const entry of at.team.events({ live: true })) {
    yield entry;
    if (entry.seq === seq) return;
  }
};

test('a reader from the beginning gets every entry, with its seq as id', async () => {
  await using at = await played();
  const lastSeq = at.team.lastSeq();
  const events = await readEvents(await at.ask('/api/events?since=0'), lastSeq);
  expect(events.map(({ id }) => id)).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
  expect(events.map(({ data }) => data)).toEqual(await collect(upTo(at, lastSeq)));
});

test('a reader that returns with the last id it saw misses nothing and gets nothing twice', async () => {
  await using at = await played();
  const lastSeq = at.team.lastSeq();
  const early = await readEvents(await at.ask('/api/events?since=0'), 5);
  const headers = { 'last-event-id': String(early.at(-1)?.id) };
  const late = await readEvents(await at.ask('/api/events?since=0', { headers }), lastSeq - 5);
  expect([...early, ...late].map(({ id }) => id)).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
});

test('the state, and then the stream after its seq, is the present', async () => {
  await using at = await played();
  const state = TeamState.parse(await (await at.ask('/api/state')).json());
  const team = createTeam();
  team.apply({
    seq: state.seq,
    at: 0,
    agentId: 'orchestrator',
    event: { type: 'resync', runId: 'orchestrator', agents: state.agents, relays: state.relays, grants: state.grants },
  });
  const stream = await at.ask(`/api/events?since=${state.seq}`);
  const [waiting] = at.team.getPendingRelays();
  at.team.resolveRelay(waiting?.id ?? '', { approved: true, always: true });
  await at.team.result(waiting?.agentId ?? '');
  for (const { data } of await readEvents(stream, at.team.lastSeq() - state.seq)) team.apply(data as Envelope);
  expect(team.agents()).toEqual(at.team.agents());
  expect(team.grants()).toEqual(at.team.grants.list());
  expect(team.relays()).toEqual([]);
});

test('a reader that returns too late gets the state once, and then what follows', async () => {
  await using at = await played({ server: { maxBehind: 3 } });
  const stream = await at.ask('/api/events', { headers: { 'last-event-id': '1' } });
  const [waiting] = at.team.getPendingRelays();
  const lastSeq = at.team.lastSeq();
  at.team.resolveRelay(waiting?.id ?? '', { approved: true });
  const [first, second] = await readEvents(stream, 2);
  expect(first).toMatchObject({ id: lastSeq, data: { event: { type: 'resync', relays: [{ id: waiting?.id }] } } });
  expect(second).toMatchObject({ id: lastSeq + 1 });
});

test('a reader with a seq of the future comes from another session and gets the state', async () => {
  await using at = await played();
  const stream = await at.ask('/api/events', { headers: { 'last-event-id': '99999' } });
  const [first] = await readEvents(stream, 1);
  expect(first).toMatchObject({ id: at.team.lastSeq(), data: { event: { type: 'resync', agents: [{}, {}] } } });
});

test('a new reader that asks for everything gets it, beyond maxBehind too', async () => {
  await using at = await played({ server: { maxBehind: 2 } });
  const lastSeq = at.team.lastSeq();
  expect((await readEvents(await at.ask('/api/events?since=0'), lastSeq)).map(({ id }) => id)).toEqual(
    Array.from({ length: lastSeq }, (_, index) => index + 1),
  );
});

test('HEAD gives the content type and ends', async () => {
  await using at = await serving();
  const response = await at.ask('/api/events', { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
});

test('a heartbeat goes out while nothing happens', async () => {
  await using at = await serving(undefined, { server: { heartbeatMs: 20 } });
  const stream = await at.ask('/api/events');
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain(': still here');
  await reader?.cancel();
});

test('an id that is none, or a since, is refused or ignored, never an error of the server', async () => {
  await using at = await serving();
  expect((await at.ask('/api/events?since=-1')).status).toBe(400);
  expect((await at.ask('/api/events?since=x')).status).toBe(400);
  const odd = await at.ask('/api/events', { headers: { 'last-event-id': 'x' } });
  expect(odd.status).toBe(200);
  await odd.body?.cancel();
});

test('the stream sends `end` when the session is over', async () => {
  await using at = await serving();
  const stream = await at.ask('/api/events');
  await at.team.cleanup();
  expect(await stream.text()).toContain('event: end');
});

describe('a reader that reads nothing', () => {
  /** Five thousand long words: more than sockets hold. */
  const MUCH = `${'x'.repeat(2000)} `.repeat(5000);

  /** Requests the stream and reads nothing of it. */
  async function deaf({ server }: Serving): Promise<Socket> {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(
      `GET /api/events?since=0 HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`,
    );
    return socket;
  }

  const talk = function* () {
    yield { text: MUCH };
  };

  test('is disconnected, which makes room for another', async () => {
    await using at = await serving(talk, { server: { stallMs: 500, maxStreams: 1 } });
    const socket = await deaf(at);
    await at.post('/api/agents', { goal: 'talk' });
    await at.team.result(at.team.agents()[0]?.id ?? '');
    await eventually(async () => {
      const { status, body } = await at.ask('/api/events');
      await body?.cancel();
      expect(status).toBe(200);
    });
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
  });

  test('keeps no entry from another reader', async () => {
    await using at = await serving(talk);
    const socket = await deaf(at);
    const stream = await at.ask('/api/events?since=0');
    const other = readEvents(stream, ({ data }) => data.event.type === 'harness_end');
    await at.post('/api/agents', { goal: 'talk' });
    expect((await other).map(({ id }) => id)).toEqual(
      Array.from({ length: at.team.lastSeq() }, (_, index) => index + 1),
    );
    socket.destroy();
  });

  test('costs no memory, however many there are', async () => {
    await using at = await serving(talk);
    await at.post('/api/agents', { goal: 'talk' });
    await at.team.result(at.team.agents()[0]?.id ?? '');
    await readEvents(await at.ask('/api/events?since=0'), 4500); // what it takes once
    const held = () => {
      collectGarbage();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const before = held();
    const sockets = await Promise.all(Array.from({ length: 12 }, () => deaf(at)));
    // once another reader has read everything, the server has sent these all that it will
    await readEvents(await at.ask('/api/events?since=0'), 4500);
    expect(held() - before).toBeLessThan(12 * MUCH.length * 0.2);
    for (const socket of sockets) socket.destroy();
  });

  test('and falls too far behind gets the state when it reads again, and continues from there', async () => {
    await using at = await serving(talk, { server: { maxBehind: 2000, stallMs: PATIENCE_MS } });
    const socket = await deaf(at);
    await at.post('/api/agents', { goal: 'talk' });
    const [id] = at.team.agents().map((agent) => agent.id);
    await at.team.result(id ?? '');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.resume();
    await eventually(() => expect(text.includes('"type":"resync"')).toBe(true));
    expect(text).toContain(`id: ${at.team.lastSeq()}\n`);
    expect(text.match(/"type":"resync"/g)).toHaveLength(1);
    socket.destroy();
  });
});
