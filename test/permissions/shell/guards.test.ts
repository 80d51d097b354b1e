import { expect, test } from 'vitest';
import { GUARD_TABLES } from '../../../src/permissions/shell/guard-table.ts';
import { call, decided } from '../calls.ts';

test('no program name stands in two tables of guards', () => {
  const names = GUARD_TABLES.flatMap((table) => Object.keys(table));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('the human reads which simple command it is, and why', () => {
  const policy = { allowlist: [{ tool: 'bash', params: { command: 'git *' } }] };
  expect(decided(call('bash', { command: 'git status; git log --output=x' }), { policy })).toEqual({
    type: 'ask',
    why: 'nothing allows bash to run git log --output=x (in git status; git log --output=x): only a wildcard covers "--output=x", which is not known to be harmless there',
  });
});

test('a forbidden program is found in every simple command and behind wrappers, and a shell that may hide it asks', () => {
  const policy = { allowlist: [{ tool: 'bash' }], deny: [{ tool: 'bash', params: { command: 'rm *' } }] };
  const type = (command: string) => decided(call('bash', { command }), { policy }).type;
  expect(type('ls && rm x')).toBe('deny');
  expect(type('ls | xargs rm')).toBe('deny');
  expect(type('timeout 5 env A=b rm x')).toBe('deny');
  for (const command of [
    '/bin/rm x',
    './rm x',
    '../rm x',
    'rm.exe x',
    'sudo /bin/rm x',
    'ls | xargs /bin/rm',
    'env ./rm x',
  ]) {
    expect(type(command), command).toBe('deny');
  }
  expect(type('/bin/rmdir x')).toBe('allow');
  for (const command of ["sh -c 'rm x'", 'ls | sh', 'eval rm x', 'timeout -x rm', 'parallel rm', 'sudo -s rm']) {
    expect(type(command), command).toBe('ask');
  }
  expect(type('bash build.sh')).toBe('allow');
  expect(type('git status && ls')).toBe('allow');
});

test('an absolute path runs under a wildcard below the workspace only', () => {
  const type = (command: string) =>
    decided(call('bash', { command }, { workspace: '/ws' }), {
      policy: { allowlist: [{ tool: 'bash', params: { command: 'cat *' } }] },
    }).type;
  expect(type('cat /ws/a')).toBe('allow');
  expect(type('cat /wsx/a')).toBe('ask');
  expect(type('cat /ws/../etc/passwd')).toBe('ask');
  expect(type('cat /etc/passwd')).toBe('ask');
});
