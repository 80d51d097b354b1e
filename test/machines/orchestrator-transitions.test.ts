import { describe, expect, test } from 'vitest';
import type { Grant, PendingRelay, Permissions, ToolPermission } from '../../src/events.ts';
import { consume, decideInContext, returnUses } from '../../src/machines/decide-in-context.ts';
import type { CallerEvent, CallRequested, RelayAnswered } from '../../src/machines/protocol.ts';
import {
  initialOrchestratorContext,
  type OnAsk,
  type OrchestratorContext,
  type Step,
} from '../../src/machines/orchestrator-context.ts';
import {
  answerRelay,
  orderQuestions,
  releasesOf,
  requestCall,
  revokeGrant,
  withdrawRelay,
} from '../../src/machines/orchestrator-transitions.ts';
import type { ResumedSession } from '../../src/machines/restored.ts';
import { compilePermissions } from '../../src/permissions/parse.ts';
import { bash, grant } from '../permissions/calls.ts';
import { deaf } from './parts.ts';

const rule = (command: string): ToolPermission => ({ tool: 'bash', params: { command } });
const ref = deaf<CallerEvent>();

interface Shape {
  readonly policy?: Permissions;
  readonly onAsk?: OnAsk;
  readonly grants?: readonly Grant[];
  readonly saved?: ResumedSession;
}
const opened = ({ policy, onAsk = 'wait', grants, saved }: Shape = {}): OrchestratorContext => {
  const context = initialOrchestratorContext({
    policy: compilePermissions(policy, 'p'),
    onAsk,
    ...(saved === undefined ? {} : { saved }),
  });
  return grants === undefined ? context : { ...context, grants };
};
const returned = (patch: Partial<ResumedSession> = {}): ResumedSession => ({
  grants: [],
  pools: new Map(),
  totals: new Map(),
  asked: [],
  count: 1,
  answered: new Set(),
  parked: [],
  ...patch,
});
const requested = (command: string, patch: Partial<CallRequested> = {}): CallRequested => ({
  type: 'call.requested',
  request: { ...bash(command), callId: `root/${command}`, rawCallId: command },
  layers: [],
  proposal: [rule(command)],
  relayId: `r ${command}`,
  at: 100,
  path: ['root'],
  ref,
  ...patch,
});
type Answer = RelayAnswered;
const answer = (relayId: string, patch: Partial<Answer> = {}): Answer => ({
  type: 'relay.answered',
  relayId,
  at: 130,
  by: 'ann',
  approved: true,
  grantIds: ['g1', 'g2'],
  ...patch,
});
const after = (context: OrchestratorContext, { patch }: Step): OrchestratorContext => ({ ...context, ...patch });
const told = ({ messages }: Step) => messages.map(({ event }) => event);
/** Asks about each command, one after another. */
const waiting = (context: OrchestratorContext, ...calls: readonly CallRequested[]): OrchestratorContext =>
  calls.reduce((now, call) => after(now, requestCall(now, call)), context);
const ids = (context: Partial<OrchestratorContext>) => [...(context.pending?.keys() ?? [])];

