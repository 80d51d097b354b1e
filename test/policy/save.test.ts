import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { formatRule } from '../../src/permissions/rule-text.ts';
import { loadPolicies } from '../../src/policy/load.ts';
import { saveRules } from '../../src/policy/save.ts';
import { policyFolders } from './folders.ts';

const rule = (command: string) => ({ tool: 'bash', params: { command } });
const rulesIn = (folders: ReturnType<typeof policyFolders>) =>
  loadPolicies(folders).permissions.allowlist.map(formatRule);
const Saved = z.looseObject({ allowlist: z.array(z.unknown()) });

test('rules come back in the next run, in this workspace and no other', async () => {
  using folders = policyFolders();
  expect(await saveRules({ ...folders, rules: [rule('npm test'), rule('npm test')] })).toBe(folders.places.user);
  expect(rulesIn(folders)).toEqual(['bash(npm test)']);
  expect(loadPolicies({ ...folders, workspace: folders.base }).permissions.allowlist).toEqual([]);
  expect(statSync(folders.places.user).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(folders.places.user)).mode & 0o777).toBe(0o700);
});

test('what stands in the file stays as it is, and no rule comes twice', async () => {
  using folders = policyFolders();
  const mine = {
    version: 1,
    deny: ['bash(git push *)'],
    allowlist: ['bash( npm test )', { tool: 'read', because: 'x' }],
  };
  folders.write('user', mine);
  await saveRules({ ...folders, rules: [rule('make'), { tool: 'read' }], by: 'ann', now: new Date(0) });
  const saved = Saved.parse(JSON.parse(readFileSync(folders.places.user, 'utf8')));
  expect(saved).toEqual({
    ...mine,
    allowlist: [
      ...mine.allowlist,
      { rule: 'bash(make)', workspace: folders.workspace, because: 'saved by ann, 1970-01-01T00:00:00.000Z' },
    ],
  });
});

test('a broken file is left alone', async () => {
  using folders = policyFolders();
  folders.write('user', '{"version":1,"allowlist":["bash("]}');
  await expect(saveRules({ ...folders, rules: [rule('make')] })).rejects.toThrow(folders.places.user);
  expect(readFileSync(folders.places.user, 'utf8')).toBe('{"version":1,"allowlist":["bash("]}');
  expect(readdirSync(dirname(folders.places.user))).toEqual(['policy.json']);
});

test('a link to the file stays a link', async () => {
  using folders = policyFolders();
  const real = join(folders.base, 'dotfiles.json');
  writeFileSync(real, '{"version":1}', { mode: 0o600 });
  folders.write('user', '');
  rmSync(folders.places.user);
  symlinkSync(real, folders.places.user);
  await saveRules({ ...folders, rules: [rule('make')] });
  expect(lstatSync(folders.places.user).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, 'utf8')).toContain('bash(make)');
});

test('writers in one process and in several lose nothing of each other', async () => {
  using folders = policyFolders();
  const module = fileURLToPath(new URL('../../src/policy/save.ts', import.meta.url));
  const code = `
    const { saveRules } = await import(${JSON.stringify(module)});
    const [workspace, HOME, name] = process.argv.slice(1);
    await Promise.all([0, 1, 2, 3, 4].map((n) =>
      saveRules({ workspace, env: { HOME }, rules: [{ tool: 'bash', params: { command: name + n } }] })));`;
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      promisify(execFile)(process.execPath, [
        '--input-type=module',
        '-e',
        code,
        '--',
        folders.workspace,
        folders.env.HOME,
        name,
      ]),
    ),
  );
  expect(rulesIn(folders).toSorted()).toEqual(
    ['a', 'b', 'c'].flatMap((name) => [0, 1, 2, 3, 4].map((n) => `bash(${name}${n})`)),
  );
  expect(readdirSync(dirname(folders.places.user))).toEqual(['policy.json']);
});

test('the lock of a writer that died is no obstacle', async () => {
  using folders = policyFolders();
  folders.write('user', '{"version":1}');
  const dead = (await promisify(execFile)(process.execPath, ['-p', 'process.pid'])).stdout.trim();
  writeFileSync(`${folders.places.user}.lock`, `${dead} x`);
  await saveRules({ ...folders, rules: [rule('make')] });
  expect(rulesIn(folders)).toEqual(['bash(make)']);
  expect(existsSync(`${folders.places.user}.lock`)).toBe(false);
});
