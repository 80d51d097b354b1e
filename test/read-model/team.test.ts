/** The fold of the stream. That it equals the orchestrator at every moment is a law: test/lifecycle/laws.test.ts. */
import { describe, expect, test } from 'vitest';
import { type Envelope, type Grant, type HarnessEvent } from '../../src/index.ts';
import { createTeam } from '../../src/read-model/team.ts';

/** A team that was told these events, each of the agent that it names. */
function told(...events: readonly HarnessEvent[]) {
  const team = createTeam();
  const more = (...later: readonly HarnessEvent[]) => {
    for (const event of later) team.apply({ seq: team.seq + 1, at: 0, agentId: event.runId, event } satisfies Envelope);
    return team;
  };
  more(...events);
  return { team, more };
}

const begin = (runId: string): HarnessEvent => ({ type: 'harness_start', runId, name: runId, path: [runId] });
const end = (runId: string): HarnessEvent => ({ type: 'harness_end', runId, status: 'completed', text: '' });
const ask = (runId: string, id: string): HarnessEvent => ({
  type: 'relay',
  runId,
  id,
  kind: 'permission',
  toolCallId: `${runId}/c`,
  tool: 'x',
  params: {},
});
const resolve = (runId: string, relayId: string, grants: Grant[] = []): HarnessEvent => ({
  type: 'relay_resolved',
  runId,
  relayId,
  toolCallId: `${runId}/c`,
  approved: true,
  by: 'human',
  grants,
});
const grant = (id: string, agentId: string, more: Partial<Grant> = {}): Grant => ({
  id,
  permission: { tool: 'x' },
  scope: 'all',
  agentId,
  originRelayId: 'r',
  by: 'human',
  createdAt: 0,
  ...more,
});
const ranOn = (runId: string, id: string): HarnessEvent => ({
  type: 'tool_start',
  runId,
  id: `${runId}/c`,
  decidedBy: { kind: 'grant', id },
  used: { grants: [id], once: [] },
});

const asks = (runId: string, id: string): HarnessEvent => ({ type: 'tool_call', runId, id, name: 'x', input: {} });
const starts = (runId: string, id: string): HarnessEvent => ({ type: 'tool_start', runId, id });
const gives = (runId: string, id: string): HarnessEvent => ({
  type: 'tool_result',
  runId,
  id,
  name: 'x',
  output: {},
  status: 'ok',
});
const says = (runId: string): HarnessEvent => ({ type: 'text', runId, id: 't', content: 'so' });

