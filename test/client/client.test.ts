/** The client of a served team, across breaks of its connection. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer as createTcpServer, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../src/index.ts';
import { ClientError, createClient, type ClientOptions, type GreenroomClient } from '../../src/client/index.ts';
import { createServer } from '../../src/server/index.ts';
import { eventually } from '../support/processes.ts';
import { relaysWaiting } from '../support/team.ts';
import { serving, type Serving } from '../server/serving.ts';

/** A client that closes with the block; `entries` are those it received. */
function following({ server }: Pick<Serving, 'server'>, options: ClientOptions = {}) {
  const entries: Envelope[] = [];
  const client = createClient({
    url: server.url,
    token: server.token,
    retryMs: 5,
    onEntry: (entry) => entries.push(entry),
    ...options,
  });
  return Object.assign(client, { entries, [Symbol.dispose]: () => client.close() });
}

const becomes = async (client: GreenroomClient, connection: string) =>
  await eventually(() => expect(client.connection.get()).toBe(connection));

/** A connection between client and server that a test can break. */
async function breakableConnection(port: number) {
  const sockets = new Set<Socket>();
  let isDown = false;
  const proxy = createTcpServer((near) => {
    if (isDown) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
    return undefined;
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    down(value: boolean) {
      isDown = value;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

/** Sends requests through that connection, under the name of the server. */
const through =
  (port: number): typeof fetch =>
  async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const sent = request({
      port,
      host: '127.0.0.1',
      path: url.pathname + url.search,
      method: init.method ?? 'GET',
      headers: { ...(init.headers as Record<string, string>), host: url.host },
      agent: false,
      ...(init.signal ? { signal: init.signal } : {}),
    });
    sent.end(init.body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array<ArrayBuffer>>, {
      status: answer.statusCode ?? 500,
    });
  };

describe('a client', () => {
  test('shows the team now, and every change', async () => {
    await using at = await serving();
    await at.post('/api/agents', { goal: 'early' });
    await relaysWaiting(at.team, 1);
    using client = following(at);
    await becomes(client, 'live');
    const { store } = client.readModel;
    expect(store.getSnapshot().context.relays).toMatchObject([{ params: { text: 'early' } }]);
    const [id] = await client.start({ goal: 'late', name: 'second' });
    await eventually(() =>
      expect(store.getSnapshot().context.relays).toMatchObject([{}, { params: { text: 'late' } }]),
    );
    for (const { id: relayId } of store.getSnapshot().context.relays) {
      expect(await client.answer(relayId, { approved: true })).toEqual({ relayId, accepted: true });
    }
    await eventually(() =>
      expect(client.readModel.row(id ?? '').get()).toMatchObject({ name: 'second', state: 'done' }),
    );
    expect(store.getSnapshot().context.agentIds.map((agentId) => client.readModel.row(agentId).get())).toEqual(
      at.team.agents(),
    );
  });

  test('receives every entry once and in order, across breaks', async () => {
    await using at = await serving();
    await using line = await breakableConnection(at.server.port);
    using client = following(at, { fetch: through(line.port) });
    await becomes(client, 'live');
    for (let round = 0; round < 6; round += 1) {
      await at.post('/api/agents', { goal: `task ${round}` });
      const [relay] = await relaysWaiting(at.team, 1);
      if (round % 2 === 0) line.cut();
      at.team.resolveRelay(relay?.id ?? '', { approved: true });
      await at.team.result(relay?.agentId ?? '');
      if (round % 3 === 0) line.cut();
    }
    await eventually(() => expect(client.entries.at(-1)?.seq).toBe(at.team.lastSeq()));
    const [first] = client.entries;
    expect(client.entries.map(({ seq }) => seq)).toEqual(
      client.entries.map((_entry, index) => (first?.seq ?? 0) + index),
    );
  });

  test('is offline while the server does not answer, keeps its state, and reconnects by itself', async () => {
    await using at = await serving();
    await using line = await breakableConnection(at.server.port);
    using client = following(at, { fetch: through(line.port) });
    await becomes(client, 'live');
    line.down(true);
    line.cut();
    await becomes(client, 'offline');
    await expect(client.session()).rejects.toMatchObject({ code: 'offline', status: 0 });
    await at.post('/api/agents', { goal: 'meanwhile' });
    line.down(false);
    await becomes(client, 'live');
    await eventually(() =>
      expect(client.readModel.store.getSnapshot().context.relays).toMatchObject([{ params: { text: 'meanwhile' } }]),
    );
  });

  test('is signed out when the server was restarted, and continues after signing in', async () => {
    await using at = await serving();
    await at.post('/api/agents', { goal: 'before' });
    await relaysWaiting(at.team, 1);
    let token = at.server.token;
    const withToken: typeof fetch = (url, init) =>
      fetch(url, { ...init, headers: { ...init?.headers, authorization: `Bearer ${token}` } });
    using client = following(at, { fetch: withToken });
    await becomes(client, 'live');
    await at.server.close();
    await becomes(client, 'offline');
    await using again = await createServer({ orchestrator: at.team }, { port: at.server.port });
    await becomes(client, 'signed_out');
    token = again.token;
    client.reconnect();
    await becomes(client, 'live');
    expect(client.readModel.store.getSnapshot().context.relays).toMatchObject([{ params: { text: 'before' } }]);
  });

  test('rejects with the message of the server', async () => {
    await using at = await serving();
    using client = following(at);
    await expect(client.start({ goal: '' })).rejects.toThrow(ClientError);
    await expect(client.start({ goal: '' })).rejects.toMatchObject({
      status: 400,
      code: 'invalid_params',
      path: 'goal',
    });
    await expect(client.thread('nobody')).rejects.toMatchObject({
      status: 404,
      message: 'No agent has the id "nobody".',
    });
    expect(await client.actor('nobody')).toBe(undefined);
  });

  test('answers a group, steers, kills, revokes, and looks back', async () => {
    await using at = await serving();
    using client = following(at);
    const ids = await Promise.all(['a', 'b'].map(async (goal) => (await client.start({ goal }))[0] ?? ''));
    const relays = await relaysWaiting(at.team, 2);
    expect(await client.send(ids[0] ?? '', 'hurry')).toBe(true);
    expect(await client.kill(ids[1] ?? '')).toBe(true);
    const answers = relays.map(({ id }) => ({ relayId: id, answer: { approved: true as const, always: true } }));
    expect((await client.answerAll(answers)).map(({ accepted }) => accepted)).toEqual([true, false]);
    const [grant] = at.team.grants.list();
    expect(await client.revoke(grant?.id ?? '')).toBe(true);
    expect((await client.thread(ids[0] ?? '', { limit: 1 })).entries).toHaveLength(1);
    expect(await client.state(1)).toMatchObject({ seq: 1, agents: [{ id: ids[0] }] });
    expect(await client.chart('agent')).toContain('<svg');
    await client.cleanup();
    expect(at.team.agents().every(({ state }) => state === 'done')).toBe(true);
  });

  test('requires a url outside of a browser', () => {
    expect(() => createClient()).toThrow('`url` is required outside of a browser');
  });
});
