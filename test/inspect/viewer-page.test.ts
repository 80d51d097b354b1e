/** The page that Stately's viewer is shown in, with a stand-in for the browser and for the viewer. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createContext, runInContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createActor, createMachine } from 'xstate';
import { createInspectServer } from '../../src/inspect/index.ts';
import { eventually } from '../support/processes.ts';

const machine = createMachine({ id: 'lamp', initial: 'off', states: { off: { on: { flip: 'on' } }, on: {} } });

interface Posted {
  readonly message: { readonly type: string; readonly name?: string };
  readonly target: string;
}

/** Opens the page; `say` is a message to it from a window. */
async function opened(pageUrl: string) {
  const response = await fetch(pageUrl);
  const page = await response.text();
  const posted: Posted[] = [];
  let loads = 0;
  const contentWindow = {
    postMessage: (message: Posted['message'], target: string) => posted.push({ message, target }),
  };
  const frame = { contentWindow, getAttribute: () => 'https://stately.ai/inspect', setAttribute: () => (loads += 1) };
  const note = { hidden: false, textContent: '' };
  const listeners: ((event: object) => void)[] = [];
  const sockets: WebSocket[] = [];
  class KnownSocket extends WebSocket {
    constructor(url: string) {
      super(url);
      this.on('error', () => undefined);
      sockets.push(this);
    }
  }
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(page) ?? [];
  const browser = createContext({
    location: { href: pageUrl },
    document: { querySelector: (name: string) => (name === 'iframe' ? frame : note) },
    addEventListener: (_type: string, listener: (event: object) => void) => listeners.push(listener),
    setTimeout: (again: () => void) => setImmediate(again),
    WebSocket: KnownSocket,
  });
  runInContext(script, browser);
  onTestFinished(() => {
    for (const socket of sockets) socket.terminate();
  });
  return {
    page,
    script,
    policy: response.headers.get('content-security-policy') ?? '',
    posted,
    note,
    sockets,
    viewer: contentWindow,
    /** How often the viewer was loaded again. */
    loads: () => loads,
    say: (event: object) => {
      for (const listener of listeners) listener(event);
    },
  };
}

const CONNECTED = { type: '@statelyai.connected' };

test('it frames the viewer, runs its own script only, and says so to the browser', async () => {
  await using server = await createInspectServer();
  const { page, script, policy } = await opened(server.pageUrl);
  expect(page).toContain('<iframe src="https://stately.ai/inspect"');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`);
  expect(policy).toContain("frame-ancestors 'none'");
});

test('it hands everything to the viewer once that is there, to nobody else, and again when it is loaded again', async () => {
  await using server = await createInspectServer();
  const actor = createActor(machine, { inspect: server.inspect }).start();
  const { posted, say, viewer, sockets } = await opened(server.pageUrl);
  say({ data: CONNECTED, source: {}, origin: 'https://stately.ai' });
  say({ data: CONNECTED, source: viewer, origin: 'https://example.com' });
  say({ data: { type: 'hello' }, source: viewer, origin: 'https://stately.ai' });
  expect(sockets).toEqual([]);

  say({ data: CONNECTED, source: viewer, origin: 'https://stately.ai' });
  await eventually(() => expect(posted).toHaveLength(1));
  expect(posted[0]).toMatchObject({ message: { type: '@xstate.actor', name: 'lamp' }, target: 'https://stately.ai' });
  actor.send({ type: 'flip' });
  await eventually(() => expect(posted.map(({ message }) => message.type)).toContain('@xstate.snapshot'));

  posted.length = 0;
  say({ data: CONNECTED, source: viewer, origin: 'https://stately.ai' });
  await eventually(() => expect(posted[0]).toMatchObject({ message: { name: 'lamp', snapshot: { value: 'on' } } }));
  expect(sockets).toHaveLength(2);
  actor.stop();
});

test('when the run is over it says so, and shows the next one at that address', async () => {
  const first = await createInspectServer();
  const { posted, note, say, viewer, sockets, loads } = await opened(first.pageUrl);
  say({ data: CONNECTED, source: viewer, origin: 'https://stately.ai' });
  await once(sockets[0] as WebSocket, 'open');
  expect(note.hidden).toBe(true);
  await first.close();
  await eventually(() => expect(note.textContent).toContain('the run has ended'));

  await using second = await createInspectServer({ port: first.port });
  const actor = createActor(machine, { inspect: second.inspect }).start();
  await eventually(() => expect(loads()).toBe(1));
  expect(posted).toEqual([]);
  say({ data: CONNECTED, source: viewer, origin: 'https://stately.ai' });
  await eventually(() => expect(posted).toMatchObject([{ message: { name: 'lamp' } }]));
  expect(note.hidden).toBe(true);
  actor.stop();
});
