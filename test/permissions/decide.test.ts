import { describe, expect, test } from 'vitest';
import { decide } from '../../src/permissions/decide.ts';
import { bash, call, decided, grant, NOW, state, under } from './calls.ts';

const STATUS = { tool: 'bash', params: { command: 'git status *' } };
const PUSH = { tool: 'bash', params: { command: 'git push *' } };

describe('the order of decisions', () => {
  test('1 an orchestrator deny beats every allow', () => {
    const decision = decided(bash('git push'), {
      policy: { deny: [{ ...PUSH, reason: 'no pushing' }], allowlist: [PUSH] },
      agents: { root: { allowlist: [PUSH], allowOnce: [PUSH] } },
      grants: [grant(PUSH)],
    });
    const decidedBy = { kind: 'rule', id: 'orchestrator.deny[0]', reason: 'no pushing' };
    expect(decision).toEqual({ type: 'deny', decidedBy, reason: 'no pushing' });
  });

  test('2 an agent deny beats a saved allow ("A saved allow beat a later deny")', () => {
    const decision = decided(bash('git push'), { agents: { root: { deny: [PUSH] } }, grants: [grant(PUSH)] });
    expect(decision).toMatchObject({ type: 'deny', decidedBy: { id: 'root.deny[0]' } });
    expect(decision).toHaveProperty('reason', 'denied by the rule bash(git push *)');
  });

  test('3 the shared allowlist comes before the agent allowlist, its rules before grants', () => {
    const agents = { root: { allowlist: [STATUS] } };
    const consume = { grants: [], once: [] };
    expect(decided(bash('git status'), { policy: { allowlist: [STATUS] }, agents, grants: [grant(STATUS)] })).toEqual({
      type: 'allow',
      decidedBy: { kind: 'rule', id: 'orchestrator.allowlist[0]' },
      consume,
    });
    expect(decided(bash('git status'), { agents, grants: [grant(STATUS)] })).toEqual({
      type: 'allow',
      decidedBy: { kind: 'grant', id: 'g1', by: 'ann' },
      consume,
    });
  });

  test('4 the agent allowlist comes before allowOnce, so nothing is used up', () => {
    const decision = decided(bash('git status'), { agents: { root: { allowlist: [STATUS], allowOnce: [STATUS] } } });
    const decidedBy = { kind: 'rule', id: 'root.allowlist[0]' };
    expect(decision).toEqual({ type: 'allow', decidedBy, consume: { grants: [], once: [] } });
  });

  test('5 allowOnce names the entry that is used up, as the pool holds it', () => {
    const decision = decided(bash('git status'), { agents: { root: { allowOnce: [STATUS] } } });
    expect(decision).toEqual({
      type: 'allow',
      decidedBy: { kind: 'once', id: 'root.allowOnce bash(git status *)' },
      consume: { grants: [], once: [{ agentId: 'root', permission: STATUS }] },
    });
    expect(decision.type === 'allow' && decision.consume.once[0]?.permission).toBe(STATUS);
  });

  test('6 what nothing covers asks and says why', () => {
    expect(decided(bash('git push'), {})).toEqual({ type: 'ask', why: 'nothing allows bash to run git push' });
    expect(decided(bash('a; b'), {})).toHaveProperty('why', 'nothing allows bash to run a (in a; b)');
    expect(decided(bash('a > b'), {})).toHaveProperty(
      'why',
      'nothing allows bash to run a > b (only an exact rule can cover it: ">" writes a file)',
    );
  });
});

