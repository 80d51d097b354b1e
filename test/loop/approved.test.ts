/** What was approved is what runs. */
import { readFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type AgentOrchestrator,
  bashTool,
  call,
  defineTool,
  type PendingRelay,
  type Tool,
  writeTool,
} from '../../src/index.ts';
import * as z from 'zod';
import { temporaryFolder } from '../tools/context.ts';
import { collect, echoTool, eventsOf, relaysWaiting, scriptedTeam, start, until } from '../support/team.ts';

const once = (tool: string, input: unknown) =>
  function* () {
    yield { calls: [call(tool, input)] };
    yield { text: 'ok' };
  };

/** The question that comes after this one. */
async function nextRelay(team: AgentOrchestrator, before: PendingRelay | undefined): Promise<PendingRelay | undefined> {
  await until(team, ({ event }) => event.type === 'relay' && event.id !== before?.id);
  return team.getPendingRelays()[0];
}

describe('what changes while a human is asked', () => {
  // FAILURES: what ran was not what was shown: … the script file edited between approval and run
  test.each(['bash ./x.sh', './x.sh', 'sh x.sh && true', 'env A=1 bash "x.sh"'])(
    'a script that `%s` runs makes the call ask again, naming the file, and the new answer counts',
    async (command) => {
      const workspace = await temporaryFolder();
      await writeFile(join(workspace, 'x.sh'), '#!/bin/sh\necho harmless\n', { mode: 0o755 });
      await using team = scriptedTeam(once('bash', { command }), { workspace });
      const id = start(team, 'go', { tools: [bashTool] });
      const [first] = await relaysWaiting(team, 1);
      await writeFile(join(workspace, 'x.sh'), '#!/bin/sh\necho changed\n');
      team.resolveRelay(first?.id ?? '', { approved: true, always: true });
      const second = await nextRelay(team, first);
      expect(second?.why).toContain(`the file ${join(workspace, 'x.sh')} has changed`);
      team.resolveRelay(second?.id ?? '', { approved: true });
      await team.result(id);
      const [result] = eventsOf(await collect(team.events()), 'tool_result');
      expect(result).toMatchObject({ status: 'ok', decidedBy: { kind: 'human', id: second?.id } });
      expect(result?.output.context).toContain('changed');
    },
  );

  test('a touched script of the same bytes runs, and so does a changed one that a rule allowed at once', async () => {
    const workspace = await temporaryFolder();
    await writeFile(join(workspace, 'x.sh'), 'echo hi');
    await using team = scriptedTeam(once('bash', { command: 'sh x.sh' }), { workspace });
    const id = start(team, 'go', { tools: [bashTool] });
    const [first] = await relaysWaiting(team, 1);
    await writeFile(join(workspace, 'x.sh'), 'echo hi');
    team.resolveRelay(first?.id ?? '', { approved: true, always: true });
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
    await writeFile(join(workspace, 'x.sh'), 'echo other');
    expect(await team.result(start(team, 'go', { tools: [bashTool] }))).toMatchObject({ status: 'completed' });
    expect(eventsOf(await collect(team.events()), 'relay')).toHaveLength(1);
  });

  // corpus path-092
  test('a file that the call would write asks again', async () => {
    const workspace = await temporaryFolder();
    await using team = scriptedTeam(once('write', { path: 'a.txt', content: 'new' }), { workspace });
    const id = start(team, 'go', { tools: [writeTool] });
    const [first] = await relaysWaiting(team, 1);
    await writeFile(join(workspace, 'a.txt'), 'by hand');
    team.resolveRelay(first?.id ?? '', { approved: true });
    const second = await nextRelay(team, first);
    expect(second?.why).toContain('a.txt has changed');
    team.resolveRelay(second?.id ?? '', { approved: false });
    await team.result(id);
    expect(await readFile(join(workspace, 'a.txt'), 'utf8')).toBe('by hand');
  });

  // corpus path-089
  test('a folder that becomes a link asks again, shows where it leads, and nothing is written there', async () => {
    const [workspace, outside] = await Promise.all([temporaryFolder(), temporaryFolder()]);
    await mkdir(join(workspace, 'src'));
    await using team = scriptedTeam(once('write', { path: 'src/a.ts', content: 'x' }), { workspace });
    const id = start(team, 'go', { tools: [writeTool] });
    const [first] = await relaysWaiting(team, 1);
    await rename(join(workspace, 'src'), join(workspace, 'away'));
    await symlink(outside, join(workspace, 'src'));
    team.resolveRelay(first?.id ?? '', { approved: true, always: true });
    const second = await nextRelay(team, first);
    expect(second?.why).toContain(`now leads to ${join(outside, 'a.ts')}`);
    team.resolveRelay(second?.id ?? '', { approved: false });
    expect(await team.result(id)).toMatchObject({ status: 'completed' });
    await expect(readFile(join(outside, 'a.ts'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a call whose paths never stand still is given up instead of asked about for ever', async () => {
    let turn = 0;
    const restless: Tool = defineTool({
      name: 'restless',
      description: '',
      schema: z.object({}),
      subjects: async () => [{ place: `${(turn += 1)}` }],
      execute: () => ({ context: 'ran' }),
    });
    await using team = scriptedTeam(once('restless', {}), { permissions: { allowlist: [{ tool: 'restless' }] } });
    const id = start(team, 'go', { tools: [restless] });
    await team.result(id);
    expect(eventsOf(await collect(team.events()), 'tool_result')).toMatchObject([{ status: 'error' }]);
  });

  test('with nobody to ask, a changed call is denied', async () => {
    let turn = 0;
    const shifty: Tool = {
      ...echoTool('shifty'),
      subjects: async () => [{ place: (turn += 1) < 2 ? 'here' : 'there' }],
    };
    const permissions = { allowlist: [{ tool: 'shifty', params: { place: 'here' } }] };
    await using team = scriptedTeam(once('shifty', {}), { permissions, onAsk: 'deny' });
    await team.result(start(team, 'go', { tools: [shifty] }));
    const [result] = eventsOf(await collect(team.events()), 'tool_result');
    expect(result).toMatchObject({ status: 'denied', decidedBy: { kind: 'policy' } });
  });
});

describe('between the decision and the start', () => {
  /** A tool that revokes while its call is checked the second time. */
  const meddled = (meddle: () => void): Tool & { readonly runs: unknown[] } => {
    const echo = echoTool();
    let looks = 0;
    return {
      ...echo,
      // asynchronous, so that the call waits between its check and its start
      subjects: async (input) => {
        looks += 1;
        if (looks % 2 === 0) meddle();
        return [{ ...(input as Record<string, unknown>) }];
      },
    };
  };

  test('a grant that is taken back stops a call it had allowed', async () => {
    await using team = scriptedTeam(function* () {
      yield { calls: [call('echo', { text: 'a' })] };
      yield { calls: [call('echo', { text: 'a' })] };
      yield { text: 'ok' };
    });
    let armed = false;
    const echo = meddled(() => armed && team.grants.list().forEach(({ id }) => team.grants.revoke(id)));
    start(team, 'go', { tools: [echo] });
    const [first] = await relaysWaiting(team, 1);
    armed = false;
    team.resolveRelay(first?.id ?? '', { approved: true, always: true });
    await until(team, ({ event }) => event.type === 'tool_result');
    armed = true;
    const second = await nextRelay(team, first);
    expect(second?.why).toContain('what allowed this call does so no longer');
    expect(echo.runs).toHaveLength(1);
  });

  test('uses and allowOnce are used up once, although the call is decided twice', async () => {
    await using team = scriptedTeam(function* () {
      for (const text of ['a', 'a', 'a']) yield { calls: [call('echo', { text })] };
      yield { calls: [call('tock', {})] };
      yield { calls: [call('tock', {})] };
      yield { text: 'ok' };
    });
    const [echo, tock] = [echoTool(), echoTool('tock')];
    start(team, 'go', { tools: [echo, tock], permissions: { allowlist: [], allowOnce: [{ tool: 'tock' }] } });
    const [first] = await relaysWaiting(team, 1);
    team.resolveRelay(first?.id ?? '', { approved: true, always: { uses: 2 } });
    const second = await nextRelay(team, first);
    expect(second?.tool).toBe('tock');
    expect([echo.runs.length, tock.runs.length]).toEqual([3, 1]);
  });
});
