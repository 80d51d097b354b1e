import { describe, expect, test } from 'vitest';
import { scriptedModel, type Script } from '../../src/index.ts';
import { expectLaws } from '../lifecycle/laws.ts';
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
});
