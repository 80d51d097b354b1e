import { describe, expect, test } from 'vitest';
import type { Permissions } from '../../src/events.ts';
import { inScope, isLive, liveGrants, returnGrants, useGrants } from '../../src/permissions/grants.ts';
import { coveredBy, proposalFor } from '../../src/permissions/proposal.ts';
import { compilePermissions } from '../../src/permissions/parse.ts';
import { bash, call, decided, grant } from './calls.ts';

const LS = { tool: 'bash', params: { command: 'ls *' } };
const PWD = { tool: 'bash', params: { command: 'pwd' } };
const patch = (...paths: readonly string[]) => call('patch', {}, { subjects: paths.map((path) => ({ path })) });
const path = (name: string) => ({ tool: 'patch', params: { path: name } });

describe('of several rules', () => {
  test('the one that covers a call is named by its place in its list', () => {
    const lists = [LS, PWD, { tool: 'read' }];
    const id = (shape: Parameters<typeof decided>[1]) => decided(bash('pwd'), shape);
    expect(id({ policy: { allowlist: lists } })).toMatchObject({ decidedBy: { id: 'orchestrator.allowlist[1]' } });
    expect(id({ agents: { root: { allowlist: lists } } })).toMatchObject({ decidedBy: { id: 'root.allowlist[1]' } });
    expect(id({ policy: { deny: [...lists].map((rule) => ({ ...rule })) } })).toMatchObject({
      type: 'deny',
      decidedBy: { id: 'orchestrator.deny[1]' },
      reason: 'denied by the rule bash(pwd)',
    });
    expect(id({ policy: { deny: [{ toolCallId: 'c1' }] } })).toHaveProperty(
      'reason',
      'denied by a rule for this very call',
    );
    expect(id({ policy: { deny: [{ toolCallId: 'root/c1', reason: 'no' }] } })).toHaveProperty('reason', 'no');
  });

  test('every list from the root down is named', () => {
    const child = bash('pwd', { lineage: ['root', 'child'] });
    const agents = { root: { allowlist: [PWD] }, child: { allowlist: [LS, PWD] } };
    expect(decided(child, { agents })).toMatchObject({
      decidedBy: { kind: 'rule', id: 'root.allowlist[0], child.allowlist[1]' },
    });
  });

  test('an allowlist and an entry of an allowOnce let a call through together', () => {
    const child = bash('pwd', { lineage: ['root', 'child'] });
    const below = { root: { allowOnce: [LS, PWD] }, child: { allowlist: [PWD] } };
    expect(decided(child, { agents: below })).toMatchObject({
      type: 'allow',
      decidedBy: { id: 'root.allowOnce bash(pwd), child.allowlist[0]' },
      consume: { once: [{ agentId: 'root', permission: PWD }] },
    });
    // a child without an allowlist of its own has that of its parent, and so uses nothing up
    const above = { root: { allowlist: [PWD] }, child: { allowOnce: [PWD] } };
    expect(decided(child, { agents: above })).toMatchObject({ type: 'allow', consume: { once: [] } });
    expect(decided(child, { agents: { ...above, root: { allowlist: [LS] } } }).type).toBe('ask');
  });

  test('an entry of another tool is no entry', () => {
    const agents = (allowOnce: Permissions['allowOnce']) => ({ agents: { root: { allowOnce } } });
    expect(decided(call('fetch', { command: 'pwd' }), agents([PWD])).type).toBe('ask');
    expect(decided(bash('pwd'), agents([{ tool: 'fetch' }, PWD])).type).toBe('allow');
  });

  test('two subjects use two entries when one covers only one of them', () => {
    const once = decided(patch('/a', '/b', '/a'), { agents: { root: { allowOnce: [path('/a'), path('/b')] } } });
    expect(once).toMatchObject({
      type: 'allow',
      consume: { once: [{ permission: path('/a') }, { permission: path('/b') }] },
    });
  });
});

