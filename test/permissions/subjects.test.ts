import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { callView } from '../../src/permissions/call-view.ts';
import { compileParam } from '../../src/permissions/params.ts';
import { prepareSubjects } from '../../src/permissions/subjects.ts';
import { bash, call, decided, under } from './calls.ts';

const ws = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-subjects-')));
afterAll(() => rmSync(ws, { recursive: true }));
mkdirSync(join(ws, 'src'));
mkdirSync(join(ws, 'other'));
writeFileSync(join(ws, 'src/a.ts'), '');
symlinkSync('src', join(ws, 'link'));
symlinkSync(join(ws, 'src/a.ts'), join(ws, 'b.ts'));

const prepared = (tool: string, input: unknown, subjects?: Parameters<typeof prepareSubjects>[2]) =>
  prepareSubjects(tool, input, subjects, ws, []);

describe('what a call touches', () => {
  test('is its arguments, where its tool says nothing', () => {
    expect(prepared('fetch', { url: 'x' })).toEqual([{ url: 'x' }]);
    expect(prepared('bash', { command: 'ls' })).toEqual([{ command: 'ls' }]);
    expect(prepared('fetch', {})).toEqual([{}]);
  });

  test('is a path with where it really leads and what lies there', () => {
    const at = (path: string) => prepared('read', { path })?.[0];
    const root = { realRoot: ws };
    expect(at('src/a.ts')).toEqual({
      path: join(ws, 'src/a.ts'),
      realPath: join(ws, 'src/a.ts'),
      ...root,
      pathKind: 'file',
    });
    expect(at('b.ts')).toEqual({ path: join(ws, 'b.ts'), realPath: join(ws, 'src/a.ts'), ...root, pathKind: 'file' });
    expect(at('new.ts')).toMatchObject({ pathKind: 'new' });
    expect(at('.env')).toMatchObject({ guard: 'named', guardedAs: 'a file with secrets of this project' });
    expect(prepared('write', { path: '.git/x' })?.[0]).toMatchObject({ guard: 'never' });
    expect(prepared('read', { path: '.git/x' })?.[0]).not.toHaveProperty('guard');
    expect(prepared('search', { path: '.git/x' })?.[0]).not.toHaveProperty('guard');
    expect(prepared('other', { path: '.git/x' })?.[0]).toMatchObject({ guard: 'never' });
  });

  test('is a folder only for tools that take one', () => {
    for (const tool of ['read', 'write', 'patch']) expect(prepared(tool, { path: 'src' })).toBe(null);
    for (const tool of ['search', 'other'])
      expect(prepared(tool, { path: 'src' })?.[0]).toMatchObject({ pathKind: 'folder' });
  });

  test('is the folder a command runs in, which must be one', () => {
    const at = (cwd: unknown) => prepared('bash', { command: 'ls', cwd });
    expect(at('link')).toEqual([{ command: 'ls', cwd: join(ws, 'link'), realCwd: join(ws, 'src'), realRoot: ws }]);
    for (const cwd of ['src/a.ts', 'nowhere', '', 5, null]) expect(at(cwd)).toBe(null);
    expect(at(undefined)).toEqual([{ command: 'ls', cwd: undefined }]);
  });

  test('cannot be said when one of several cannot, when there is none, and when a file tool has an argument nobody knows', () => {
    expect(prepared('patch', {}, [{ path: 'src/a.ts' }, { path: '' }])).toBe(null);
    expect(prepared('patch', {}, [{ path: 'src/a.ts' }, { path: 5 }])).toBe(null);
    expect(prepared('patch', {}, [])).toBe(null);
    expect(prepared('patch', {}, null)).toBe(null);
    expect(prepared('fetch', 'text')).toBe(null);
    expect(prepared('fetch', {}, ['x' as never])).toBe(null);
    expect(prepared('read', { path: 'src/a.ts', to: 'x' })).toBe(null);
    expect(prepared('read', { path: 'src/a.ts', offset: 1, limit: 2 })).not.toBe(null);
    expect(prepared('read', { path: 'src/a.ts', realPath: 'x' })?.[0]).toHaveProperty('realPath', join(ws, 'src/a.ts'));
    expect(prepared('fetch', { path: 'src/a.ts', to: 'x' })).not.toBe(null);
    expect(prepared('read', { to: 'x' }, [{ path: 'src/a.ts' }])).not.toBe(null);
  });

  test('takes nothing from a model that is worked out here', () => {
    const forged = { realPath: 'x', realCwd: 'x', realRoot: 'x', pathKind: 'x', guard: 'x', guardedAs: 'x' };
    expect(prepared('fetch', { ...forged, url: 'y' })).toEqual([{ url: 'y' }]);
  });
});

