import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ToolPermission } from '../../src/events.ts';
import { GUARDED_NAMES } from '../../src/permissions/paths/guarded-names.ts';
import { bash, call, under } from './calls.ts';
import { HARMLESS, RUN, SECRETS } from './guarded-cases.ts';

const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-guarded-')));
afterAll(() => rmSync(workspace, { recursive: true }));
const all = (tool: string): ToolPermission => ({ tool, params: { path: '**' } });
const command = (pattern: string): ToolPermission => ({ tool: 'bash', params: { command: pattern } });

/** What reads a file, and what changes one: each gate with the widest rule that could cover it. */
const READS: Readonly<Record<string, (path: string) => string>> = {
  'read(**)': (path) => under(all('read'), call('read', { path }, { workspace })),
  'search(**)': (path) => under(all('search'), call('search', { path }, { workspace })),
  'cat *': (path) => under(command('cat *'), bash(`cat '${path}'`, { workspace })),
  'head *': (path) => under(command('head *'), bash(`head -n 3 ./${path}`, { workspace })),
  'grep *': (path) => under(command('grep *'), bash(`grep -n x ${path}`, { workspace })),
  'git show *': (path) => under(command('git show *'), bash(`git show HEAD:${path}`, { workspace })),
};
const WRITES: Readonly<Record<string, (path: string) => string>> = {
  'write(**)': (path) => under(all('write'), call('write', { path }, { workspace })),
  'patch(**)': (path) => under(all('patch'), call('patch', {}, { workspace, subjects: [{ path: 'a' }, { path }] })),
  'another tool(**)': (path) => under(all('save'), call('save', { path }, { workspace })),
  'git mv *': (path) => under(command('git mv *'), bash(`git mv README.md ${path}`, { workspace })),
  'mkdir *': (path) => under(command('mkdir *'), bash(`mkdir -p ${path}`, { workspace })),
};
/** Commands that ask for any file, so also for these. */
const ALWAYS_ASK: readonly ((path: string) => string)[] = [
  (path) => under(command('cp *'), bash(`cp a ${path}`, { workspace })),
  (path) => under(command('mv *'), bash(`mv a ${path}`, { workspace })),
  (path) => under(command('tee *'), bash(`tee ${path}`, { workspace })),
  (path) => under(command('echo *'), bash(`echo x > ${path}`, { workspace })),
  (path) => under(command('sed *'), bash(`sed -i s/a/b/ ${path}`, { workspace })),
  (path) => under(command('dd *'), bash(`dd of=${path}`, { workspace })),
];
const places = (name: string) => [name, `packages/a/${name}`];
const wrong = (names: readonly string[], gates: Readonly<Record<string, (path: string) => string>>, expected: string) =>
  names.flatMap(places).flatMap((path) =>
    Object.entries(gates)
      .filter(([, gate]) => gate(path) !== expected)
      .map(([gate]) => `${gate} ${path}`),
  );

describe('each gate gives each name the same answer', () => {
  test('reading a secret asks', () => expect(wrong(SECRETS, READS, 'ask')).toEqual([]));
  test('writing a secret asks', () => expect(wrong(SECRETS, WRITES, 'ask')).toEqual([]));
  test('reading what programs run is free', () => expect(wrong(RUN, READS, 'allow')).toEqual([]));
  test('writing what programs run asks', () => expect(wrong(RUN, WRITES, 'ask')).toEqual([]));
  test('harmless names are free to read', () => expect(wrong(HARMLESS, READS, 'allow')).toEqual([]));
  test('harmless names are free to write', () => expect(wrong(HARMLESS, WRITES, 'allow')).toEqual([]));

  test('copies, redirections and their like ask', () => {
    const names = [...SECRETS, ...RUN].flatMap(places);
    expect(names.filter((path) => ALWAYS_ASK.some((gate) => gate(path) !== 'ask'))).toEqual([]);
  });

  test('a folder of a rule brings no protected file under it', () => {
    for (const name of [...SECRETS, ...RUN]) {
      const path = `build/${name}`;
      expect([path, under(command('cp a build/*'), bash(`cp a ${path}`, { workspace }))]).toEqual([path, 'ask']);
      expect([path, under(command('rm build/*'), bash(`rm ${path}`, { workspace }))]).toEqual([path, 'ask']);
    }
  });

  test('a rule that names a secret lets it be read', () => {
    for (const path of SECRETS)
      expect([path, under({ tool: 'read', params: { path } }, call('read', { path }, { workspace }))]).toEqual([
        path,
        'allow',
      ]);
  });
});

describe('the list', () => {
  test('has lower-case names, each once for its kind', () => {
    const keys = GUARDED_NAMES.map(({ kind, name }) => `${kind} ${name}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at || key !== key.toLowerCase())).toEqual([]);
  });
});
