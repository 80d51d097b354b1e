/** A store that takes nothing any more: nothing that is not stored is done, or said to be. */
import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, call, GreenroomError, type Script } from '../../src/index.ts';
import { type Journal, memoryJournal } from '../../src/journal/index.ts';
import { echoTool, relaysWaiting, start } from '../support/team.ts';
import { askOnce, entriesOf, harnessOf, session } from './sessions.ts';

/** A journal that can be told to take nothing any more; `at` names the event or the answer that is the first to fail. */
function failing(at: string): Journal {
  const journal = memoryJournal();
  let failed = false;
  const check = (isIt: boolean) => {
    failed ||= isIt;
    if (failed) throw new GreenroomError('journal', 'The disk is full.');
  };
  return {
    ...journal,
    get lastSeq() {
      return journal.lastSeq;
    },
    append: (entries) => {
      check(entries.some(({ event }) => event.type === at));
      journal.append(entries);
    },
    answer: (...given) => {
      check(at === 'answer');
      return journal.answer?.(...given) ?? true;
    },
  };
}

async function asked(at: string) {
  const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
  const made = session(askOnce, [echo], { journal: failing(at) });
  const id = start(made.first, 'go', { tools: [echo] });
  const [relay] = await relaysWaiting(made.first, 1);
  return { ...made, echo, id, relayId: relay?.id ?? '' };
}

const gone = (team: AgentOrchestrator) =>
  expect(() => start(team, 'more')).toThrow(expect.objectContaining({ code: expect.stringMatching('journal|closed') }));

describe('when the disk is full', () => {
  test('spawn() throws, and nothing of that agent runs', async () => {
    let asked_ = 0;
    const script: Script = function* () {
      asked_ += 1;
      yield { text: 'hello' };
    };
    const { first } = session(script, [], { journal: failing('harness_start') });
    expect(() => start(first, 'go')).toThrow('The disk is full');
    await first.cleanup();
    expect(asked_).toBe(0);
    gone(first);
  });

  test('open() rejects, and the session can be opened once there is room again', async () => {
    const echo = echoTool();
    const { first, reopen, journal } = session(askOnce, [echo]);
    start(first, 'go', { tools: [echo] });
    const standing = await relaysWaiting(first, 1);
    await first.suspend();
    const full: Journal = {
      ...journal,
      get lastSeq() {
        return journal.lastSeq;
      },
      append: () => {
        throw new GreenroomError('journal', 'The disk is full.');
      },
    };
    const opened = AgentOrchestrator.open({ journal: full, harness: harnessOf(askOnce), tools: [echo] });
    await expect(opened).rejects.toThrow('The disk is full');
    await using second = await reopen();
    expect(second.getPendingRelays()).toEqual(standing);
  });

  test('an answer that cannot be recorded is not taken, and the call does not run', async () => {
    const { first, echo, relayId, journal } = await asked('answer');
    expect(() => first.resolveRelay(relayId, { approved: true })).toThrow('The disk is full');
    expect(first.getPendingRelays()).toHaveLength(1);
    await first.cleanup();
    expect(echo.runs).toEqual([]);
    expect(entriesOf(journal).at(-1)?.event.type).toBe('relay'); // what was recorded stays readable
  });

  test.each(['relay_resolved', 'tool_start'])('a call whose %s cannot be recorded does not run', async (at) => {
    const { first, echo, id, relayId, journal } = await asked(at);
    first.resolveRelay(relayId, { approved: true, always: true });
    expect(await first.result(id)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('The disk is full'),
    });
    await first.cleanup();
    expect(echo.runs).toEqual([]);
    expect(entriesOf(journal).some(({ event }) => event.type === at)).toBe(false);
  });

  test.each(['harness', 'rule'])(
    'a call of a harness that runs itself is not approved, by whatever: %s',
    async (how) => {
      const heard: unknown[] = [];
      const byRule = how === 'a rule';
      const journal = failing(byRule ? 'tool_call' : 'relay_resolved');
      const permissions = byRule ? { allowlist: [{ tool: 'theirs' }] } : {};
      const team = new AgentOrchestrator(undefined, { journal, permissions });
      const id = team.spawn({
        messages: [{ role: 'user', content: 'go' }],
        harness: {
          async *invoke() {
            const { promise, resolve } = Promise.withResolvers<void>();
            const respond = (response: unknown) => {
              heard.push(response);
              resolve();
            };
            const about = { toolCallId: 'c', tool: 'theirs', params: {} };
            yield { type: 'relay', runId: '', id: 'r', kind: 'permission', ...about, respond };
            await promise;
          },
        },
      });
      if (!byRule) {
        const [relay] = await relaysWaiting(team, 1);
        team.resolveRelay(relay?.id ?? '', { approved: true });
      }
      await team.result(id);
      await team.cleanup();
      expect(heard).toMatchObject([{ approved: false }]);
    },
  );

  test('a grant that cannot be taken back on record is not said to be', async () => {
    const { first, id, relayId } = await asked('grant_revoked');
    first.resolveRelay(relayId, { approved: true, always: true });
    await first.result(id);
    const [grant] = first.grants.list();
    expect(() => first.grants.revoke(grant?.id ?? '')).toThrow('The disk is full');
    await first.cleanup();
  });

  test('a message that cannot be recorded is not said to be sent', async () => {
    const { first, id } = await asked('message');
    expect(() => first.send(id, 'hurry')).toThrow('The disk is full');
    await first.cleanup();
  });

  test('a tool that is about to leave something in the world is told, and does not', async () => {
    const left: string[] = [];
    const effects = {
      ...echoTool(),
      execute: (
        _input: unknown,
        { effect }: { effect: (what: { kind: 'files'; changes: []; folders: [] }) => void },
      ) => {
        effect({ kind: 'files', changes: [], folders: [] });
        left.push('something');
        return {};
      },
    };
    const { first } = session(askOnce, [effects], {
      journal: failing('tool_effect'),
      permissions: { allowlist: [{ tool: 'echo' }] },
    });
    await first.result(start(first, 'go', { tools: [effects] }));
    await first.cleanup();
    expect(left).toEqual([]);
  });
});

test('an answer that was recorded when what came of it was not is used once there is room again', async () => {
  const script: Script = function* () {
    const [echo] = yield { calls: [call('echo', { text: 'hi' })] };
    yield { text: echo?.text ?? '' };
  };
  const journal = failing('relay_resolved');
  const echo = echoTool();
  const { first } = session(script, [echo], { journal });
  start(first, 'go', { tools: [echo] });
  const [relay] = await relaysWaiting(first, 1);
  first.resolveRelay(relay?.id ?? '', { approved: true });
  await first.cleanup();
  // the answer was recorded, what came of it was not: it is used when there is room again
  const copy = memoryJournal();
  copy.append(entriesOf(journal));
  for (const { relayId, answer, at } of journal.answers?.() ?? []) copy.answer?.(relayId, answer, at);
  await using second = await AgentOrchestrator.open({ journal: copy, harness: harnessOf(script), tools: [echo] });
  const [agent] = second.agents();
  expect(await second.result(agent?.id ?? '')).toMatchObject({ text: 'echo: hi' });
  expect(echo.runs).toEqual(['hi']);
});