describe('deny', () => {
  test('by toolCallId takes the raw id and the full id ("Deny worked only by an id nobody could see")', () => {
    for (const toolCallId of ['c1', 'root/c1']) {
      const decision = decided(bash('ls'), { policy: { allowlist: [{ tool: 'bash' }], deny: [{ toolCallId }] } });
      expect(decision.type).toBe('deny');
    }
    expect(decided(bash('ls'), { policy: { allowlist: [{ tool: 'bash' }], deny: [{ toolCallId: 'c2' }] } }).type).toBe(
      'allow',
    );
  });

  test('one subject that a deny rule hits denies the whole call', () => {
    const request = call('patch', {}, { subjects: [{ path: '/a' }, { path: '/b' }] });
    const decision = decided(request, {
      policy: { allowlist: [{ tool: 'patch' }], deny: [{ tool: 'patch', params: { path: '/b' } }] },
    });
    expect(decision.type).toBe('deny');
  });

  test('a rule without params denies a call whose subjects are unknown; one with params makes it ask', () => {
    const request = call('read', { path: '' }, { subjects: null });
    const allowlist = [{ tool: 'read' }];
    expect(decided(request, { policy: { allowlist, deny: [{ tool: 'read' }] } }).type).toBe('deny');
    const asked = decided(request, { policy: { allowlist, deny: [{ tool: 'read', params: { path: '**/.env' } }] } });
    expect(asked).toEqual({
      type: 'ask',
      why: 'orchestrator.deny[0] may forbid this call: the rule read(**/.env) cannot be checked against it',
    });
  });

  test('a certain deny further down beats an undecided one above', () => {
    const deny = [{ tool: 'bash', params: { command: 'rm *' } }];
    const decision = decided(bash('a; b'), { policy: { deny }, agents: { root: { deny: [{ tool: 'bash' }] } } });
    expect(decision).toMatchObject({ type: 'deny', decidedBy: { id: 'root.deny[0]' } });
  });

  test('no length and no syntax takes a command past a deny rule ("Over 50 sub-commands the deny rules were skipped")', () => {
    const deny = [{ tool: 'bash', params: { command: 'rm *' } }];
    const policy = { allowlist: [{ tool: 'bash' }], deny };
    const hidden = [
      Array(60).fill('echo a').join(' && ') + ' && rm -rf x',
      'exec rm x',
      "'rm' x",
      'r\\m x',
      '$(echo rm) x',
    ];
    for (const command of hidden) expect(decided(bash(command), { policy }).type).toBe('ask');
    expect(decided(bash(`ls ${'a'.repeat(9000)}`), { policy }).type).toBe('ask');
    expect(decided(bash('rm -rf x'), { policy }).type).toBe('deny');
    expect(decided(bash('ls -la'), { policy }).type).toBe('allow');
  });

  test('holds in every folder, while an allow without cwd holds only in the workspace root', () => {
    const input = { command: 'git push', cwd: '/tmp' };
    expect(decided(call('bash', input), { policy: { allowlist: [{ tool: 'bash' }], deny: [PUSH] } }).type).toBe('deny');
    expect(under(PUSH, call('bash', input))).toBe('ask');
  });

  test('looks at the arguments too when subjects leave them out', () => {
    const request = call('write', { path: '/a', content: 'my secret' }, { subjects: [{ path: '/a' }] });
    const deny = (pattern: unknown) => [{ tool: 'write', params: { content: pattern } }];
    expect(decided(request, { policy: { allowlist: [{ tool: 'write' }], deny: deny('*secret*') } }).type).toBe('deny');
    expect(decided(request, { policy: { allowlist: [{ tool: 'write' }], deny: deny('*other*') } }).type).toBe('allow');
  });

  test('a text pattern held against a list asks', () => {
    const deny = [{ tool: 'fetch', params: { url: 'http://evil*' } }];
    const request = call('fetch', { url: ['http://evil.example'] });
    expect(decided(request, { policy: { allowlist: [{ tool: 'fetch' }], deny } }).type).toBe('ask');
  });
});

describe('several subjects', () => {
  const request = call('patch', {}, { subjects: [{ path: '/a' }, { path: '/b' }, { path: '/c' }] });
  const rule = (path: string) => ({ tool: 'patch', params: { path } });

  test('every one must be covered, by whichever steps; decidedBy lists them', () => {
    const shape = { policy: { allowlist: [rule('/a')] }, agents: { root: { allowlist: [rule('/b')] } } };
    expect(decided(request, shape).type).toBe('ask');
    expect(decided(request, { ...shape, grants: [grant(rule('/c'))] })).toMatchObject({
      type: 'allow',
      decidedBy: { kind: 'rule', id: 'orchestrator.allowlist[0], root.allowlist[0], g1' },
    });
  });

  test('one call uses a grant once, and one allowOnce entry covers all it matches in that call', () => {
    const limited = grant(rule('/*'), { usesLeft: 1 });
    expect(decided(request, { grants: [limited] })).toMatchObject({
      type: 'allow',
      consume: { grants: ['g1'], once: [] },
    });
    const once = decided(request, { agents: { root: { allowOnce: [rule('/*')] } } });
    expect(once).toMatchObject({ type: 'allow', consume: { grants: [], once: [{ agentId: 'root' }] } });
  });

  test('none at all counts as unknown, never as covered', () => {
    const empty = { ...request, subjects: [] };
    expect(decided(empty, { policy: { allowlist: [rule('/**')] } }).type).toBe('ask');
    expect(decided(empty, { policy: { allowlist: [{ tool: 'patch' }] } }).type).toBe('ask');
  });

  test('that cannot be told ask even where a rule covers the whole tool, when a path is among the arguments', () => {
    const shape = { subjects: null };
    for (const tool of ['read', 'write', 'patch', 'search', 'rename']) {
      const decision = decided(call(tool, { path: 'loop' }, shape), { policy: { allowlist: [{ tool }] } });
      expect(decision.type).toBe('ask');
    }
    expect(decided(call('fetch', { url: 'x' }, shape), { policy: { allowlist: [{ tool: 'fetch' }] } }).type).toBe(
      'allow',
    );
  });
});