describe('a view of a subject', () => {
  const views = (request: Parameters<typeof callView>[0]) => callView(request).subjects ?? [];
  const at = (tool: string, input: object) => call(tool, input, { workspace: ws });

  test('there is one for each simple command, and one for a subject without', () => {
    expect(views(bash('ls; pwd && ls')).map(({ command }) => command?.simple?.words[0]?.text)).toEqual([
      'ls',
      'pwd',
      'ls',
    ]);
    expect(views(call('fetch', { url: 'x' })).map(({ command }) => command)).toEqual([null]);
    expect(views(call('run', { command: 5 })).map(({ command }) => command)).toEqual([null]);
    expect(callView(call('fetch', {}, { subjects: null })).subjects).toBe(null);
    expect(callView({ ...call('fetch', {}), subjects: [] }).subjects).toBe(null);
  });

  test('is made once for a call', () => {
    const request = bash('ls');
    expect(callView(request)).toBe(callView(request));
    expect(callView(bash('ls'))).not.toBe(callView(request));
    const [view] = views(at('read', { path: 'src/a.ts' }));
    expect(view?.path('path')).toBe(view?.path('path'));
  });

  test('knows whether it runs in the root, whether a whole folder is meant, and what protects it', () => {
    const root = (input: object) => views(at('bash', { command: 'ls', ...input }))[0]?.runsInRoot;
    expect([root({}), root({ cwd: '.' }), root({ cwd: 'src' }), root({ cwd: ws })]).toEqual([true, true, false, true]);
    const deep = (tool: string, path: string) => views(at(tool, { path }))[0]?.isDeep;
    expect([deep('search', 'src'), deep('search', 'b.ts'), deep('other', 'src')]).toEqual([true, false, false]);
    const guard = (tool: string, path: string) => views(at(tool, { path }))[0]?.guard;
    expect([guard('read', '.env'), guard('write', '.git/x'), guard('read', 'src/a.ts')]).toEqual([
      'named',
      'never',
      null,
    ]);
  });

  test('has a path only where everything about it is known', () => {
    const path = (subject: object) => {
      const [view] = views({ ...call('x', {}), workspace: '/', subjects: [{ ...subject }] });
      return view?.path('path');
    };
    const whole = { path: '/a', realPath: '/b', realRoot: '/' };
    expect(path(whole)).toMatchObject({
      lexical: { segments: ['a'] },
      real: { segments: ['b'] },
      isFolder: false,
      loose: null,
    });
    expect(path({ ...whole, pathKind: 'folder' })).toMatchObject({ isFolder: true });
    expect(path({ ...whole, pathKind: 'new' })?.loose).not.toBe(null);
    for (const key of ['path', 'realPath', 'realRoot']) expect(path({ ...whole, [key]: 5 })).toBe(null);
    expect(path({})).toBe(null);
    const [view] = views({
      ...call('x', {}),
      workspace: '/',
      subjects: [{ cwd: '/a', realCwd: '/c', realRoot: '/', pathKind: 'folder' }],
    });
    expect(view?.path('cwd')).toMatchObject({ real: { segments: ['c'] }, isFolder: false });
    expect(view?.path('path')).toBe(null);
  });
});