describe('a call', () => {
  test('that nothing allows waits, and the question says all there is', () => {
    const ruling = requestCall(opened(), requested('ls'));
    const relay: PendingRelay = {
      id: 'r ls',
      kind: 'permission',
      agentId: 'root',
      toolCallId: 'root/ls',
      tool: 'bash',
      params: { command: 'ls' },
      path: ['root'],
      why: 'nothing allows bash to run ls',
      proposal: [rule('ls')],
      covers: { scope: 'all', agentId: 'root', until: 'cleanup' },
      releases: [],
      askedAt: 100,
    };
    expect(told(ruling)).toEqual([{ type: 'call.asked', relayId: 'r ls', relay }]);
    expect(ruling.patch.pending?.get('r ls')).toMatchObject({ relay, mustAsk: false });
    const single = requestCall(opened(), requested('ls', { proposal: null }));
    expect(told(single)).toMatchObject([{ relay: { proposal: null, covers: null, releases: [] } }]);
  });

  test.each<[OnAsk, boolean]>([
    ['deny', false],
    ['fail', true],
  ])('that nothing allows is denied where nobody is there (%s)', (onAsk, fatal) => {
    const ruling = requestCall(opened({ onAsk }), requested('ls'));
    const reason = 'no rule allows this call, and no human can be asked (nothing allows bash to run ls)';
    const decidedBy = { kind: 'policy', id: `onAsk:${onAsk}`, reason };
    expect(told(ruling)).toEqual([{ type: 'call.denied', relayId: 'r ls', decidedBy, reason, fatal }]);
    expect(ruling.patch.pending).toBe(undefined);
  });

  test('that a rule allows or denies is, and nothing waits', () => {
    const context = opened({ policy: { allowlist: [rule('ls *')], deny: [{ ...rule('rm *'), reason: 'no' }] } });
    const allowed = requestCall(context, requested('ls'));
    const decidedBy = { kind: 'rule', id: 'orchestrator.allowlist[0]' };
    const receipt = { grants: [], once: [] };
    expect(told(allowed)).toEqual([{ type: 'call.allowed', relayId: 'r ls', decidedBy, receipt }]);
    const denied = requestCall(context, requested('rm x'));
    const by = { kind: 'rule', id: 'orchestrator.deny[0]', reason: 'no' };
    expect(told(denied)).toEqual([{ type: 'call.denied', relayId: 'r rm x', decidedBy: by, reason: 'no' }]);
  });

  test('that changed since a human saw it asks whatever allows it, and says what changed', () => {
    const context = opened({ policy: { allowlist: [rule('ls *')] } });
    const asks = requestCall(context, requested('ls', { changed: 'it moved', mustAsk: true }));
    expect(told(asks)).toMatchObject([{ type: 'call.asked', relay: { why: 'it moved' } }]);
    expect(asks.patch.pending?.get('r ls')?.mustAsk).toBe(true);
    const both = requestCall(opened(), requested('ls', { changed: 'it moved' }));
    expect(told(both)).toMatchObject([{ relay: { why: 'it moved; nothing allows bash to run ls' } }]);
    expect(told(requestCall(context, requested('ls', { changed: 'it moved' })))).toMatchObject([
      { type: 'call.allowed' },
    ]);
  });

  test('that a human approved runs, unless a rule forbids it or it must be asked about', () => {
    const approval = { relayId: 'r0', by: 'ann', waitedMs: 9 };
    const decidedBy = { kind: 'human', id: 'r0', by: 'ann', waitedMs: 9 };
    const yes = requestCall(opened(), requested('ls', { approval }));
    expect(told(yes)).toEqual([{ type: 'call.allowed', relayId: 'r ls', decidedBy }]);
    expect(told(requestCall(opened(), requested('ls', { approval, mustAsk: true })))).toMatchObject([
      { type: 'call.asked' },
    ]);
    const denied = opened({ policy: { deny: [rule('ls')] } });
    expect(told(requestCall(denied, requested('ls', { approval })))).toMatchObject([{ type: 'call.denied' }]);
  });

  test('that comes again gives back first what it had used, and uses nothing twice', () => {
    const limited = grant(rule('ls'), { usesLeft: 1 });
    const first = requestCall(opened({ grants: [limited] }), requested('ls'));
    const context = after(opened(), first);
    expect(context.grants[0]?.usesLeft).toBe(0);
    const receipt = { grants: ['g1'], once: [] };
    expect(told(first)).toMatchObject([{ type: 'call.allowed', receipt }]);
    const again = requestCall(context, requested('ls', { receipt }));
    expect(told(again)).toMatchObject([{ type: 'call.allowed', receipt }]);
    expect(again.patch.grants?.[0]?.usesLeft).toBe(0);
    expect(told(requestCall(context, requested('ls')))).toMatchObject([{ type: 'call.asked' }]);
    const other = requestCall(context, requested('pwd', { receipt }));
    expect(told(other)).toMatchObject([{ type: 'call.asked' }]);
    expect(other.patch.grants?.[0]?.usesLeft).toBe(1);
  });

  test('that is withdrawn waits no more', () => {
    const context = waiting(opened(), requested('ls'), requested('pwd'));
    expect(ids(withdrawRelay(context, 'r ls'))).toEqual(['r pwd']);
    expect(ids(withdrawRelay(context, 'other'))).toEqual(['r ls', 'r pwd']);
  });
});

