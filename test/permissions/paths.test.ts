import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matchesSegments, parseGlob, pathSegments } from '../../src/permissions/paths/glob.ts';
import { resolvePath } from '../../src/permissions/paths/real-paths.ts';
import { prepareSubjects } from '../../src/permissions/subjects.ts';
import { call, decided, under } from './calls.ts';
import { makeSpecialFile } from './special-file.ts';

const matches = (pattern: string, path: string) =>
  parseGlob(pattern).some(({ segments }) => matchesSegments(segments, pathSegments(path)));

describe('globs', () => {
  test.each([
    ['/a/*', '/a/.env'],
    ['/a/**', '/a'],
    ['/a/**', '/a/b/.c/d'],
    ['/a/**/z', '/a/z'],
    ['/a/**/b/**/z', '/a/b/x/b/y/z'],
    ['/**', '/'],
    ['/a/?', '/a/😀'],
    ['/a/[a-c]', '/a/b'],
    ['/a/[!ab]', '/a/c'],
    ['/a/[\\]]', '/a/]'],
    ['/{a,b/c}/d', '/b/c/d'],
    ['/a{,.bak}', '/a.bak'],
    ['/{a,{b,c}}', '/c'],
    ['/app/(group)/*', '/app/(group)/x'],
    ['/a+(b)', '/a+(b)'],
    ['/a"b', '/a"b'],
    ['./a//b', '/a/b'],
    ['/a/*\n', '/a/b\n'],
  ])('%j matches %j', (pattern, path) => expect(matches(pattern, path)).toBe(true));

  test.each([
    ['/a/*', '/a/b/c'],
    ['/a/*', '/a'],
    ['/a/?', '/a/bc'],
    ['/a/[ab]', '/a/c'],
    ['/a/[!ab]', '/a/a'],
    ['/a', '/ab'],
    ['/a', '/A'],
    ['/a/\\*', '/a/b'],
    ['/a/**/z', '/a/zz'],
    ['/a|/etc/passwd', '/etc/passwd'],
    ['/a/@(b)', '/a/b'],
    ['/a/{1,3}', '/a/2'],
  ])('%j does not match %j', (pattern, path) => expect(matches(pattern, path)).toBe(false));

  test('a pattern full of stars costs no more than its length times the path', () => {
    expect(matches(`/${'a*'.repeat(500)}b`, `/${'a'.repeat(4000)}`)).toBe(false);
    expect(matches(`/${'**/a/'.repeat(200)}b`, '/a'.repeat(1000))).toBe(false);
  });
});

