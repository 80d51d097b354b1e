/** What passes through a team and must not be seen by whoever looks on. */
import { expect, test } from 'vitest';
import { call, defineTool, scriptedModel } from '../../src/index.ts';
import * as z from 'zod';
import { createInspectServer } from '../../src/inspect/index.ts';
import { relaysWaiting, scriptedTeam, start } from '../support/team.ts';
import { ownClient } from './own-client.ts';

const KEY = 'sk-live-0123456789abcdef';
const TOKEN = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
const PASSWORD = 'correct-horse-battery';

const fetchTool = defineTool({
  name: 'fetch',
  description: `Fetches with the key ${KEY}.`,
  schema: z.object({ url: z.string(), headers: z.record(z.string(), z.string()), password: z.string() }),
  execute: () => ({
    context: `token=${TOKEN} ${'and so on '.repeat(20_000)}`,
    result: { token: TOKEN, body: { password: PASSWORD } },
  }),
});

test('no secret of a prompt, an argument, an output, a model or an error is sent, and no message is longer than 64 KiB', async () => {
  await using server = await createInspectServer();
  const model = Object.assign(
    scriptedModel(function* () {
      const headers = { authorization: `Bearer ${TOKEN}` };
      yield { calls: [call('fetch', { url: `https://x.example/?api_key=${KEY}`, headers, password: PASSWORD })] };
      yield { calls: [call('fetch', { url: 'https://x.example', headers: {}, password: PASSWORD })] };
      throw new Error(`The provider said no to ${KEY}`);
    }),
    { apiKey: KEY, config: { headers: { 'x-api-key': KEY } } },
  );
  await using team = scriptedTeam(function* () {}, { inspect: server.inspect });
  const early = ownClient(server);
  await early.until(() => early.messages.length > 0);
  const id = start(team, `Use ${KEY}; the password: ${PASSWORD}`, { name: 'worker', model, tools: [fetchTool] });
  const [relay] = await relaysWaiting(team, 1);
  const late = ownClient(server);
  await late.until(() => late.states('worker').includes('awaitingRelay'));
  team.resolveRelay(relay?.id ?? '', { approved: true });
  const [second] = await relaysWaiting(team, 1);
  team.resolveRelay(second?.id ?? '', { approved: false, reason: `not with ${TOKEN}` });
  expect(await team.result(id)).toMatchObject({ status: 'failed' });
  await early.until(() => early.states('worker').includes('done'));

  for (const message of [...early.messages, ...late.messages]) {
    const text = JSON.stringify(message);
    expect(text).not.toMatch(/sk-live|ghp_|correct-horse/);
    expect(text.length).toBeLessThan(64 * 1024);
  }
  expect(JSON.stringify(early.messages)).toContain('[redacted]');
});