describe('of several grants', () => {
  const chosen = (...grants: readonly Parameters<typeof grant>[1][]) => {
    const decision = decided(bash('pwd'), { grants: grants.map((shape) => grant(PWD, shape)) });
    return decision.type === 'allow' ? [decision.decidedBy.id, decision.consume.grants] : decision.type;
  };

  test('one without a number of uses comes first, then the oldest, then by id; the order of the list changes nothing', () => {
    const cases = [
      [{ id: 'a', usesLeft: 1, createdAt: 1 }, { id: 'b', createdAt: 9 }, ['b', []]],
      [{ id: 'b', createdAt: 1 }, { id: 'a', createdAt: 2 }, ['b', []]],
      [{ id: 'a', createdAt: 1 }, { id: 'b', createdAt: 1 }, ['a', []]],
      [{ id: 'b', usesLeft: 1, createdAt: 1 }, { id: 'a', usesLeft: 5, createdAt: 2 }, ['b', ['b']]],
    ] as const;
    for (const [one, other, expected] of cases) {
      expect(chosen(one, other)).toEqual(expected);
      expect(chosen(other, one)).toEqual(expected);
    }
  });

  test('one that this call already uses costs nothing more', () => {
    const grants = [
      grant(path('/*'), { id: 'a', usesLeft: 1 }),
      grant(path('/b'), { id: 'b', usesLeft: 1, createdAt: 0 }),
    ];
    expect(decided(patch('/a', '/b'), { grants })).toMatchObject({ type: 'allow', consume: { grants: ['a'] } });
    expect(decided(patch('/b', '/a'), { grants })).toMatchObject({ type: 'allow', consume: { grants: ['b', 'a'] } });
  });

  test('those of another tool, another agent or another time are none', () => {
    expect(decided(bash('pwd'), { grants: [grant({ tool: 'read' })] }).type).toBe('ask');
    expect(chosen({ scope: 'agent', agentId: 'other' })).toBe('ask');
    expect(chosen({ expiresAt: 1 })).toBe('ask');
    expect(chosen({ scope: 'agent', agentId: 'other' }, { id: 'b' })).toEqual(['b', []]);
  });

  test('a grant ends at its very millisecond, and with its last use', () => {
    const rule = { tool: 'bash' };
    expect([9, 10, 11].map((now) => isLive(grant(rule, { expiresAt: 10 }), now))).toEqual([true, false, false]);
    expect([0, 1].map((usesLeft) => isLive(grant(rule, { usesLeft }), 1))).toEqual([false, true]);
    expect(isLive(grant(rule, { usesLeft: 1, expiresAt: 1 }), 1)).toBe(false);
    expect(liveGrants([grant(rule, { expiresAt: 10 }), grant(rule, { id: 'g2' })], 10).map(({ id }) => id)).toEqual([
      'g2',
    ]);
  });

  test('a scope is all agents, one agent, or one agent and what is below it', () => {
    const reaches = (scope: 'all' | 'subtree' | 'agent') =>
      [['b'], ['a'], ['a', 'b'], ['b', 'a'], ['b', 'a', 'c']].map((lineage) =>
        inScope(grant({ tool: 'bash' }, { scope, agentId: 'a' }), lineage, lineage.at(-1) ?? ''),
      );
    expect(reaches('all')).toEqual([true, true, true, true, true]);
    expect(reaches('agent')).toEqual([false, true, false, true, false]);
    expect(reaches('subtree')).toEqual([false, true, true, true, true]);
  });

  test('uses are taken and given back by id, never below none; the others stay the same objects', () => {
    const grants = [grant(LS, { usesLeft: 1 }), grant(LS, { id: 'g2' }), grant(LS, { id: 'g3', usesLeft: 0 })];
    const used = useGrants(grants, ['g1', 'g2', 'g3']);
    expect(used.map(({ usesLeft }) => usesLeft)).toEqual([0, undefined, 0]);
    expect([used[1], useGrants(grants, ['x'])[0]]).toEqual([grants[1], grants[0]]);
    expect(used[1]).toBe(grants[1]);
    expect(useGrants(grants, ['g2'])[0]).toBe(grants[0]);
    const back = returnGrants(used, ['g1', 'g2', 'x']);
    expect(back.map(({ usesLeft }) => usesLeft)).toEqual([1, undefined, 0]);
    expect(Object.isFrozen(back[0])).toBe(true);
    expect(returnGrants(grants, [])).toBe(grants);
    expect(returnGrants(grants, ['g3'])[0]).toBe(grants[0]);
  });
});