describe('real paths', () => {
  let workspace = '';
  let outside = '';
  beforeAll(() => {
    workspace = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-ws-')));
    outside = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-out-')));
    mkdirSync(join(workspace, 'src'));
    writeFileSync(join(workspace, 'src/a.ts'), '');
    writeFileSync(join(outside, 'secret'), '');
    symlinkSync(outside, join(workspace, 'src/out'));
    symlinkSync('nowhere', join(workspace, 'src/dangling'));
    symlinkSync('loop', join(workspace, 'src/loop'));
    makeSpecialFile(join(workspace, 'src/fifo'), 'fifo');
  });
  afterAll(() => {
    for (const folder of [workspace, outside]) rmSync(folder, { recursive: true });
  });

  test('a relative path starts at the workspace, links are followed', () => {
    const realRoot = workspace;
    const path = join(workspace, 'src/a.ts');
    expect(resolvePath('src/a.ts', workspace)).toEqual({ path, realPath: path, realRoot, kind: 'file' });
    expect(resolvePath('src/out/secret', workspace)).toMatchObject({ realPath: join(outside, 'secret') });
    expect(resolvePath('src', workspace)).toMatchObject({ kind: 'folder' });
  });

  test('a new file gets the real path of its deepest existing folder', () => {
    expect(resolvePath('src/out/x/y', workspace)).toMatchObject({ realPath: join(outside, 'x/y'), kind: 'new' });
  });

  test.each([
    ['', 'an empty path'],
    ['src/dangling', 'a dangling link'],
    ['src/dangling/x', 'a path below a dangling link'],
    ['src/loop', 'a loop'],
    ['src/fifo', 'a FIFO'],
    ['src/a.ts/x', 'a path through a file'],
    ['src/out/../a.ts', '.. behind a link'],
    ['src/new/../a.ts', '.. behind a missing folder'],
    ['/dev/null', 'a device'],
    ['/proc/self/environ', 'the kernel'],
    ['src/a\0b', 'a NUL'],
    ['src/a\u202eb', 'a bidirectional mark'],
    ['src/a.ts ', 'a trailing blank'],
    ['src\\a.ts', 'a backslash'],
    ['x'.repeat(300), 'a name that is too long'],
  ])('%j is null: %s', (path) => expect(resolvePath(path, workspace)).toBe(null));

  test('a rule covers a path only when it covers the real one too, a deny needs one of them', () => {
    const request = call('read', { path: 'src/out/secret' }, { workspace });
    expect(under({ tool: 'read', params: { path: 'src/**' } }, request)).toBe('ask');
    expect(under({ tool: 'read', params: { path: `${outside}/**` } }, request)).toBe('ask');
    expect(under({ tool: 'read', params: { path: `{${workspace}/src,${outside}}/**` } }, request)).toBe('allow');
    for (const path of ['src/out/**', `${outside}/**`]) {
      expect(
        decided(request, { policy: { allowlist: [{ tool: 'read' }], deny: [{ tool: 'read', params: { path } }] } })
          .type,
      ).toBe('deny');
    }
  });

  test('a patch is covered only if every file in it is ("patch rules never matched anything")', () => {
    const subjects = [{ path: 'src/a.ts' }, { path: 'src/new.ts' }];
    const rule = { tool: 'patch', params: { path: 'src/**' } };
    expect(under(rule, call('patch', {}, { workspace, subjects }))).toBe('allow');
    expect(under(rule, call('patch', {}, { workspace, subjects: [...subjects, { path: 'package.json' }] }))).toBe(
      'ask',
    );
  });

  test('a folder is a subject for search, not for read, write and patch', () => {
    expect(under({ tool: 'search', params: { path: 'src/**' } }, call('search', { path: 'src' }, { workspace }))).toBe(
      'allow',
    );
    for (const tool of ['read', 'write', 'patch'])
      expect(prepareSubjects(tool, {}, [{ path: 'src' }], workspace)).toBe(null);
  });

  test('one path that cannot be resolved makes all subjects unknown', () => {
    expect(prepareSubjects('patch', {}, [{ path: 'src/a.ts' }, { path: 'src/loop' }], workspace)).toBe(null);
    expect(prepareSubjects('read', { path: 7 }, undefined, workspace)).toBe(null);
    expect(prepareSubjects('read', 'src/a.ts', undefined, workspace)).toBe(null);
  });

  test('the given subjects are not changed', () => {
    const subjects = Object.freeze([Object.freeze({ path: 'src/a.ts' })]);
    expect(prepareSubjects('read', {}, subjects, workspace)).not.toBe(null);
    expect(subjects).toEqual([{ path: 'src/a.ts' }]);
  });

  test('a link to the workspace is the workspace, in patterns and in paths', () => {
    const link = join(outside, 'ws-link');
    symlinkSync(workspace, link);
    for (const pattern of ['src/**', `${link}/src/**`]) {
      const rule = { tool: 'read', params: { path: pattern } };
      expect(under(rule, call('read', { path: `${link}/src/a.ts` }, { workspace: link }))).toBe('allow');
      expect(under(rule, call('read', { path: 'src/a.ts' }, { workspace: link }))).toBe('allow');
      expect(under(rule, call('read', { path: 'src/out/secret' }, { workspace: link }))).toBe('ask');
    }
  });

  test('a folder that may not be searched is no reason to throw', () => {
    const closed = join(workspace, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o000);
    expect(() => resolvePath('closed/x', workspace)).not.toThrow();
    chmodSync(closed, 0o700);
  });

  test('a deny rule on something below a folder makes a search of that folder ask, on the folder itself it denies', () => {
    mkdirSync(join(workspace, 'src/private/deep'), { recursive: true });
    const allowlist = [{ tool: 'search' }];
    const search = (path: string, denied: string) =>
      decided(call('search', { path }, { workspace }), {
        policy: { allowlist, deny: [{ tool: 'search', params: { path: denied } }] },
      }).type;
    for (const denied of ['src/private/**', 'src/private/x', '**/x', `${workspace}/src/private/**`, 's*/p*/**']) {
      expect([denied, search('.', denied)]).toEqual([denied, 'ask']);
      expect([denied, search('src', denied)]).toEqual([denied, 'ask']);
    }
    expect(search('src/private', 'src/private/**')).toBe('deny');
    expect(search('src/private/deep', 'src/private/**')).toBe('deny');
    expect(search('src/private', 'src/private')).toBe('deny');
    expect(search('src/private', 'docs/**')).toBe('allow');
    expect(search('src/private', 'src/*.ts')).toBe('allow');
  });

  test('a rule covers a search only where it covers everything below the folder', () => {
    const request = call('search', { path: 'src/private' }, { workspace });
    for (const path of ['src/*', 'src/private', '*/private', 'src/private/*'])
      expect([path, under({ tool: 'search', params: { path } }, request)]).toEqual([path, 'ask']);
    for (const path of ['src/**', 'src/private/**', '**', '{docs,src}/**'])
      expect([path, under({ tool: 'search', params: { path } }, request)]).toEqual([path, 'allow']);
    const file = call('search', { path: 'src/a.ts' }, { workspace });
    expect(under({ tool: 'search', params: { path: 'src/*' } }, file)).toBe('allow');
  });

  test('a new file whose name some volume takes for a denied one asks; the disk knows how an old one is spelled', () => {
    const deny = [{ tool: 'write', params: { path: '**/Secret.txt' } }];
    const write = (path: string) =>
      decided(call('write', { path }, { workspace }), { policy: { allowlist: [{ tool: 'write' }], deny } }).type;
    expect(write('Secret.txt')).toBe('deny');
    expect(write('SECRET.TXT')).toBe('ask');
    writeFileSync(join(workspace, 'secret.txt'), '');
    expect(write('secret.txt')).toBe('allow');
  });
});
