import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, scriptedModel, type Script } from '../../src/index.ts';
import { openSession, sqliteJournal } from '../../src/journal/index.ts';
import { folder } from '../journal/entries.ts';
import { expectLaws } from '../lifecycle/laws.ts';
import { temporaryFolder } from '../tools/context.ts';
import { collect, echoTool, relaysWaiting, start } from '../support/team.ts';
import { askOnce, entriesOf, harnessOf, heldTool, session } from './sessions.ts';

describe('code that is not given again', () => {
  test('parks the agent with what to do, the others go on, and later it goes on itself', async () => {
    const echo = echoTool();
    const script: Script = function* (context) {
      if (context.task === 'go') yield* askOnce(context);
      else yield { text: 'other' };
    };
    const { first, reopen, journal } = session(script, [echo]);
    const id = start(first, 'go', { tools: [echo] });
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    const second = await reopen({ tools: [] });
    expect(second.parked()).toEqual([{ agentId: id, reason: expect.stringContaining('"echo" must be given again') }]);
    await expect(second.result(id)).rejects.toThrow(expect.objectContaining({ code: 'parked' }));
    expect(second.getPendingRelays()).toEqual([]);
    expect(await second.result(start(second, 'x'))).toMatchObject({ text: 'other' });
    expect((await collect(second.events())).at(-1)?.event.type).toBe('harness_end');
    await second.cleanup();
    await using third = await reopen();
    expect(third.parked()).toEqual([]);
    third.resolveRelay(asked?.id ?? '', { approved: true });
    expect(await third.result(id)).toMatchObject({ text: 'it said: echo: hi' });
    expectLaws(entriesOf(journal));
  });

  test.each([
    [
      'a model object',
      {
        model: scriptedModel(
          function* () {
            yield { text: 'x' };
          },
          { modelId: 'mine' },
        ),
      },
      'models: { "scripted/mine"',
    ],
    [
      'a harness with a name',
      { harness: Object.assign(harnessOf(askOnce), { name: 'special' }) },
      'harnesses: { "special"',
    ],
    ['a harness without one', { harness: harnessOf(askOnce) }, 'without a name'],
  ])('%s is asked for by name', async (_what, params, hint) => {
    const held = heldTool();
    const { first, reopen } = session(askOnce, [held, echoTool()]);
    const id = start(first, 'go', { tools: [echoTool()], ...params });
    if (!('model' in params)) await relaysWaiting(first, 1);
    await first.suspend();
    await using second = await reopen();
    expect(second.parked()).toEqual([{ agentId: id, reason: expect.stringContaining(hint) }]);
  });

  test.each(['is gone', 'is a link to another by now'])('a workspace that %s parks, too', async (what) => {
    const top = await temporaryFolder();
    const workspace = join(top, 'ws');
    mkdirSync(workspace);
    const { first, reopen } = session(askOnce, [echoTool()], { workspace });
    const id = start(first, 'go', { tools: [echoTool()] });
    await relaysWaiting(first, 1);
    await first.suspend();
    renameSync(workspace, join(top, 'away'));
    if (what !== 'is gone') symlinkSync('away', workspace);
    await using second = await reopen({ workspace: top });
    expect(second.parked()).toEqual([{ agentId: id, reason: expect.stringContaining('Restore it') }]);
  });

  test('keeps the session from being ended', async () => {
    using dir = folder();
    const options = { harness: harnessOf(askOnce), tools: [echoTool()] };
    const first = await AgentOrchestrator.open({ ...options, journal: sqliteJournal(dir.file()) });
    start(first, 'go', { tools: options.tools });
    await relaysWaiting(first, 1);
    await first.suspend();
    const second = await AgentOrchestrator.open({ ...options, tools: [], journal: sqliteJournal(dir.file()) });
    expect(second.parked()).toHaveLength(1);
    await second.cleanup();
    using reader = openSession(dir.file());
    expect(reader.info().state).toBe('stopped');
  });
});
