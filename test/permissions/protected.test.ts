import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownFiles } from '../../src/permissions/paths/user-folders.ts';
import { protectionOf } from '../../src/permissions/paths/protected.ts';
import { proposalFor } from '../../src/permissions/proposal.ts';
import { prepareSubjects } from '../../src/permissions/subjects.ts';
import { call, decided, grant, under } from './calls.ts';

const guardOf = (path: string, reads = false, own: readonly string[] = []) =>
  protectionOf({ path, realPath: path, reads, own })?.guard ?? null;

describe('writing', () => {
  test.each([
    '/ws/.greenroom/policy.json',
    '/ws/.greenroom',
    '/ws/deep/.greenroom/x',
    '/ws/.git',
    '/ws/.git/config',
    '/ws/.git/hooks/pre-commit',
    '/ws/.git/hooks/new-one',
    '/ws/sub/.git/config',
    '/ws/.git/modules/sub/config',
    '/ws/.git/worktrees/x/config.worktree',
    '/srv/bare.git/hooks/update',
    '/srv/bare.git/config',
    '/home/u/.bashrc',
    '/home/u/.profile',
    '/home/u/.zshenv',
    '/home/u/.config/fish/config.fish',
    '/home/u/.config/greenroom/policy.json',
    '/home/u/.gitconfig',
    '/ws/.npmrc',
    '/ws/.claude/settings.json',
    '/ws/.orchestrator/permissions.json',
    '/ws/.vscode/settings.json',
    '/home/u/.ssh/authorized_keys',
    // one name for some volume
    '/ws/.GIT/config',
    '/ws/.Git /config',
    '/ws/.git./hooks/x',
    '/ws/.g\u200cit/config',
    '/ws/GIT~1/config',
    '/ws/.git::$INDEX_ALLOCATION/config',
    '/ws/．git/config',
    '/home/u/.BASHRC',
  ])('%j is never allowed by a rule', (path) => expect(guardOf(path)).toBe('never'));

  test.each(['/ws/src/a.ts', '/ws/git/config', '/ws/.github/CODEOWNERS', '/ws/.gitignore', '/ws/hooks/x', '/ws/x.git'])(
    '%j is a file like others',
    (path) => expect(guardOf(path)).toBe(null),
  );

  test('the journal is never allowed, nor what SQLite keeps beside it, nor anything below a folder of this system', () => {
    const own = ['/data/run.db', '/state/greenroom'];
    for (const path of ['/data/run.db', '/data/run.db-wal', '/data/RUN.DB-shm', '/state/greenroom/x/y'])
      expect([path, guardOf(path, false, own)]).toEqual([path, 'never']);
    for (const path of ['/data/run.db2', '/data', '/state/greenroom2'])
      expect([path, guardOf(path, false, own)]).toEqual([path, null]);
  });

  test('this system’s own folders follow the environment', () => {
    const own = ownFiles(['/data/run.db'], { XDG_CONFIG_HOME: '/c' });
    expect(own).toEqual(
      expect.arrayContaining(['/c/greenroom', '/data/run.db', join(homedir(), '.local/state/greenroom')]),
    );
  });
});

describe('reading', () => {
  test.each(['/ws/.env', '/ws/.env.local', '/home/u/.ssh/id_ed25519', '/home/u/.aws/credentials', '/home/u/.netrc'])(
    '%j needs a rule that names it',
    (path) => expect(guardOf(path, true)).toBe('named'),
  );

  test.each(['/ws/.env.example', '/ws/.git/config', '/home/u/.bashrc', '/ws/.greenroom/policy.json', '/ws/env'])(
    '%j is a file like others',
    (path) => expect(guardOf(path, true)).toBe(null),
  );
});

describe('a decision', () => {
  let workspace = '';
  beforeAll(() => {
    workspace = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-protected-')));
    mkdirSync(join(workspace, '.git'));
    for (const name of ['.env', 'a.ts', '.git/config']) writeFileSync(join(workspace, name), '');
    symlinkSync('.git', join(workspace, 'innocent'));
  });
  afterAll(() => rmSync(workspace, { recursive: true }));

  // FAILURES: the agent edited the file that grants its permissions
  test.each(['.greenroom/policy.json', '.git/hooks/pre-commit', 'innocent/hooks/x', '.GIT/config'])(
    'no rule, grant or allowOnce lets a call write %s, and it cannot be made permanent',
    (path) => {
      for (const tool of ['write', 'patch', 'save']) {
        const request = call(tool, { path }, { workspace });
        for (const rule of [
          { tool },
          { tool, params: { path: '**' } },
          { tool, params: { path }, exact: true },
          { tool, params: { path } },
        ]) {
          expect(under(rule, request)).toBe('ask');
          expect(decided(request, { grants: [grant(rule)] }).type).toBe('ask');
          expect(decided(request, { agents: { root: { allowlist: [rule], allowOnce: [rule] } } }).type).toBe('ask');
          expect(proposalFor(request, rule)).toBe(null);
        }
        expect(decided(request, { policy: { deny: [{ tool }] } }).type).toBe('deny');
      }
    },
  );

  test('one protected file in a patch makes the whole patch ask, and the question says why', () => {
    const subjects = [{ path: 'a.ts' }, { path: '.git/config' }];
    expect(decided(call('patch', {}, { workspace, subjects }), { policy: { allowlist: [{ tool: 'patch' }] } })).toEqual(
      {
        type: 'ask',
        why: `"${workspace}/.git/config" is one of git’s own files: no rule can allow patch there`.replaceAll('"', ''),
      },
    );
  });

  test('a secret is read where a rule names it, and not where a wildcard happens to reach it', () => {
    const request = call('read', { path: '.env' }, { workspace });
    for (const params of [undefined, { path: '**' }, { path: '.e*' }])
      expect(under({ tool: 'read', ...(params && { params }) }, request)).toBe('ask');
    expect(under({ tool: 'read', params: { path: '.env' } }, request)).toBe('allow');
  });

  test('what protects a file is never taken from the arguments of a model', () => {
    const input = { path: '.git/config', guard: 'no', guardedAs: 'x', pathKind: 'file' };
    expect(prepareSubjects('save', input, undefined, workspace)).toMatchObject([{ guard: 'never' }]);
    expect(prepareSubjects('save', { ...input, path: 'a.ts' }, undefined, workspace)?.[0]).not.toHaveProperty('guard');
  });
});
