import { expect, test } from 'vitest';
import type { Permissions } from '../../src/events.ts';
import { compilePermissions } from '../../src/permissions/parse.ts';
import { decide } from '../../src/permissions/decide.ts';
import { bash, state } from './calls.ts';

function failure(value: unknown): unknown {
  try {
    return compilePermissions(value, 'permissions');
  } catch (error) {
    return error;
  }
}

test('a broken rule is an invalid_rule with its place, and nothing is compiled', () => {
  const value = { allowlist: [{ tool: 'read' }, { tool: 'bash', params: { command: '' } }] };
  expect(failure(value)).toMatchObject({ code: 'invalid_rule', path: 'permissions.allowlist.1.params.command' });
  expect(failure({ deny: [{ tool: 'read', params: { path: '[' } }] })).toMatchObject({
    path: 'permissions.deny.0.params.path',
  });
});

test('a value of the wrong shape is an invalid_params with its place', () => {
  expect(failure({ allowlist: [{ tool: '' }] })).toMatchObject({
    code: 'invalid_params',
    path: 'permissions.allowlist.0.tool',
  });
  expect(failure({ allow: [] })).toMatchObject({ code: 'invalid_params', path: 'permissions' });
  expect(failure('all')).toMatchObject({ code: 'invalid_params' });
});

test('keys that were not given stay absent, and nothing given says nothing', () => {
  expect(compilePermissions(undefined, 'permissions')).toEqual({ deny: [] });
  expect(compilePermissions({ allowlist: [] }, 'permissions')).toEqual({ deny: [], allowlist: [] });
});

test('the caller\'s object is neither changed nor kept ("one shared mutable object")', () => {
  const given = { allowlist: [{ tool: 'bash', params: { command: 'git status *' } }] } satisfies Permissions;
  const before = structuredClone(given);
  const policy = compilePermissions(given, 'permissions');
  expect(given).toEqual(before);
  for (const rule of given.allowlist) rule.params.command = '*';
  given.allowlist.push({ tool: 'bash', params: { command: '*' } });
  expect(decide(bash('rm x'), { ...state({}), policy }).type).toBe('ask');
  expect(decide(bash('git status'), { ...state({}), policy }).type).toBe('allow');
  expect(Object.isFrozen(policy.allowlist?.[0]?.permission.params)).toBe(true);
});