describe('grants', () => {
  const child = bash('git status', { lineage: ['root', 'child'] });
  const sibling = bash('git status', { lineage: ['root', 'sibling'] });

  test('reach all agents, a subtree or one agent', () => {
    const given = (scope: 'all' | 'subtree' | 'agent', agentId: string) => ({
      grants: [grant(STATUS, { scope, agentId })],
    });
    expect(decided(sibling, given('all', 'child')).type).toBe('allow');
    expect(decided(child, given('subtree', 'root')).type).toBe('allow');
    expect(decided(sibling, given('subtree', 'child')).type).toBe('ask');
    expect(decided(child, given('agent', 'child')).type).toBe('allow');
    expect(decided(child, given('agent', 'root')).type).toBe('ask');
  });

  test('end at their expiry and when used up', () => {
    expect(decided(child, { grants: [grant(STATUS, { expiresAt: NOW + 1 })] }).type).toBe('allow');
    expect(decided(child, { grants: [grant(STATUS, { expiresAt: NOW })] }).type).toBe('ask');
    expect(decided(child, { grants: [grant(STATUS, { usesLeft: 0 })] }).type).toBe('ask');
  });

  test('without a number of uses are taken before those that have one', () => {
    const grants = [grant(STATUS, { id: 'a', usesLeft: 3 }), grant(STATUS, { id: 'b', createdAt: 2 })];
    expect(decided(child, { grants })).toMatchObject({ decidedBy: { id: 'b' }, consume: { grants: [] } });
  });

  test('whose rule does not compile cover nothing and break nothing', () => {
    const broken = grant({ tool: 'bash', params: { command: '' } }, { id: 'broken' });
    expect(decided(child, { grants: [broken] }).type).toBe('ask');
    expect(decided(child, { grants: [broken, grant(STATUS)] }).type).toBe('allow');
  });

  test('mean what they say now, also when somebody changed the object', () => {
    const permission = { tool: 'bash', params: { command: 'git status *' } };
    expect(decided(child, { grants: [grant(permission)] }).type).toBe('allow');
    permission.params.command = 'git log *';
    expect(decided(child, { grants: [grant(permission)] }).type).toBe('ask');
  });
});

describe('children ("A child widened its parent\'s permissions")', () => {
  const child = (command: string) => bash(command, { lineage: ['root', 'child'] });

  test('inherit the allowlist of their parent, and lose what their own leaves out', () => {
    expect(decided(child('git status'), { agents: { root: { allowlist: [STATUS] } } }).type).toBe('allow');
    expect(
      decided(child('git status'), { agents: { root: { allowlist: [STATUS] }, child: { allowlist: [PUSH] } } }).type,
    ).toBe('ask');
    expect(
      decided(child('git status'), { agents: { root: { allowlist: [STATUS] }, child: { allowlist: [] } } }).type,
    ).toBe('ask');
  });

  test('gain nothing from rules of their own that the parent has not', () => {
    for (const own of [{ allowlist: [PUSH] }, { allowOnce: [PUSH] }]) {
      expect(decided(child('git push'), { agents: { root: { allowlist: [STATUS] }, child: own } }).type).toBe('ask');
      expect(decided(child('git push'), { agents: { child: own } }).type).toBe('ask');
    }
  });

  test('are denied what any agent above them is denied', () => {
    expect(decided(child('git push'), { agents: { root: { deny: [PUSH] }, child: { allowlist: [PUSH] } } }).type).toBe(
      'deny',
    );
  });

  test('draw from the pool of the agent that declared it, if their own rules cover the call too', () => {
    const root = { allowOnce: [PUSH] };
    const consume = { once: [{ agentId: 'root', permission: PUSH }] };
    expect(decided(child('git push'), { agents: { root } })).toMatchObject({ type: 'allow', consume });
    expect(decided(child('git push'), { agents: { root, child: { allowlist: [PUSH] } } })).toMatchObject({
      type: 'allow',
      consume,
    });
    expect(decided(child('git push'), { agents: { root, child: { allowlist: [STATUS] } } }).type).toBe('ask');
    expect(decided(child('git push'), { agents: { root, child: { allowOnce: [STATUS] } } }).type).toBe('ask');
  });

  test("use up their own entry and their parent's when both have only an allowOnce", () => {
    const decision = decided(child('git push'), {
      agents: { root: { allowOnce: [PUSH] }, child: { allowOnce: [PUSH] } },
    });
    const once = [{ agentId: 'child' }, { agentId: 'root' }];
    expect(decision).toMatchObject({ type: 'allow', consume: { once } });
  });

  test('get nothing from a pool that is used up ("allowOnce was never used up")', () => {
    const shape = { agents: { root: { allowOnce: [PUSH] } } };
    expect(decide(child('git push'), { ...state(shape), once: () => [] }).type).toBe('ask');
  });
});

test('a state that throws when it is read makes the call ask', () => {
  const broken = {
    ...state({ agents: { root: { allowOnce: [STATUS] } } }),
    once: () => {
      throw new Error('no pool');
    },
  };
  expect(decide(bash('git status'), broken)).toEqual({ type: 'ask', why: 'this call could not be checked: no pool' });
});
