import { mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { coversPath, parsePathPattern, pathView } from '../../src/permissions/paths/path-pattern.ts';
import { protectionOf } from '../../src/permissions/paths/protected.ts';
import { call, decided } from './calls.ts';
import { pathCases, type PathCase } from './corpus.ts';
import { Stage } from './path-stage.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-paths-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ask(stage: Stage, { allow, tool, path, fs }: PathCase): 'allow' | 'relay' {
  const allowlist = allow.map((rule) => ({ tool: rule.tool, params: { path: stage.at(rule.params.path) } }));
  const second = fs.find((entry) => 'param2' in entry);
  const input = {
    ...(path !== null && { path: typeof path === 'string' ? stage.at(path) : path }),
    ...(second !== undefined && { newPath: stage.at(String(second['param2'])) }),
  };
  const request = call(tool, input, { workspace: stage.root });
  return decided(request, { policy: { allowlist } }).type === 'allow' ? 'allow' : 'relay';
}

/** Stories about what happens after the decision, other platforms, and other volumes. */
const elsewhere = ({ tag, platform, fs }: PathCase) =>
  tag === 'toctou' ||
  (platform !== undefined && platform !== process.platform) ||
  fs.some((entry) => 'case_insensitive' in entry || 'nfd' in entry);

const cases = pathCases();
const run = cases.filter((one) => !elsewhere(one));

describe('the path corpus, built on a real file system', () => {
  const answers = new Map(
    run.map((one) => {
      const stage = new Stage(join(folder, one.id));
      stage.build(one);
      return [one.id, ask(stage, one)];
    }),
  );
  const wrong = (level: string) => run.filter((one) => one.level === level && answers.get(one.id) !== one.expect);

  test('every core case gets the expected answer', () => {
    expect(run.length).toBe(cases.length - 10);
    expect(wrong('core').map(({ id }) => id)).toEqual([]);
  });

  test('and so does every policy case', () => {
    expect(wrong('policy').map(({ id }) => id)).toEqual([]);
  });
});

test('path-042, path-077: on a volume that takes two spellings for one name, the names it gives decide', () => {
  const root = '/ws';
  const question = (path: string, realPath: string) => protectionOf({ path, realPath, reads: false, own: [] });
  expect(question('/ws/.GIT/hooks/pre-commit', '/ws/.git/hooks/pre-commit')).not.toBe(null);
  const view = (path: string, realPath: string) => pathView({ path, realPath, root, realRoot: root });
  const rule = parsePathPattern('/ws/src/caf\u00e9.ts');
  expect(coversPath(rule, view('/ws/src/cafe\u0301.ts', '/ws/src/caf\u00e9.ts'))).toBe(true);
  expect(coversPath(rule, view('/ws/src/cafe\u0301.ts', '/ws/src/cafe\u0301.ts'))).toBe(false);
});

test('path-089: a folder that became a link outside after the check is found when the call is prepared again', () => {
  const story = cases.find(({ id }) => id === 'path-089');
  if (story === undefined) throw new Error('path-089 is missing');
  const stage = new Stage(join(folder, story.id));
  stage.build({ ...story, fs: [] });
  expect(ask(stage, story)).toBe('allow');
  renameSync(join(stage.root, 'src'), join(stage.base, 'away'));
  symlinkSync('/etc', join(stage.root, 'src'));
  expect(ask(stage, story)).toBe('relay');
});