describe('one parameter of a rule', () => {
  const hits = (key: string, pattern: unknown, request: Parameters<typeof callView>[0]) =>
    (callView(request).subjects ?? []).map((view) => compileParam(key, pattern).hits(view)).join(' ');
  const covers = (key: string, pattern: unknown, request: Parameters<typeof callView>[0]) =>
    (callView(request).subjects ?? []).map((view) => compileParam(key, pattern).covers(view)).join(' ');
  const told = (subject: object, input: object = {}) => ({
    ...call('x', input),
    workspace: '/',
    subjects: [{ ...subject }],
  });

  test('a command that stands only among the arguments is not one that can be said', () => {
    expect(hits('command', 'ls', told({}))).toBe('no');
    expect(hits('command', 'ls', told({}, { command: 'ls' }))).toBe('unknown');
    expect(hits('command', 'ls', bash('ls; pwd'))).toBe('yes no');
    expect([covers('command', 'ls', told({}, { command: 'ls' })), covers('command', 'ls', bash('ls; pwd'))]).toEqual([
      'false',
      'true false',
    ]);
  });

  test('nor is a path that stands only there, or is no text', () => {
    const whole = { path: '/a/b', realPath: '/a/b', realRoot: '/' };
    expect(hits('path', '/a/*', told(whole))).toBe('yes');
    expect(hits('path', '/b/*', told(whole))).toBe('no');
    expect(hits('path', '/a/*', told({}))).toBe('no');
    expect(hits('path', '/a/*', told({}, { path: '/a/b' }))).toBe('unknown');
    expect(hits('path', '/a/*', told({ path: 5 }))).toBe('unknown');
    expect(hits('cwd', '/', told({}))).toBe('yes');
    expect(hits('cwd', '/', told({}, { cwd: '/a' }))).toBe('unknown');
    expect([covers('path', '/a/*', told(whole)), covers('path', '/a/*', told({}))]).toEqual(['true', 'false']);
    const folder = { ...whole, pathKind: 'folder' };
    expect([hits('path', '/a/b/c', told(folder)), hits('path', '/a/b/c', told(whole))]).toEqual(['unknown', 'no']);
    const linked = told({ ...folder, realPath: '/c' });
    expect([hits('path', '/a/b/x', linked), hits('path', '/c/x', linked), hits('path', '/d/x', linked)]).toEqual([
      'unknown',
      'unknown',
      'no',
    ]);
    const search = { ...told(folder), tool: 'search' };
    expect([
      covers('path', '/a/b', search),
      covers('path', '/a/**', search),
      covers('path', '/a/b', told(folder)),
    ]).toEqual(['false', 'true', 'true']);
    const fresh = { ...whole, pathKind: 'new' };
    expect([hits('path', '/A/b', told(fresh)), hits('path', '/A/b', told(whole))]).toEqual(['unknown', 'no']);
  });

  test('a text covers texts; a rule that forbids it means a number and a yes or no, too', () => {
    expect(covers('n', '2*', told({ n: '22' }))).toBe('true');
    expect(covers('n', '2*', told({ n: 22 }))).toBe('false');
    expect(hits('n', '2*', told({ n: 22 }))).toBe('yes');
    expect(hits('n', '2*', told({ n: 3 }))).toBe('no');
    expect(hits('n', 'true', told({ n: true }))).toBe('yes');
    expect(hits('n', 'true', told({ n: null }))).toBe('no');
    expect(hits('n', 'a', told({ n: ['a'] }))).toBe('unknown');
    expect(hits('n', 'a', told({ n: { a: 1 } }))).toBe('unknown');
    expect(hits('n', 'a', told({}))).toBe('no');
    expect(hits('n', 'a', told({}, { n: 'a' }))).toBe('yes');
    expect(hits('n', 'a', told({ n: 'b' }, { n: 'a' }))).toBe('no');
    expect(hits('n', 'a', { ...told({}), input: 'a' })).toBe('no');
  });

  test('any other value covers its equal', () => {
    expect([covers('n', 3, told({ n: 3 })), covers('n', 3, told({ n: '3' })), covers('n', 3, told({}))]).toEqual([
      'true',
      'false',
      'false',
    ]);
    expect([hits('n', [1], told({ n: [1] })), hits('n', [1], told({ n: [2] })), hits('n', null, told({}))]).toEqual([
      'yes',
      'no',
      'no',
    ]);
    expect(covers('n', undefined, told({}))).toBe('false');
    expect(hits('n', { a: 1 }, told({}, { n: { a: 1 } }))).toBe('yes');
  });

  test('one that is empty is refused', () => {
    for (const pattern of ['', ' ', '\n'])
      expect(() => compileParam('n', pattern)).toThrow('it is empty and would cover nothing');
  });
});

describe('an exact rule', () => {
  test('means the arguments as they were written, or with what was added to them', () => {
    const request = { ...call('x', { a: 1, b: 2 }), written: { a: 1 } };
    expect(under({ tool: 'x', params: { a: 1 }, exact: true }, request)).toBe('allow');
    expect(under({ tool: 'x', params: { a: 1, b: 2 }, exact: true }, request)).toBe('allow');
    expect(under({ tool: 'x', params: { b: 2 }, exact: true }, request)).toBe('ask');
    expect(under({ tool: 'x', exact: true }, call('x', {}))).toBe('allow');
  });

  test('that forbids hits that call and no other', () => {
    const deny = (params: object) => ({
      policy: { allowlist: [{ tool: 'x' }], deny: [{ tool: 'x', params: { ...params }, exact: true }] },
    });
    expect(decided(call('x', { a: 1 }), deny({ a: 1 })).type).toBe('deny');
    expect(decided(call('x', { a: 1 }), deny({ a: 2 })).type).toBe('allow');
  });
});

test('a protected file is opened by a rule that names it, and by no wildcard, no tool and no other parameter', () => {
  const read = call('read', { path: '.env' }, { workspace: ws });
  expect(under({ tool: 'read', params: { path: '.env' } }, read)).toBe('allow');
  expect(
    under(
      { tool: 'read', params: { path: '.env', offset: 1 } },
      call('read', { path: '.env', offset: 1 }, { workspace: ws }),
    ),
  ).toBe('allow');
  expect(under({ tool: 'read', params: { path: join(ws, '.env') } }, read)).toBe('allow');
  expect(under({ tool: 'read', params: { path: '.env' }, exact: true }, read)).toBe('allow');
  for (const params of [{ path: '.e*' }, { path: '**' }, { path: '{.env,*}' }])
    expect(under({ tool: 'read', params }, read)).toBe('ask');
  expect(under({ tool: 'read' }, read)).toBe('ask');
  const written = call('write', { path: '.git/x', content: '' }, { workspace: ws });
  for (const rule of [{ tool: 'write' }, { tool: 'write', params: { path: '.git/x' } }])
    expect(under(rule, written)).toBe('ask');
  expect(under({ tool: 'write', params: { path: '.git/x', content: '' }, exact: true }, written)).toBe('ask');
});
