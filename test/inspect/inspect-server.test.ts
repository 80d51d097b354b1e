/** A real team under a real server, seen with the protocol's own client. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { agentTool, call, GreenroomError } from '../../src/index.ts';
import { createInspectServer } from '../../src/inspect/index.ts';
import { echoTool, gateTool, relaysWaiting, scriptedTeam, start } from '../support/team.ts';
import { census, ownClient } from './own-client.ts';

/** A lead that asks for a kid, which asks a human before it echoes. */
const family = function* ({ task }: { task: string }) {
  if (task === 'parent') yield { calls: [call('agent', { task: 'child', name: 'kid' })] };
  else yield { calls: [call('echo', { text: 'hello' })] };
  yield { text: 'done' };
};

const FAMILY = { tools: [agentTool, echoTool()], permissions: { allowlist: [{ tool: 'agent' }] } };

test('an agent is seen at work, waiting for a human, and done', async () => {
  await using server = await createInspectServer();
  const gate = gateTool();
  await using team = scriptedTeam(
    function* () {
      yield { calls: [call('gate')] };
      yield { calls: [call('echo')] };
      yield { text: 'done' };
    },
    { inspect: server.inspect },
  );
  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length > 0);

  const tools = [gate, echoTool()];
  const id = start(team, 'go', { name: 'worker', tools, permissions: { allowlist: [{ tool: 'gate' }] } });
  await gate.started;
  await viewer.until(() => viewer.states('worker').includes('{"running":"toolCalls"}'));
  gate.release();
  const [relay] = await relaysWaiting(team, 1);
  await viewer.until(() => viewer.states('worker').includes('awaitingRelay'));
  team.resolveRelay(relay?.id ?? '', { approved: true });
  await team.result(id);
  await viewer.until(() => viewer.states('worker').includes('done'));

  const states = viewer.states('worker').map((state) => (state.includes('running') ? 'running' : state));
  expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['running', 'awaitingRelay', 'done']);
  const last = viewer.messages.findLast((sent) => sent.sessionId === viewer.actors().get('worker')?.sessionId);
  expect(last).toMatchObject({ snapshot: { status: 'done', output: { status: 'completed', text: 'done' } } });
});

test('a viewer that comes late is shown every actor that lives: parents first, with definition and present state', async () => {
  await using server = await createInspectServer();
  const { inspect, living } = census(server.inspect);
  await using team = scriptedTeam(family, { inspect });
  start(team, 'parent', { name: 'lead', ...FAMILY });
  await relaysWaiting(team, 1);

  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length === living().length);
  const registered = viewer.registered();
  expect(registered.map(({ sessionId }) => sessionId).toSorted()).toEqual(living());
  const seen = new Set<string | undefined>([undefined]);
  for (const { sessionId, parentId } of registered) {
    expect(seen).toContain(parentId);
    seen.add(sessionId);
  }
  const machines = registered.flatMap(({ name, definition = '{}' }) => {
    const { id, states } = JSON.parse(definition) as { id: string; states?: object };
    return states === undefined ? [] : [[name, id, Object.keys(states).length > 1]];
  });
  expect(machines).toEqual(
    expect.arrayContaining([
      ['lead', 'agent', true],
      ['lead/kid', 'agent', true],
      ['agent call_0_0', 'tool-call', true],
      ['echo call_0_0', 'tool-call', true],
    ]),
  );
  expect(viewer.states('lead')).toEqual(['{"running":"toolCalls"}']);
  expect(viewer.states('lead/kid')).toEqual(['awaitingRelay']);
});

test('an actor that has ended is shown to nobody who comes after', async () => {
  await using server = await createInspectServer();
  const { inspect, living } = census(server.inspect);
  await using team = scriptedTeam(family, { inspect });
  const id = start(team, 'parent', { name: 'lead', ...FAMILY });
  const [relay] = await relaysWaiting(team, 1);
  team.resolveRelay(relay?.id ?? '', { approved: true });
  await team.result(id);

  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length === living().length);
  expect(
    viewer
      .registered()
      .map(({ sessionId }) => sessionId)
      .toSorted(),
  ).toEqual(living());
  expect(viewer.actors().has('lead')).toBe(false);
});

test('one whose actor fails without a word has ended, too', async () => {
  await using server = await createInspectServer();
  const { inspect, living } = census(server.inspect);
  await using team = scriptedTeam(
    // oxlint-disable-next-line require-yield -- a script that fails at once
    function* () {
      throw new Error('no model');
    },
    { inspect },
  );
  await team.result(start(team, 'go'));
  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length === living().length);
  expect(
    viewer
      .registered()
      .map(({ sessionId }) => sessionId)
      .toSorted(),
  ).toEqual(living());
});

test('any number of viewers see the same', async () => {
  await using server = await createInspectServer();
  await using team = scriptedTeam(family, { inspect: server.inspect });
  const viewers = Array.from({ length: 5 }, () => ownClient(server));
  await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.messages.length > 0)));
  const id = start(team, 'parent', { name: 'lead', ...FAMILY });
  const [relay] = await relaysWaiting(team, 1);
  team.resolveRelay(relay?.id ?? '', { approved: true });
  await team.result(id);
  await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.states('lead').includes('done'))));
  const [first, ...others] = viewers.map(({ messages }) => messages.slice(1)); // the root was shown to each by itself
  expect(first?.length).toBeGreaterThan(50);
  for (const other of others) expect(other).toEqual(first);
});

test('a message names who sent it, and to whom', async () => {
  await using server = await createInspectServer();
  await using team = scriptedTeam(family, { inspect: server.inspect });
  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length > 0);
  start(team, 'parent', { name: 'lead', ...FAMILY });
  await viewer.until(() => viewer.states('lead/kid').includes('awaitingRelay'));
  const session = (name: string) => viewer.actors().get(name)?.sessionId;
  expect(viewer.messages).toContainEqual(
    expect.objectContaining({
      type: '@xstate.event',
      event: expect.objectContaining({ type: 'call.waiting' }),
      sourceId: session('echo call_0_0'),
      sessionId: session('lead/kid'),
    }),
  );
});

test('closing tells the end, lets go of every viewer, and frees the port', async () => {
  const server = await createInspectServer();
  const team = scriptedTeam(family, { inspect: server.inspect });
  const viewer = ownClient(server);
  await viewer.until(() => viewer.messages.length > 0);
  start(team, 'parent', { name: 'lead', ...FAMILY });
  await relaysWaiting(team, 1);
  await team.cleanup();
  await server.close();
  await server.close();
  await viewer.until(() => viewer.states('lead').includes('done'));

  const next = createServer().listen(server.port, '127.0.0.1');
  await once(next, 'listening');
  next.close();
  await once(next, 'close');
});

test('a port that cannot be used is refused with the remedy', async () => {
  await using server = await createInspectServer();
  const second = createInspectServer({ port: server.port });
  await expect(second).rejects.toThrow(GreenroomError);
  await expect(second).rejects.toThrow(`port ${server.port} is in use. Choose another port`);
  await expect(createInspectServer({ port: 70_000 })).rejects.toThrow(/port/);
});