describe('a question', () => {
  test('names the other questions that its "always" would settle, and none that must be asked', () => {
    const asked = requested('ls -a', { proposal: [rule('ls *')] });
    const must = requested('ls -b', { mustAsk: true });
    const context = waiting(opened(), requested('ls'), requested('pwd'), must, requested('ls -l'), asked);
    expect(context.pending.get('r ls -a')?.relay.releases).toEqual(['r ls', 'r ls -l']);
    const proposal = [rule('ls *')];
    expect(releasesOf({ pending: context.pending, id: 'r ls -a', proposal })).toEqual(['r ls', 'r ls -l']);
    expect(releasesOf({ pending: context.pending, id: 'r ls', proposal })).toEqual(['r ls -l', 'r ls -a']);
    expect(releasesOf({ pending: context.pending, id: 'x', proposal, scan: 3 })).toEqual(['r ls']);
    expect(releasesOf({ pending: context.pending, id: 'x', proposal, scan: 4 })).toEqual(['r ls', 'r ls -l']);
    expect(releasesOf({ pending: context.pending, id: 'x', proposal, scan: 0 })).toEqual([]);
    expect(releasesOf({ pending: context.pending, id: 'x', proposal: null })).toEqual([]);
  });

  test('looks at 200 others when it is asked', () => {
    const many = Array.from({ length: 202 }, (_, at) => requested(`ls ${at}`, { proposal: null }));
    const context = waiting(opened(), ...many, requested('ls', { proposal: [rule('ls *')] }));
    expect(context.pending.get('r ls')?.relay.releases).toHaveLength(200);
  });
});

