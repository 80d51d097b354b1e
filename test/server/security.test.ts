/** Hostile requests, one test a line of defence. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { call, defineTool, type HarnessEvent } from '../../src/index.ts';
import { masked } from '../../src/server/masked.ts';
import { createServer } from '../../src/server/index.ts';
import * as z from 'zod';
import { eventually } from '../support/processes.ts';
import { relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';
import { raw, readEvents, serving, statusOf } from './serving.ts';

const request = (
  port: number,
  { path = '/api/state', method = 'GET', host = `127.0.0.1:${port}`, headers = [] as string[], body = '' },
) =>
  [
    `${method} ${path} HTTP/1.1`,
    ...(host === '' ? [] : [`Host: ${host}`]),
    'Connection: close',
    ...headers,
    '',
    body,
  ].join('\r\n');

describe('sign-in', () => {
  const ROUTES = [
    '/api/state',
    '/api/events',
    '/api/relays',
    '/api/openapi.json',
    '/api/charts/agent',
    '/index.html',
    '/assets/x.js',
    '/nothing',
  ];

  test.each(ROUTES)('without the token, %s is refused', async (path) => {
    await using at = await serving();
    const response = await fetch(new URL(path, at.server.url));
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain('agents":');
  });

  test('the token has 256 bits, is new at each start, and is in the fragment of the address only', async () => {
    await using one = await serving();
    await using other = await serving();
    expect(one.server.token).toMatch(/^[0-9a-f]{64}$/);
    expect(one.server.token).not.toBe(other.server.token);
    expect(new URL(one.server.address).hash).toBe(`#token=${one.server.token}`);
    expect(one.server.url).not.toContain(one.server.token);
  });

  test('the front page without a cookie explains how to sign in, and contains nothing else', async () => {
    await using at = await serving();
    const response = await fetch(at.server.url);
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('Open the address');
  });

  test('the token is exchanged for a cookie that no script can read and no other site can send', async () => {
    await using at = await serving();
    const response = await at.ask('/api/sign-in', {
      method: 'POST',
      body: JSON.stringify({ token: at.server.token }),
      headers: { authorization: '' },
    });
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toContain('HttpOnly');
    expect(cookie).toContain('SameSite=Strict');
    expect(cookie).toContain(`greenroom-${at.server.port}=`);
    expect(cookie).not.toContain(at.server.token);
    const { key } = (await response.json()) as { key: string };
    const visit = async (path: string, headers: Record<string, string>) =>
      (await fetch(new URL(path, at.server.url), { headers: { cookie: cookie.split(';')[0] ?? '', ...headers } }))
        .status;
    expect(await visit('/api/state', { 'x-greenroom': key })).toBe(200);
    // browsers send a cookie to every port of a host: alone it opens only the page
    for (const wrong of ['1', '', key.slice(1)]) expect(await visit('/api/state', { 'x-greenroom': wrong })).toBe(401);
    expect(await visit('/api/events', {})).toBe(401);
    expect(await visit('/assets/x.js', {})).toBe(404);
    // a cookie that another server of this machine set does not sign anyone out
    const tossed = `greenroom-${at.server.port}=bad; ${cookie.split(';')[0] ?? ''}`;
    expect(await visit('/api/state', { 'x-greenroom': key, cookie: tossed })).toBe(200);
  });

  test.each(['', '0'.repeat(64), 'x'])('a wrong token %j is refused', async (token) => {
    await using at = await serving();
    const signIn = await at.ask('/api/sign-in', { method: 'POST', body: JSON.stringify({ token }) });
    expect(signIn.status).toBe(401);
    expect(signIn.headers.get('set-cookie')).toBe(null);
    expect((await at.ask('/api/state', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
    const cookie = `greenroom-${at.server.port}=${token}`;
    expect((await fetch(new URL('/api/state', at.server.url), { headers: { cookie } })).status).toBe(401);
  });
});

describe('the Host header', () => {
  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT'])('%s is ours', async (host) => {
    await using at = await serving();
    const { port, token } = at.server;
    const answer = await raw(
      port,
      request(port, { host: host.replace('PORT', String(port)), headers: [`Authorization: Bearer ${token}`] }),
    );
    expect(statusOf(answer)).toBe(200);
  });

  test.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    '127.0.0.1:PORT.evil.example',
    'localhost:1',
    'localhost',
    '127.0.0.2:PORT',
    'localhost:PORT@evil.example',
    ' ',
  ])('%j is not', async (host) => {
    await using at = await serving();
    const { port, token } = at.server;
    const answer = await raw(
      port,
      request(port, { host: host.replace('PORT', String(port)), headers: [`Authorization: Bearer ${token}`] }),
    );
    // Node refuses an invalid name itself
    expect([400, 421]).toContain(statusOf(answer));
    expect(answer).not.toContain('agents');
  });

  test('none, or two, are refused', async () => {
    await using at = await serving();
    const { port, token } = at.server;
    const authorized = [`Authorization: Bearer ${token}`];
    expect(statusOf(await raw(port, request(port, { host: '', headers: authorized })))).toBe(400);
    const twice = [...authorized, `Host: localhost:${port}`];
    expect([400, 421]).toContain(statusOf(await raw(port, request(port, { headers: twice }))));
  });

  test('an absolute address in the request line does not replace it', async () => {
    await using at = await serving();
    const { port, token } = at.server;
    const path = `http://localhost:${port}/api/state`;
    expect(
      statusOf(
        await raw(port, request(port, { path, host: 'evil.example', headers: [`Authorization: Bearer ${token}`] })),
      ),
    ).toBe(421);
  });
});

describe('a request that changes something', () => {
  const attempt = async (headers: Record<string, string>, init: RequestInit = {}) => {
    await using at = await serving();
    const response = await at.ask('/api/agents', { method: 'POST', body: '{"goal":"x"}', ...init, headers });
    return { status: response.status, started: at.team.agents().length, headers: response.headers };
  };

  test.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text', { 'content-type': 'text/plain' }, 415],
    ['something that only looks like JSON', { 'content-type': 'text/plain; application/json' }, 415],
    ['a page of another site', { origin: 'https://evil.example' }, 403],
    ['a page of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['a page of nowhere', { origin: 'null' }, 403],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a same-site fetch of another port', { 'sec-fetch-site': 'same-site' }, 403],
  ])('cannot be %s', async (_what, headers, status) => {
    expect(await attempt(headers)).toMatchObject({ status, started: 0 });
  });

  test('cannot come without the own header', async () => {
    await using at = await serving();
    const response = await fetch(new URL('/api/agents', at.server.url), {
      method: 'POST',
      body: '{"goal":"x"}',
      headers: { authorization: `Bearer ${at.server.token}`, 'content-type': 'application/json' },
    });
    expect(response.status).toBe(403);
    expect(at.team.agents()).toEqual([]);
  });

  test('can come from our page and from a program', async () => {
    expect(await attempt({})).toMatchObject({ status: 200, started: 1 });
    await using at = await serving();
    const own = { origin: at.server.url.slice(0, -1), 'sec-fetch-site': 'same-origin' };
    expect((await at.ask('/api/agents', { method: 'POST', body: '{"goal":"x"}', headers: own })).status).toBe(200);
  });

  test('cannot be a GET', async () => {
    await using at = await serving();
    for (const path of ['/api/cleanup', '/api/agents/x/kill', '/api/relays/x/answer', '/api/sign-in']) {
      expect((await at.ask(path)).status, path).toBe(404);
    }
  });

  test('has no CORS headers for other sites', async () => {
    await using at = await serving();
    const preflight = await fetch(new URL('/api/agents', at.server.url), {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-greenroom',
      },
    });
    expect(preflight.status).toBe(403);
    for (const response of [preflight, await at.ask('/api/state')]) {
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('is no exception: pages of other servers cannot read either, also with the cookie', async () => {
    await using at = await serving();
    for (const path of ['/api/state', '/api/events', '/index.html']) {
      expect((await at.ask(path, { headers: { 'sec-fetch-site': 'same-site' } })).status, path).toBe(403);
    }
  });
});

describe('a response', () => {
  test.each(['/', '/api/state', '/api/nothing', '/sign-in.js', '/api/events'])(
    '%s has a strict policy: no inline script, nothing from elsewhere, no frame',
    async (path) => {
      await using at = await serving();
      const { headers } = await at.ask(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      if (path !== '/api/events') expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('http');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBe(null);
    },
  );

  test('files come from a fixed map: no path leads out of it', async () => {
    await using at = await serving();
    const { port, token } = at.server;
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/assets/../../package.json',
      '/%2e%2e/package.json',
      '//etc/passwd',
      '/assets/',
      '/.env',
      '/index.html%00.js',
    ]) {
      const answer = await raw(port, request(port, { path, headers: [`Authorization: Bearer ${token}`] }));
      expect([400, 404, 421], path).toContain(statusOf(answer));
      expect(answer, path).not.toContain('"name"');
    }
  });

  test('an error shows no stack and no path, and the log shows it without secrets', async () => {
    const logged: unknown[] = [];
    const nothing = () => undefined;
    const logger = {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: (fields: object) => void logged.push(fields),
    };
    await using at = await serving(undefined, {
      server: { logger },
      served: {
        start: () => {
          throw new Error('broke at /home/ann/secret/place.ts with sk-proj-0123456789abcdef');
        },
      },
    });
    const response = await at.post('/api/agents', { goal: 'x' });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('internal');
    expect(text).not.toMatch(/ann|place\.ts|at .*\(|node_modules|sk-proj/);
    expect(logged).toEqual([{ error: 'broke at /home/ann/secret/place.ts with [redacted]', path: '/api/agents' }]);
  });

  test('secrets in text of models and output of tools are masked, arguments that a human judges are not', async () => {
    const key = 'sk-proj-0123456789abcdef';
    const leak = defineTool({
      name: 'leak',
      description: 'x',
      schema: z.object({ text: z.string() }),
      execute: () => ({ context: `found ${key}` }),
    });
    await using at = await serving(
      function* () {
        yield { text: `The key is ${key}.`, calls: [call('leak', { text: `use ${key}` })] };
        yield { text: 'ok' };
      },
      { served: { start: () => [start(at.team, `my key is ${key}`, { tools: [leak] })] } },
    );
    await at.post('/api/agents', { goal: 'x' });
    const [relay] = await relaysWaiting(at.team, 1);
    expect(await (await at.ask('/api/relays')).text()).toContain(key);
    at.team.resolveRelay(relay?.id ?? '', { approved: true });
    await until(at.team, ({ event }) => event.type === 'harness_end');
    const events = await readEvents(await at.ask('/api/events?since=0'), at.team.lastSeq());
    const shown = (types: readonly string[]) =>
      JSON.stringify(events.filter(({ data }) => types.includes(data.event.type)));
    expect(shown(['text', 'tool_result', 'harness_start', 'message', 'harness_end', 'error'])).not.toContain(key);
    expect(shown(['text'])).toContain('[redacted]');
    expect(shown(['relay'])).toContain(key);
    expect(shown(['tool_call'])).toContain(key);
  });
});

test('masking a text of blanks takes linear time', async () => {
  const blanks = defineTool({
    name: 'blanks',
    description: 'x',
    schema: z.object({}),
    execute: () => ({ context: `key ${' '.repeat(300_000)}${'\n'.repeat(300_000)}${'-eyJaaaaaaaa'.repeat(5000)}` }),
  });
  await using at = await serving(
    function* () {
      yield { calls: [call('blanks')] };
      yield { text: 'ok' };
    },
    {
      options: { permissions: { allowlist: [{ tool: 'blanks' }] } },
      served: { start: () => [start(at.team, 'x', { tools: [blanks] })] },
    },
  );
  await at.post('/api/agents', { goal: 'x' });
  await until(at.team, ({ event }) => event.type === 'harness_end');
  // by a way that grows with the square of the length this takes minutes
  const events = await readEvents(await at.ask('/api/events?since=0'), at.team.lastSeq());
  expect(events).toHaveLength(at.team.lastSeq());
});

test('reasons of ends, discarded turns and refusals are masked', async () => {
  const key = 'sk-proj-0123456789abcdef';
  const runId = 'a';
  const entries = [
    { type: 'harness_end', runId, status: 'failed', reason: `401 for ${key}` },
    { type: 'stopping', runId, status: 'failed', reason: key },
    { type: 'turn_discarded', runId, blocks: [], attempt: 1, reason: key, retryInMs: 0 },
    { type: 'resumed', runId, count: 1, parked: [{ agentId: 'a', reason: key }] },
    {
      type: 'tool_result',
      runId,
      id: 'a/1',
      name: 'x',
      output: {},
      status: 'denied',
      decidedBy: { kind: 'human', reason: key },
    },
  ] as const;
  for (const event of entries) {
    const shown = JSON.stringify(masked({ seq: 1, at: 0, agentId: 'a', event: event as HarnessEvent }));
    expect(shown).not.toContain(key);
    expect(shown).toContain('[redacted]');
  }
});

describe('limits', () => {
  test('a body of more than 1 MiB is refused, and so is one of unstated length', async () => {
    await using at = await serving();
    const goal = 'x'.repeat(1024 * 1024);
    expect((await at.post('/api/agents', { goal })).status).toBe(413);
    // a body without content-length is refused, however short
    const { port, token } = at.server;
    const headers = [
      'Content-Type: application/json',
      'X-Greenroom: 1',
      `Authorization: Bearer ${token}`,
      'Transfer-Encoding: chunked',
    ];
    const body = 'c\r\n{"goal":"x"}\r\n0\r\n\r\n';
    expect(statusOf(await raw(port, request(port, { path: '/api/agents', method: 'POST', headers, body })))).toBe(411);
    expect(at.team.agents()).toEqual([]);
  });

  test('headers of more than 16 KiB are refused', async () => {
    await using at = await serving();
    const { port } = at.server;
    expect(statusOf(await raw(port, request(port, { headers: [`X-Long: ${'x'.repeat(20_000)}`] })))).toBe(431);
  });

  test('bytes that are not HTTP are refused', async () => {
    await using at = await serving();
    expect(statusOf(await raw(at.server.port, 'nonsense\r\n\r\n'))).toBe(400);
  });

  test('connections over the limit are closed at once, and others stay open', async () => {
    await using at = await serving(undefined, { server: { maxConnections: 2 } });
    const stream = await at.ask('/api/events');
    const idle = connect(at.server.port, '127.0.0.1');
    await once(idle, 'connect');
    expect(await raw(at.server.port, request(at.server.port, {}))).toBe('');
    idle.destroy();
    await at.team.cleanup();
    expect(await stream.text()).toContain('event: end');
  });

  test('connections that send nothing are closed by the server', async () => {
    await using at = await serving();
    const idle = connect(at.server.port, '127.0.0.1');
    idle.on('error', () => undefined).resume();
    await once(idle, 'close'); // after five seconds, or this test never ends
  });

  test('a seventeenth event stream is refused, and one that ends makes room', async () => {
    await using at = await serving();
    const open = await Promise.all(Array.from({ length: 16 }, () => at.ask('/api/events')));
    expect(open.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 200));
    expect((await at.ask('/api/events')).status).toBe(429);
    await open[0]?.body?.cancel();
    await eventually(async () => {
      const { status, body } = await at.ask('/api/events');
      await body?.cancel();
      expect(status).toBe(200);
    });
    for (const { body } of open.slice(1)) await body?.cancel();
  });
});

describe('the server', () => {
  test('listens on loopback unless a host is named, and tells whether it is open', async () => {
    await using team = scriptedTeam(function* () {
      yield { text: 'x' };
    });
    await using own = await createServer({ orchestrator: team });
    expect(own.isOpen).toBe(false);
    expect(own.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    await using open = await createServer({ orchestrator: team }, { host: '0.0.0.0' });
    expect(open.isOpen).toBe(true);
    const answer = (host: string) =>
      raw(
        open.port,
        request(open.port, { host: `${host}:${open.port}`, headers: [`Authorization: Bearer ${open.token}`] }),
      );
    expect(statusOf(await answer('192.0.2.7'))).toBe(200);
    expect(statusOf(await answer('evil.example'))).toBe(421);
  });

  test('rejects a port in use, with the remedy', async () => {
    await using at = await serving();
    await expect(createServer({ orchestrator: at.team }, { port: at.server.port })).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('Choose another port'),
    });
  });

  test('stops reading the stream when it cannot listen', async () => {
    await using at = await serving();
    const readers = vi.spyOn(at.team, 'events');
    await expect(createServer({ orchestrator: at.team }, { port: at.server.port })).rejects.toThrow();
    expect(await readers.mock.results.at(-1)?.value.next()).toMatchObject({ done: true });
  });

  test('lets running requests finish when it closes', async () => {
    await using at = await serving();
    await at.post('/api/agents', { goal: 'x' });
    const socket = connect(at.server.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    // half of the body arrives before the server closes, the other half after
    const headers = [
      'Content-Type: application/json',
      'X-Greenroom: 1',
      `Authorization: Bearer ${at.server.token}`,
      'Content-Length: 2',
    ];
    socket.write(request(at.server.port, { path: '/api/cleanup', method: 'POST', headers, body: '{' }));
    await once(socket, 'connect');
    await at.ask('/api/state');
    const closing = at.server.close();
    socket.write('}');
    await once(socket, 'close');
    await closing;
    expect(answer).toContain('{"done":true}');
    expect(at.team.agents()).toMatchObject([{ status: 'cancelled' }]);
  });

  test('ends the event streams and takes no more requests when it closes, also with an idle connection', async () => {
    await using at = await serving();
    const stream = await at.ask('/api/events');
    const idle = connect(at.server.port, '127.0.0.1');
    await once(idle, 'connect');
    await at.server.close();
    expect(await stream.text()).not.toContain('event: end'); // it may be back soon
    await expect(at.ask('/api/state')).rejects.toThrow();
    idle.destroy();
  });
});
