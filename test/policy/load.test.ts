import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GreenroomError } from '../../src/errors.ts';
import { loadPolicies } from '../../src/policy/load.ts';
import { policyFilePaths } from '../../src/policy/private-file.ts';
import { parsePolicy } from '../../src/policy/policy.ts';
import { revokeTrust, trustFolder } from '../../src/policy/trust.ts';
import { policyFolders } from './folders.ts';

const OWN = {
  version: 1,
  allowlist: ['bash(npm test)'],
  deny: [{ rule: 'bash(git push *)', because: 'A human pushes.' }],
};

function thrown(run: () => unknown): GreenroomError {
  try {
    run();
  } catch (error) {
    if (error instanceof GreenroomError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('policyFilePaths', () => {
  test('follows XDG, and ignores relative values', () => {
    expect(
      policyFilePaths({ workspace: '/ws', env: { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: 's' } }),
    ).toEqual({
      workspace: '/ws/.greenroom/policy.json',
      user: '/c/greenroom/policy.json',
      trust: '/h/.local/state/greenroom/trust.json',
    });
  });
});

describe('loadPolicies', () => {
  test('without files nothing holds', () => {
    using folders = policyFolders();
    expect(loadPolicies(folders)).toEqual({ files: [], permissions: { allowlist: [], deny: [] } });
  });

  test('the user may allow and deny; what is denied is told why', () => {
    using folders = policyFolders();
    folders.write('user', OWN);
    expect(loadPolicies(folders).permissions).toEqual({
      allowlist: [{ tool: 'bash', params: { command: 'npm test' } }],
      deny: [{ tool: 'bash', params: { command: 'git push *' }, reason: 'A human pushes.' }],
    });
  });

  // FAILURES: the agent edited the file that grants its permissions
  test('a workspace may only forbid until the user trusts it, and again after every change', async () => {
    using folders = policyFolders();
    folders.write('workspace', OWN);
    const allowed = () => loadPolicies(folders).permissions.allowlist.length;
    const denied = () => loadPolicies(folders).permissions.deny.length;
    expect([allowed(), denied()]).toEqual([0, 1]);
    await trustFolder(folders);
    expect([allowed(), denied()]).toEqual([1, 1]);
    folders.write('workspace', { ...OWN, allowlist: ['bash(npm test)', 'bash'] });
    expect([allowed(), denied()]).toEqual([0, 1]);
    folders.write('workspace', OWN);
    expect(allowed()).toBe(1);
    expect(await revokeTrust(folders)).toBe(true);
    expect(allowed()).toBe(0);
    expect(await revokeTrust(folders)).toBe(false);
  });

  test('trust is for the real folder, not for a name or a copy of the file', async () => {
    using folders = policyFolders();
    folders.write('workspace', OWN);
    const link = join(folders.base, 'link');
    symlinkSync(folders.workspace, link);
    await trustFolder({ ...folders, workspace: link });
    expect(loadPolicies(folders).permissions.allowlist).toHaveLength(1);
    const copy = join(folders.base, 'copy');
    mkdirSync(join(copy, '.greenroom'), { recursive: true });
    writeFileSync(join(copy, '.greenroom/policy.json'), readFileSync(folders.places.workspace));
    expect(loadPolicies({ ...folders, workspace: copy }).permissions.allowlist).toEqual([]);
  });

  test('the record of trust is for the user only', async () => {
    using folders = policyFolders();
    folders.write('workspace', OWN);
    await trustFolder(folders);
    expect(statSync(folders.places.trust).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(folders.places.trust)).mode & 0o777).toBe(0o700);
  });

  test('a broken record of trust trusts nothing and is not overwritten', async () => {
    using folders = policyFolders();
    folders.write('workspace', OWN);
    folders.write('trust', '{');
    expect(thrown(() => loadPolicies(folders)).message).toContain(folders.places.trust);
    await expect(trustFolder(folders)).rejects.toThrow(/repair or remove/);
    expect(readFileSync(folders.places.trust, 'utf8')).toBe('{');
  });

  test('a folder without a policy file, or with a broken one, cannot be trusted', async () => {
    using folders = policyFolders();
    await expect(trustFolder(folders)).rejects.toThrow(/nothing to trust/);
    folders.write('workspace', { version: 1, allowlist: ['bash('] });
    await expect(trustFolder(folders)).rejects.toThrow(/allowlist\.0/);
    expect(existsSync(folders.places.trust)).toBe(false);
  });

  test('a rule for one workspace holds there only', () => {
    using folders = policyFolders();
    folders.write('user', {
      version: 1,
      allowlist: [
        { rule: 'read', workspace: folders.workspace },
        { tool: 'write', workspace: '/elsewhere' },
      ],
    });
    expect(loadPolicies(folders).permissions.allowlist).toEqual([{ tool: 'read' }]);
  });

  test.each([
    ['no JSON', '{', /it is not JSON/],
    ['another version', { version: 2 }, /version/],
    ['a key there is not', { version: 1, allow: [] }, /allow/],
    ['a rule without a tool', { version: 1, deny: ['read', { params: {} }] }, /deny\.1/],
    ['a rule text that cannot be read', { version: 1, allowlist: ['read', 'bash('] }, /allowlist\.1/],
    ['an empty pattern', { version: 1, deny: [{ tool: 'read', params: { path: '' } }] }, /deny\.0\.params\.path/],
    ['a misspelt note', { version: 1, allowlist: [{ tool: 'read', matches: [] }] }, /allowlist\.0.*matches/],
    ['an unknown tool', { version: 1, deny: ['bsh'] }, /deny\.0.*no tool "bsh"/],
  ])('%s: an error that names file and place, and no rule of either file holds', (_what, value, place) => {
    using folders = policyFolders();
    folders.write('user', OWN);
    folders.write('workspace', value);
    const error = thrown(() => loadPolicies({ ...folders, tools: ['bash', 'read'] }));
    expect(error.message).toContain(folders.places.workspace);
    expect(error.message).toMatch(place);
    expect(['invalid_params', 'invalid_rule']).toContain(error.code);
  });

  test('a workspace that is not there is an error of ours', () => {
    using folders = policyFolders();
    expect(thrown(() => loadPolicies({ ...folders, workspace: join(folders.base, 'none') })).code).toBe(
      'invalid_params',
    );
  });

  test('bytes that are no UTF-8 are no policy', () => {
    expect(thrown(() => parsePolicy(Buffer.from([0x22, 0xff, 0x22]), 'p.json')).message).toContain('p.json');
  });

  test.each([
    ['a folder', (file: string) => mkdirSync(file), /no regular file|directory/],
    ['a FIFO', (file: string) => execFileSync('mkfifo', [file]), /no regular file/],
    ['a device', (file: string) => symlinkSync('/dev/zero', file), /no regular file/],
    ['a huge file', (file: string) => writeFileSync(file, ' '.repeat(1024 * 1024 + 1)), /larger than/],
    [
      'a file that everybody may write',
      (file: string) => {
        writeFileSync(file, '{"version":1}');
        chmodSync(file, 0o666);
      },
      /chmod o-w/,
    ],
  ])('%s in the place of the file is refused at once', (_what, make, problem) => {
    using folders = policyFolders();
    mkdirSync(dirname(folders.places.user), { recursive: true });
    make(folders.places.user);
    expect(thrown(() => loadPolicies(folders)).message).toMatch(problem);
  });
});