describe('a team', () => {
  test('shows what an agent is at: its model, the calls that run, the calls that do not yet', () => {
    const { team, more } = told(begin('a'));
    expect(team.agent('a')).toMatchObject({ phase: 'thinking', startedAt: 0 });
    more(says('a'));
    expect(team.agent('a')?.phase).toBe('writing');
    more(asks('a', '1'), asks('a', '2'), starts('a', '2'));
    const calls = [
      { id: '1', tool: 'x', running: false },
      { id: '2', tool: 'x', running: true },
    ];
    expect(team.agent('a')).toMatchObject({ phase: 'thinking', calls });
    more(gives('a', '1'), gives('a', '2'));
    expect(team.agent('a')).not.toHaveProperty('calls');
    more(end('a'));
    expect(team.agent('a')).toMatchObject({ state: 'done', endedAt: 0 });
    expect(team.agent('a')).not.toHaveProperty('phase');
  });

  test('forgets those that ended first, also when it began in the middle', () => {
    const count = 1003;
    const names = Array.from({ length: count }, (_, index) => `a${index}`);
    // they end in the other order than they began
    const events = [...names.map(begin), ...names.toReversed().map(end)];
    const { team: whole } = told(...events);
    const { team: early } = told(...events.slice(0, -2));
    const { team, more } = told();
    const agents = [...early.agents()];
    team.apply({
      seq: early.seq,
      at: 0,
      agentId: 'orchestrator',
      event: { type: 'resync', runId: 'orchestrator', agents, relays: [], grants: [] },
    });
    more(...events.slice(-2));
    expect(team.agents().map(({ id }) => id)).toEqual(whole.agents().map(({ id }) => id));
    expect(whole.agent('a1002')).toBe(undefined);
  });

  test('goes on from a state in the middle as if it had seen it all', () => {
    const events = [
      begin('a'),
      says('a'),
      asks('a', '1'),
      ask('a', 'q1'),
      begin('b'),
      asks('b', '2'),
      starts('b', '2'),
      resolve('a', 'q1', [grant('g', 'a', { usesLeft: 2 })]),
      ranOn('a', 'g'),
      gives('b', '2'),
      end('b'),
      gives('a', '1'),
      says('a'),
      end('a'),
    ];
    for (let at = 0; at <= events.length; at += 1) {
      const { team: early } = told(...events.slice(0, at));
      const state = { agents: [...early.agents()], relays: [...early.relays()], grants: [...early.grants()] };
      const { team, more } = told();
      team.apply({
        seq: at,
        at: 0,
        agentId: 'orchestrator',
        event: { type: 'resync', runId: 'orchestrator', ...state },
      });
      more(...events.slice(at));
      const { team: whole } = told(...events);
      expect([team.agents(), team.relays(), team.grants()]).toEqual([whole.agents(), whole.relays(), whole.grants()]);
    }
  });

  test('shows an agent as waiting until the last of its questions is settled', () => {
    const { team, more } = told(begin('a'), ask('a', 'q1'), ask('a', 'q2'));
    expect(team.agent('a')?.state).toBe('awaitingRelay');
    more(resolve('a', 'q1'));
    expect(team.agent('a')?.state).toBe('awaitingRelay');
    more(resolve('a', 'q2'));
    expect(team.agent('a')?.state).toBe('running');
    expect(team.relays()).toEqual([]);
  });

  test('counts a question that is settled twice once', () => {
    const { team, more } = told(begin('a'), ask('a', 'q1'), ask('a', 'q2'), resolve('a', 'q1'));
    more(resolve('a', 'q1'));
    expect(team.agent('a')?.state).toBe('awaitingRelay');
  });

  test('forgets the oldest ended agents over a thousand, and never one that lives', () => {
    const { team, more } = told(begin('alive'));
    for (let n = 0; n < 1003; n += 1) more(begin(`a${n}`), end(`a${n}`));
    expect(team.agents()).toHaveLength(1001);
    expect(team.agent('alive')?.state).toBe('running');
    expect(team.agent('a2')).toBeUndefined();
    expect(team.agent('a3')?.state).toBe('done');
  });

  test('forgets them after a resync as well', () => {
    const before = told(begin('alive'));
    for (let n = 0; n < 1000; n += 1) before.more(begin(`a${n}`), end(`a${n}`));
    const { team, more } = told({
      type: 'resync',
      runId: 'orchestrator',
      agents: [...before.team.agents()],
      relays: [],
      grants: [],
    });
    more(begin('b'), end('b'));
    expect(team.agents()).toHaveLength(1001);
    expect(team.agent('a0')).toBeUndefined();
  });

  test('takes the place of whatever it knew when it is told a resync', () => {
    const { team, more } = told(begin('a'), ask('a', 'q1'), begin('b'));
    const other = told(begin('b'), ask('b', 'q2'));
    more({
      type: 'resync',
      runId: 'orchestrator',
      agents: [...other.team.agents()],
      relays: [...other.team.relays()],
      grants: [grant('g', 'b')],
    });
    expect(team.agents()).toEqual(other.team.agents());
    expect(team.relays()).toEqual(other.team.relays());
    expect(team.grants()).toEqual([grant('g', 'b')]);
    more(resolve('b', 'q2'));
    expect(team.agent('b')?.state).toBe('running');
  });

  test('drops a grant with its agent when it was only for it, and when its uses are used up or it is revoked', () => {
    const grants = [
      grant('for-all', 'a'),
      grant('revoked', 'a'),
      grant('for-agent', 'a', { scope: 'agent' }),
      grant('for-subtree', 'a', { scope: 'subtree' }),
      grant('of-another', 'b', { scope: 'agent' }),
      grant('twice', 'a', { usesLeft: 2 }),
    ];
    const { team, more } = told(begin('a'), begin('b'), ask('a', 'q'), resolve('a', 'q', grants));
    expect(team.grants()).toEqual(grants);
    more(ranOn('b', 'twice'), ranOn('b', 'for-all'));
    expect(team.grants().find(({ id }) => id === 'twice')?.usesLeft).toBe(1);
    more(
      ranOn('b', 'twice'),
      { type: 'grant_revoked', runId: 'orchestrator', grantId: 'revoked', by: 'human' },
      end('a'),
    );
    expect(team.grants().map(({ id }) => id)).toEqual(['for-all', 'of-another']);
  });

  test('adds usage up and takes the sum that the agent ends with', () => {
    const { team, more } = told(begin('a'), { type: 'usage', runId: 'a', inputTokens: 1, outputTokens: 2 });
    more({ type: 'usage', runId: 'a', inputTokens: 3, outputTokens: 4 });
    expect(team.agent('a')?.usage).toEqual({ inputTokens: 4, outputTokens: 6 });
    more({ type: 'harness_end', runId: 'a', status: 'limited', usage: { inputTokens: 9, outputTokens: 9 } });
    expect(team.agent('a')).toMatchObject({ state: 'done', status: 'limited', usage: { inputTokens: 9 } });
  });
});
