import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const entry = new URL('../../src/index.ts', import.meta.url).href;

/** Prints the URL of every module that is loaded from now on, one a line. */
const spy = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({
    load(url, context, nextLoad) {
      writeSync(1, url + '\\n');
      return nextLoad(url, context);
    },
  });
`)}`;

/** What the main entry may load: the core, and small pure packages without dependencies of their own. */
const core = ['xstate', '@xstate/store', 'zod', 'rxjs', 'unbash', 'tslib', 'uuid', 'immutable'];

const packageOf = (url: string): string | undefined => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];

/** What a process says that runs this code, and which modules it loads. */
function loadedBy(code: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', spy, '--input-type=module', '--eval', code],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  return { status, stderr, loaded: stdout.split('\n').filter((line) => line !== '') };
}

describe('the main entry', () => {
  const { status, stderr, loaded } = loadedBy(`await import(${JSON.stringify(entry)})`);

  test('can be imported, says nothing and lets the process end', () => {
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(loaded).toContain(entry);
    expect(loaded.map(packageOf)).toContain('xstate');
  });

  test('loads only core packages: no model provider, logger, command line, diff or ripgrep', () => {
    const packages = new Set(loaded.map(packageOf).filter((name) => name !== undefined));
    expect([...packages].filter((name) => !core.includes(name))).toEqual([]);
  });

  test('loads nothing of the command line, the servers, the bridges, the charts, live inspection or the test kit', () => {
    expect(loaded.filter((url) => /\/src\/(cli|server|web|bridges|charts|inspect|testing)\//.test(url))).toEqual([]);
  });

  test('loads no database and no network module of Node', () => {
    expect(loaded.filter((url) => /^node:(sqlite|http|https|http2|net)$/.test(url))).toEqual([]);
  });
});

test('greenroom/charts loads no package: Graphviz comes with the first picture', () => {
  const charts = JSON.stringify(new URL('../../src/charts/index.ts', import.meta.url).href);
  const { status, stderr, loaded } = loadedBy(`await import(${charts})`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(loaded.map(packageOf).filter((name) => name !== undefined)).toEqual([]);
});