describe('an answer', () => {
  const context = waiting(opened(), requested('ls'), requested('pwd'));
  const human = { kind: 'human', id: 'r ls', by: 'ann', waitedMs: 30 };
  const resolution = { relayId: 'r ls', approved: true, by: 'ann', waitedMs: 30 };

  test('to a question that does not stand is nothing', () => {
    expect(answerRelay(context, answer('other'))).toEqual({ patch: {}, messages: [] });
  });

  test('yes lets the call run, and the question is gone', () => {
    const ruling = answerRelay(context, answer('r ls'));
    expect(told(ruling)).toEqual([{ type: 'call.allowed', relayId: 'r ls', decidedBy: human, resolution }]);
    expect(ids(ruling.patch)).toEqual(['r pwd']);
    expect(ruling.patch.grants).toBe(undefined);
  });

  test('that comes before its question waited no time', () => {
    expect(told(answerRelay(context, answer('r ls', { at: 50 })))).toMatchObject([{ decidedBy: { waitedMs: 0 } }]);
  });

  test('no denies the call, with the words of the human or without', () => {
    const said = answerRelay(context, answer('r ls', { approved: false, reason: 'not now' }));
    const refused = { ...resolution, approved: false };
    expect(told(said)).toStrictEqual([
      {
        type: 'call.denied',
        relayId: 'r ls',
        decidedBy: { ...human, reason: 'not now' },
        reason: 'not now',
        resolution: { ...refused, reason: 'not now' },
      },
    ]);
    expect(told(answerRelay(context, answer('r ls', { approved: false })))).toStrictEqual([
      {
        type: 'call.denied',
        relayId: 'r ls',
        decidedBy: { ...human, reason: 'a human said no' },
        reason: 'a human said no',
        resolution: refused,
      },
    ]);
  });

  test('with other arguments, or with what came of the call, says that', () => {
    const edited = answerRelay(context, answer('r ls', { edited: { input: { command: 'x' } } }));
    const approval = { relayId: 'r ls', by: 'ann', waitedMs: 30 };
    const input = { command: 'x' };
    expect(told(edited)).toEqual([
      { type: 'call.edited', relayId: 'r ls', input, approval, resolution: { ...resolution, input } },
    ]);
    const output = { context: 'it ran' };
    const recounted = { type: 'call.outcomeReported', relayId: 'r ls', output, decidedBy: human };
    expect(told(answerRelay(context, answer('r ls', { output })))).toEqual([
      { ...recounted, resolution: { ...resolution, output } },
    ]);
  });

  test('yes to what a rule forbids by now is the no of that rule', () => {
    const forbidden = { ...context, policy: compilePermissions({ deny: [{ ...rule('ls'), reason: 'no ls' }] }, 'p') };
    expect(told(answerRelay(forbidden, answer('r ls')))).toEqual([
      {
        type: 'call.denied',
        relayId: 'r ls',
        decidedBy: { kind: 'rule', id: 'orchestrator.deny[0]', reason: 'no ls' },
        reason: 'no ls',
        resolution: { relayId: 'r ls', approved: false, by: 'rule', reason: 'no ls', waitedMs: 30 },
      },
    ]);
  });

  test('"always" makes grants, which settle what they cover, in the order asked, but for what is held', () => {
    const asked = requested('ls', { proposal: [rule('ls *'), rule('cat *')] });
    const must = requested('ls -m', { mustAsk: true });
    const many = waiting(
      opened(),
      requested('cat a'),
      asked,
      must,
      requested('pwd'),
      requested('ls -l'),
      requested('ls -h'),
    );
    const ruling = answerRelay(many, answer('r ls', { always: true, held: ['r ls -h'] }));
    const grants = [
      {
        id: 'g1',
        permission: rule('ls *'),
        scope: 'all',
        agentId: 'root',
        originRelayId: 'r ls',
        by: 'ann',
        createdAt: 130,
      },
      {
        id: 'g2',
        permission: rule('cat *'),
        scope: 'all',
        agentId: 'root',
        originRelayId: 'r ls',
        by: 'ann',
        createdAt: 130,
      },
    ];
    const released = (command: string, id: string) => ({
      type: 'call.allowed',
      relayId: `r ${command}`,
      decidedBy: { kind: 'grant', id, by: 'ann', waitedMs: 30 },
      receipt: { grants: [], once: [] },
      resolution: { relayId: `r ${command}`, approved: true, by: 'grant', waitedMs: 30 },
    });
    expect(told(ruling)).toStrictEqual([
      { type: 'call.allowed', relayId: 'r ls', decidedBy: human, resolution: { ...resolution, grants } },
      released('cat a', 'g2'),
      released('ls -l', 'g1'),
    ]);
    expect(ids(ruling.patch)).toEqual(['r ls -m', 'r pwd', 'r ls -h']);
    expect(ruling.patch.grants).toEqual(grants);
  });

  test('"always" for so many uses settles no more than that', () => {
    const asked = requested('ls', { proposal: [rule('ls *')] });
    const many = waiting(opened(), asked, requested('ls -a'), requested('ls -b'), requested('ls -c'));
    const ruling = answerRelay(many, answer('r ls', { always: { uses: 2 } }));
    expect(told(ruling)).toHaveLength(3);
    expect(ids(ruling.patch)).toEqual(['r ls -c']);
    expect(ruling.patch.grants).toMatchObject([{ usesLeft: 0 }]);
  });

  test('with fewer ids than rules names the others after the first', () => {
    const asked = requested('ls', { proposal: [rule('ls *'), rule('cat *'), rule('wc *')] });
    const made = (grantIds: readonly string[]) =>
      answerRelay(waiting(opened(), asked), answer('r ls', { always: true, grantIds })).patch.grants?.map(
        ({ id }) => id,
      );
    expect(made(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(made(['a'])).toEqual(['a', 'a.2', 'a.3']);
    expect(made([])).toEqual(['grant.1', 'grant.2', 'grant.3']);
  });

  test('"always" to a call that cannot be made permanent is a yes', () => {
    const single = waiting(opened(), requested('ls', { proposal: null }));
    expect(answerRelay(single, answer('r ls', { always: true })).patch.grants).toBe(undefined);
  });
});

describe('a grant that is taken back', () => {
  test('is gone, and what waits is decided again without it', () => {
    const context = {
      ...waiting(opened(), requested('ls')),
      grants: [grant(rule('ls')), grant(rule('pwd'), { id: 'g2' })],
    };
    const ruling = revokeGrant(context, 'g1', 150);
    expect(ruling.patch.grants?.map(({ id }) => id)).toEqual(['g2']);
    expect([told(ruling), ids(ruling.patch)]).toEqual([[], ['r ls']]);
  });

  test('lets a rule that denies by now say so, with its reason and how long the call waited', () => {
    const context = waiting(opened(), requested('ls'), requested('pwd'));
    const stricter = { ...context, policy: compilePermissions({ deny: [{ ...rule('ls'), reason: 'no ls' }] }, 'p') };
    const ruling = revokeGrant(stricter, 'g1', 150);
    expect(told(ruling)).toStrictEqual([
      {
        type: 'call.denied',
        relayId: 'r ls',
        decidedBy: { kind: 'rule', id: 'orchestrator.deny[0]', reason: 'no ls', waitedMs: 50 },
        reason: 'no ls',
        resolution: { relayId: 'r ls', approved: false, by: 'rule', waitedMs: 50, reason: 'no ls' },
      },
    ]);
    expect(ids(ruling.patch)).toEqual(['r pwd']);
  });
});

describe('after a restart', () => {
  const standing = (askedAt: number): PendingRelay => ({
    id: 'old',
    kind: 'permission',
    agentId: 'root',
    toolCallId: 'root/ls',
    tool: 'bash',
    params: {},
    path: ['root'],
    why: 'it was asked',
    proposal: null,
    covers: null,
    releases: [],
    askedAt,
  });
  const back = (patch: Partial<CallRequested> = {}) =>
    requested('ls', { relayId: 'old', standing: standing(60), ...patch });

  test('what was known is known: grants, pools, how many agents there were', () => {
    const grants = [grant(rule('ls'))];
    const saved = returned({ grants, pools: new Map([['a', [rule('x')]]]), totals: new Map([['a', 4]]) });
    const context = opened({ saved });
    expect([context.grants, context.pools.get('a'), context.trees.get('a')]).toEqual([
      grants,
      [rule('x')],
      { live: 0, total: 4 },
    ]);
    expect(opened()).toMatchObject({ grants: [], liveAgents: 0 });
    expect([opened().pools.size, opened().trees.size, opened().pending.size]).toEqual([0, 0, 0]);
  });

  test('a question stands again, and nobody is told', () => {
    const ruling = requestCall(opened({ saved: returned() }), back());
    expect(ruling.messages).toEqual([]);
    expect(ruling.patch.pending?.get('old')).toMatchObject({ relay: standing(60), mustAsk: false });
    expect(requestCall(opened(), back({ mustAsk: true })).patch.pending?.get('old')?.mustAsk).toBe(true);
  });

  test('a question that a rule settles by now is settled as if it had waited', () => {
    const context = opened({ policy: { allowlist: [rule('ls')] }, saved: returned() });
    expect(told(requestCall(context, back()))).toMatchObject([
      {
        type: 'call.allowed',
        relayId: 'old',
        decidedBy: { kind: 'rule', waitedMs: 40 },
        resolution: { waitedMs: 40, by: 'rule' },
      },
    ]);
    expect(requestCall(context, back()).patch.pending?.has('old')).toBe(false);
    expect(told(requestCall(context, back({ mustAsk: true })))).toEqual([]);
  });

  test('an answer that is recorded counts more than a rule, and more than that nobody is there', () => {
    const saved = returned({ answered: new Set(['old']) });
    const context = opened({ policy: { allowlist: [rule('ls')] }, saved });
    expect(requestCall(context, back()).messages).toEqual([]);
    expect(requestCall(context, back()).patch.pending?.has('old')).toBe(true);
    expect(requestCall(opened({ onAsk: 'deny', saved }), back()).messages).toEqual([]);
  });

  test('where nobody is there any more, the question is denied', () => {
    const ruling = requestCall(opened({ onAsk: 'fail', saved: returned() }), back());
    const reason = 'no rule allows this call, and no human can be asked (it was asked)';
    expect(told(ruling)).toEqual([
      {
        type: 'call.denied',
        relayId: 'old',
        decidedBy: { kind: 'policy', id: 'onAsk:fail', reason },
        reason,
        fatal: true,
        resolution: { relayId: 'old', approved: false, by: 'rule', reason, waitedMs: 40 },
      },
    ]);
    expect(ruling.patch.pending).toBe(undefined);
    const early = requestCall(opened({ onAsk: 'deny' }), back({ standing: standing(200) }));
    expect(told(early)).toMatchObject([{ resolution: { waitedMs: 0 }, fatal: false }]);
  });

  test('questions stand in the order in which they were asked, new ones behind them', () => {
    const context = waiting(
      opened({ saved: returned({ asked: ['r b', 'gone', 'r a'] }) }),
      requested('a'),
      requested('c'),
      requested('b'),
    );
    expect(ids(orderQuestions(context))).toEqual(['r b', 'r a', 'r c']);
    expect(ids(orderQuestions(waiting(opened(), requested('a'), requested('b'))))).toEqual(['r a', 'r b']);
  });
});

describe('a call of unknown outcome', () => {
  const cut = (patch: Partial<CallRequested> = {}) => requested('ls', { unknown: 'it was cut', ...patch });
  const relay: PendingRelay = {
    id: 'r ls',
    kind: 'unknown_outcome',
    agentId: 'root',
    toolCallId: 'root/ls',
    tool: 'bash',
    params: { command: 'ls' },
    path: ['root'],
    why: 'it was cut',
    proposal: null,
    covers: null,
    releases: [],
    askedAt: 100,
  };

  test('is asked about whatever rules there are, and no rule and no grant settles it', () => {
    const context = opened({ policy: { allowlist: [rule('ls')] } });
    const ruling = requestCall(context, cut());
    expect(told(ruling)).toEqual([{ type: 'call.asked', relayId: 'r ls', relay }]);
    expect(ruling.patch.pending?.get('r ls')).toMatchObject({ relay, mustAsk: true });
    const again = revokeGrant(
      { ...after(context, ruling), policy: compilePermissions({ deny: [rule('ls')] }, 'p') },
      'x',
      1,
    );
    expect([told(again), ids(again.patch)]).toEqual([[], ['r ls']]);
  });

  test('stands again after a restart, and nobody is told', () => {
    const ruling = requestCall(opened(), cut({ standing: { ...relay, id: 'old' } }));
    expect([told(ruling), ids(ruling.patch)]).toEqual([[], ['old']]);
  });

  test('is given up where nobody is there to say', () => {
    const reason = 'the outcome of this call is unknown, and no human can be asked (it was cut)';
    const decidedBy = { kind: 'policy', id: 'onAsk:deny', reason };
    const denied = { type: 'call.denied', relayId: 'r ls', decidedBy, reason, fatal: false };
    expect(told(requestCall(opened({ onAsk: 'deny' }), cut()))).toStrictEqual([denied]);
    const standing = requestCall(opened({ onAsk: 'deny' }), cut({ standing: { ...relay, askedAt: 60 } }));
    const resolution = { relayId: 'r ls', approved: false, by: 'rule', reason, waitedMs: 40 };
    expect(told(standing)).toStrictEqual([{ ...denied, resolution }]);
    const early = requestCall(opened({ onAsk: 'deny' }), cut({ standing: { ...relay, askedAt: 600 } }));
    expect(told(early)).toMatchObject([{ resolution: { waitedMs: 0 } }]);
  });

  test('waits for its own answer where that is recorded', () => {
    const saved = returned({ answered: new Set(['r ls']) });
    const ruling = requestCall(opened({ onAsk: 'deny', saved }), cut({ standing: relay }));
    expect([told(ruling), ids(ruling.patch)]).toEqual([[], ['r ls']]);
    expect(told(requestCall(opened({ onAsk: 'deny', saved }), cut()))).toMatchObject([{ type: 'call.denied' }]);
  });
});

describe('what a decision uses', () => {
  const pool = [rule('a'), rule('b'), rule('a')];
  const entry = (at: number) => ({ agentId: 'x', permission: pool[at] ?? rule('none') });
  const context = { ...opened({ grants: [grant(rule('ls'), { usesLeft: 2 })] }) };
  const pooled = { ...context, pools: context.pools.set('x', pool) };
  const allow = (grants: string[], once: { agentId: string; permission: ToolPermission }[]) =>
    ({ type: 'allow', decidedBy: { kind: 'rule' }, consume: { grants, once } }) as const;

  test('is taken once, by the object that the pool holds', () => {
    const { pools, grants } = consume(pooled, allow(['g1'], [entry(0), entry(1)]));
    expect([pools?.get('x'), grants?.[0]?.usesLeft]).toEqual([[pool[2]], 1]);
    expect(consume(pooled, allow([], [{ agentId: 'x', permission: rule('a') }])).pools?.get('x')).toEqual(pool);
    expect(consume(pooled, allow([], [{ agentId: 'y', permission: rule('a') }])).pools?.has('y')).toBe(false);
    expect(consume(pooled, { type: 'ask', why: '' })).toEqual({});
  });

  test('is given back, unless what it came from is gone', () => {
    const receipt = {
      grants: ['g1'],
      once: [
        { agentId: 'x', permission: rule('c') },
        { agentId: 'y', permission: rule('c') },
      ],
    };
    const { pools, grants } = returnUses(pooled, receipt);
    expect(pools.get('x')).toEqual([rule('c'), ...pool]);
    expect([pools.has('y'), grants[0]?.usesLeft]).toEqual([false, 3]);
    expect(returnUses(pooled, undefined)).toEqual({ pools: pooled.pools, grants: pooled.grants });
  });

  test('follows from the policy, the grants, the pools and the time', () => {
    const call = { request: bash('ls'), layers: [] };
    expect(decideInContext(context, call, 5).type).toBe('allow');
    expect(decideInContext({ ...context, grants: [grant(rule('ls'), { expiresAt: 5 })] }, call, 5).type).toBe('ask');
    expect(decideInContext({ ...context, grants: [grant(rule('ls'), { expiresAt: 6 })] }, call, 5).type).toBe('allow');
    expect(decideInContext(opened(), call, 5).type).toBe('ask');
  });
});