describe('what "always" would save', () => {
  const broken = { tool: 'bash', params: { command: '' } };

  test('is nothing when one rule of several is broken', () => {
    expect(proposalFor(bash('ls'), [LS, broken])).toBe(null);
    expect(proposalFor(bash('ls'), [broken, LS])).toBe(null);
    expect(coveredBy(bash('ls'), [LS, broken])).toBe(false);
    expect(coveredBy(bash('ls'), [LS, PWD])).toBe(true);
    expect(coveredBy(bash('ls'), [])).toBe(false);
  });

  test('is one rule, or several, as frozen copies', () => {
    expect(proposalFor(bash('ls'), LS)).toEqual([LS]);
    const made = proposalFor(bash('ls; pwd'), [LS, PWD]);
    expect(made).toEqual([LS, PWD]);
    expect([Object.isFrozen(made), Object.isFrozen(made?.[0]), made?.[0] === LS]).toEqual([true, true, false]);
  });

  test('is nothing for a call with a hidden character among its arguments or its subjects', () => {
    const hidden = 'ls\u200b';
    const plain = { tool: 'run' };
    expect(proposalFor(call('run', { command: 'ls' }), plain)).toEqual([plain]);
    expect(proposalFor(call('run', { command: hidden }, { subjects: [{ command: 'ls' }] }), plain)).toBe(null);
    expect(proposalFor(call('run', {}, { subjects: [{ command: 'ls' }, { command: hidden }] }), plain)).toBe(null);
    expect(proposalFor(call('run', 'text', { subjects: [{ command: 'ls' }] }), plain)).toEqual([plain]);
    expect(proposalFor(call('run', { command: 'ls' }), { tool: 'run', params: { 'a\u200b': 'b' } })).toBe(null);
    expect(proposalFor(call('run', { command: 5 }), plain)).toEqual([plain]);
  });

  test('is nothing for arguments that are no record', () => {
    for (const input of [null, undefined, 5, 'text', ['a']])
      expect(proposalFor(call('run', input), undefined)).toBe(null);
    for (const input of [null, undefined, 5]) {
      expect(proposalFor(call('run', input), { tool: 'run' })).toEqual([{ tool: 'run' }]);
    }
  });

  test('covers a call whose subjects nobody knows by the whole tool', () => {
    const unknown = call('fetch', { url: 'x' }, { subjects: null });
    expect(proposalFor(unknown, { tool: 'fetch' })).toEqual([{ tool: 'fetch' }]);
    expect(proposalFor(unknown, { tool: 'fetch', params: { url: 'x' } })).toBe(null);
    expect(proposalFor(unknown, undefined)).toEqual([{ tool: 'fetch', params: { url: 'x' }, exact: true }]);
  });
});

describe('permissions', () => {
  test('keep every list that was given, and only those', () => {
    expect(compilePermissions({ allowOnce: [LS] }, 'p')).toMatchObject({ deny: [], allowOnce: [{ permission: LS }] });
    expect(compilePermissions({ allowOnce: [LS] }, 'p')).not.toHaveProperty('allowlist');
    expect(
      compilePermissions(
        {
          deny: [
            { toolCallId: 'x', reason: 'r' },
            { ...LS, reason: 's' },
          ],
        },
        'p',
      ).deny,
    ).toMatchObject([
      { kind: 'call', toolCallId: 'x', reason: 'r' },
      { kind: 'rule', rule: { permission: LS }, reason: 's' },
    ]);
    expect(compilePermissions({ deny: [{ toolCallId: 'x' }] }, 'p').deny[0]).not.toHaveProperty('reason');
  });
});
