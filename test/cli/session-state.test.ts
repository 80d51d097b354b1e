/** What a recorded session comes to, what is said of it, and what it is called. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resumeNotices } from '../../src/cli/sessions/resume-notices.ts';
import { resumedSettings, type RunSettings } from '../../src/cli/run/settings.ts';
import { sessionHandle } from '../../src/cli/sessions/files.ts';
import { sessionState, unanswered } from '../../src/cli/sessions/session-state.ts';
import type { Grant } from '../../src/index.ts';
import { leaveAnswer, openSession } from '../../src/journal/index.ts';
import { asks, begins, type Happening, record, SETTINGS, settles } from './asking-session.ts';
import { temporaryFolder } from './cli.ts';

const calls = (id: string, name: string): Happening[] => [
  { type: 'tool_call', id: `a/${id}`, name, input: { command: id, path: id } },
  { type: 'tool_start', id: `a/${id}` },
];
const gives = (id: string): Happening => ({
  type: 'tool_result',
  id: `a/${id}`,
  name: 'bash',
  status: 'ok',
  output: {},
});

function stateAfter(...happenings: readonly Happening[]) {
  using state = temporaryFolder();
  const file = record({ state: state.path, id: 's1' }, [begins('lead'), ...happenings]);
  using session = openSession(file);
  return { info: session.info(), state: sessionState(session) };
}

describe('calls that will be asked about once the session goes on', () => {
  const interrupted = (...happenings: readonly Happening[]) =>
    stateAfter(...happenings).state.interrupted.map(({ tool, path }) => `${path.join('/')}: ${tool}`);

  test('those that had started and gave no result', () => {
    expect(interrupted(...calls('one', 'bash'), gives('one'), ...calls('two', 'write'))).toEqual(['lead: write']);
  });

  test('none that are simply run again', () => {
    expect(interrupted(...calls('one', 'read'), ...calls('two', 'search'), ...calls('three', 'agent'))).toEqual([]);
  });

  test('none that have a question already, and none of an agent that was to end', () => {
    const question: Happening[] = asks({ id: 'one', kind: 'unknown_outcome' });
    expect(interrupted(...calls('one', 'bash'), ...question.slice(1))).toEqual([]);
    expect(interrupted(...calls('one', 'bash'), { type: 'stopping', status: 'cancelled' })).toEqual([]);
  });
});

test('open questions are those that were not settled; what "always" would release is what is still open', () => {
  using state = temporaryFolder();
  const happened = [
    begins('lead'),
    ...asks({ id: 'r1' }),
    ...asks({ id: 'r2', releases: ['r1', 'r3'] }),
    ...asks({ id: 'r3' }),
    settles('r1'),
  ];
  const file = record({ state: state.path, id: 's1' }, happened);
  leaveAnswer(file, 'r3', { approved: false });
  using session = openSession(file);
  const found = sessionState(session);
  expect(found.open.map(({ id, releases }) => [id, releases])).toEqual([
    ['r2', ['r3']],
    ['r3', []],
  ]);
  expect([...found.settled.keys()]).toEqual(['r1']);
  expect(unanswered(found).map(({ id }) => id)).toEqual(['r2']);
});

test('before it goes on a human is told what holds again, for whom, how often and how long', () => {
  const now = Date.now();
  const grant = (id: string, more: Partial<Grant> = {}): Grant => ({
    id,
    permission: { tool: 'bash', params: { command: `run ${id}` } },
    scope: 'all',
    agentId: 'a',
    originRelayId: 'r1',
    by: 'human',
    createdAt: now,
    ...more,
  });
  const grants = [
    grant('g1'),
    grant('g2', { scope: 'subtree', usesLeft: 3, by: 'ann' }),
    grant('g3', { scope: 'agent', expiresAt: now + 7_300_000 }),
    grant('gone', { expiresAt: now - 1 }),
  ];
  const resolved: Happening = { ...settles('r1'), grants } as Happening;
  const found = stateAfter(...asks({ id: 'r1' }), resolved, ...calls('deploy', 'bash'));
  const saved = { ...SETTINGS, allow: ['bash(npm test)'] };
  const notices = resumeNotices({ ...found, saved, isLatest: false, now: found.state.lastAt + 60_000 });
  expect(notices.slice(1).join('\n').split('\n')).toEqual([
    'Last event 1 minute ago; its agent continues. No question is open.',
    'Permissions given earlier are in force again:',
    '  bash(npm test): with --allow',
    '  bash(run g1): for every agent, by you',
    '  bash(run g2): for lead and its subagents, 3 more uses, by ann',
    '  bash(run g3): for lead, for 2 hours more, by you',
    '1 call was interrupted, with an unknown outcome. You are asked before a call runs again:',
    '  lead: bash: deploy',
  ]);
});

describe('the settings that a run goes on with', () => {
  const saved: RunSettings = {
    ...SETTINGS,
    model: 'a/1',
    allow: ['read'],
    maxAgents: 3,
    sandbox: 'bwrap',
    sandboxNetwork: true,
  };

  test('are its own where nothing is said', () => {
    expect(resumedSettings(saved, { allow: [] })).toEqual(saved);
  });

  test('another model stands in for all before it, and rules are added', () => {
    const second = resumedSettings(saved, { allow: ['bash(ls)', 'read'], model: 'b/2' });
    expect(second).toMatchObject({ model: 'b/2', formerModels: ['a/1'], allow: ['read', 'bash(ls)'] });
    expect(resumedSettings(second, { allow: [], model: 'a/1' })).toMatchObject({ model: 'a/1', formerModels: ['b/2'] });
  });

  test('without a sandbox there is nothing to be said of its network', () => {
    const { sandbox, sandboxNetwork } = resumedSettings(saved, { allow: [], sandbox: 'none' });
    expect({ sandbox, sandboxNetwork }).toEqual({ sandbox: 'none', sandboxNetwork: undefined });
  });
});

test('a session is called by the shortest beginning of its id that means no other, or by its file as a shell takes it', () => {
  using state = temporaryFolder();
  const env = { XDG_STATE_HOME: state.path };
  const folder = join(state.path, 'greenroom/sessions');
  mkdirSync(folder, { recursive: true });
  for (const id of ['0199aaaa-1111', '0199aaaa-1222', '0199bbbb-3']) writeFileSync(join(folder, `${id}.sqlite`), '');
  expect(sessionHandle(join(folder, '0199bbbb-3.sqlite'), env)).toBe('0199bbbb');
  expect(sessionHandle(join(folder, '0199aaaa-1222.sqlite'), env)).toBe('0199aaaa-12');
  expect(sessionHandle('/srv/run 1.sqlite', env)).toBe("'/srv/run 1.sqlite'");
  expect(sessionHandle("/srv/it's.sqlite", env)).toBe(`'/srv/it'\\''s.sqlite'`);
});
