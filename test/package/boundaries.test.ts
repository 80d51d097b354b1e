import { describe, expect, test } from 'vitest';
import { codes, page, table } from '../docs/pages.ts';
import { circles, hasDefaultExport, importsIn, sourceFiles, sourceImports } from './source.ts';
import type { SourceImport } from './source.ts';

const imports = sourceImports();

/** The rooms of `src` from the ground up. Imports go down only: never to a later line, and never across a line. */
const FLOORS: readonly (readonly string[])[] = [
  ['errors.ts'],
  ['schema'],
  ['events.ts'],
  ['text'],
  ['diagnostics', 'charts'],
  ['permissions'],
  ['tools'],
  ['harness', 'read-model', 'journal'],
  ['stream'],
  ['machines'],
  ['calls'],
  ['actors'],
  ['recovery'],
  ['policy', 'inspect', 'orchestrator'],
  ['index.ts'],
  ['server'],
  ['client', 'testing'],
  ['cli', 'web'],
];
const apps = ['server', 'client', 'cli', 'web', 'bridges', 'testing'];

/** The first folder of a path in `src`, or the file itself when it lies in no folder. */
const roomOf = (path: string): string => path.split('/')[0] ?? path;
const floorOf = (path: string): number => FLOORS.findIndex((rooms) => rooms.includes(roomOf(path)));

/** The imports that break a rule, as text, so that a failure names file and import. */
function offenders(breaks: (found: SourceImport) => boolean): readonly string[] {
  return imports.filter(breaks).map(({ file, specifier, typeOnly }) => {
    return `${file} imports ${typeOnly ? 'type ' : ''}${specifier}`;
  });
}

describe('who may import whom', () => {
  test('every file lies in a room that has a floor', () => {
    expect(imports.length).toBeGreaterThan(0);
    expect(
      sourceFiles()
        .map(({ file }) => file)
        .filter((file) => floorOf(file) === -1),
    ).toEqual([]);
  });

  test('docs/architecture.md shows every room on its floor, the top floor first', () => {
    const shown = table(page('docs/architecture.md'), 'rooms').map(([rooms]) => codes(rooms));
    expect(shown).toEqual(FLOORS.toReversed());
  });

  test('imports go down only', () => {
    expect(
      offenders(
        ({ file, target }) =>
          target !== undefined && roomOf(target) !== roomOf(file) && floorOf(target) >= floorOf(file),
      ),
    ).toEqual([]);
  });

  test('no import circle, type-only ones included', () => {
    expect(circles(imports).map((files) => files.join(' '))).toEqual([]);
  });

  test('a file is one concept: few are under 40 lines', () => {
    const short = sourceFiles().filter(
      ({ file, source }) => !file.endsWith('index.ts') && source.split('\n').length <= 40,
    );
    expect(short.length, short.map(({ file }) => file).join(' ')).toBeLessThan(40);
  });

  test.each(apps)('%s sees the orchestrator only through its public API', (room) => {
    const isPublic = (target: string): boolean =>
      /^(?:[^/]+\/)?index\.ts$/.test(target) ||
      ['errors.ts', 'events.ts'].includes(target) ||
      ['read-model', 'text'].includes(roomOf(target));
    // pure, and small: the main entry would bring everything into the page
    const others: Readonly<Record<string, readonly string[]>> = {
      server: ['diagnostics/redact.ts'],
      web: ['diagnostics/redact.ts', 'permissions/rule-text.ts'],
    };
    expect(
      offenders(
        ({ file, target }) =>
          roomOf(file) === room &&
          target !== undefined &&
          roomOf(target) !== room &&
          !isPublic(target) &&
          others[room]?.includes(target) !== true,
      ),
    ).toEqual([]);
  });

  test('the read model knows only events, the charts only errors', () => {
    const rooms = ['read-model', 'charts', 'text'];
    expect(
      offenders(
        ({ file, target }) =>
          rooms.includes(roomOf(file)) &&
          target?.includes('/') === true &&
          ![roomOf(file), 'text'].includes(roomOf(target)),
      ),
    ).toEqual([]);
  });

  test.each(['machines', 'charts', 'calls/dry-run.ts'])('%s does no I/O beyond looking at paths', (place) => {
    const io = /^(node:)?(child_process|net|tls|dgram|dns|https?|http2|sqlite|worker_threads|readline)(\/|$)/;
    const files = /^(node:)?fs(\/|$)/;
    expect(
      offenders(
        ({ file, specifier }) =>
          file.startsWith(place) && (io.test(specifier) || (place !== 'calls/dry-run.ts' && files.test(specifier))),
      ),
    ).toEqual([]);
  });

  test('only machines, actors and the wiring import XState; others know its types', () => {
    const may = ['machines', 'actors'];
    const files = [
      'orchestrator/system.ts',
      'testing/explore/graph.ts',
      'testing/machine-form.ts',
      'testing/machine-forms.ts',
      'testing/test-machine.ts',
    ];
    const mayNameTypes = ['stream', 'charts', 'inspect', 'orchestrator'];
    expect(
      offenders(({ file, specifier, typeOnly }) => {
        if (!/^xstate(\/|$)/.test(specifier) || may.includes(roomOf(file)) || files.includes(file)) return false;
        return !(typeOnly && mayNameTypes.includes(roomOf(file)));
      }),
    ).toEqual([]);
  });

  test('no file has a default export', () => {
    expect(
      sourceFiles()
        .filter(({ source }) => hasDefaultExport(source))
        .map(({ file }) => file),
    ).toEqual([]);
  });
});

describe('the reader of circles', () => {
  const edge = (file: string, target: string): SourceImport => ({ file, target, specifier: '', typeOnly: true });

  test('finds what leads back to itself, by any way', () => {
    expect(circles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd'), edge('e', 'e')])).toEqual([
      ['a', 'b', 'c'],
      ['e'],
    ]);
  });

  test('takes two ways to one file for no circle', () => {
    expect(circles([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')])).toEqual([]);
  });
});

describe('the reader of imports', () => {
  test('finds every form of import and knows which leave nothing at run time', () => {
    const source = [
      "import { a } from './a.ts';",
      "import type { B } from './b.ts';",
      "import * as z from 'zod';",
      "import c, { type D } from './c.ts';",
      'import {',
      '  e,',
      '  type F,',
      "} from './e.ts';",
      "import './side-effect.ts';",
      "export { g } from './g.ts';",
      "export * from './h.ts';",
      "export type { I } from './i.ts';",
      "const j = await import('./j.ts');",
      " * import { notCode } from 'a-comment';",
      "export const k = 'not an import';",
    ].join('\n');
    expect(importsIn(source).map(({ specifier, typeOnly }) => (typeOnly ? `type ${specifier}` : specifier))).toEqual([
      './a.ts',
      'type ./b.ts',
      'zod',
      './c.ts',
      './e.ts',
      './side-effect.ts',
      './g.ts',
      './h.ts',
      'type ./i.ts',
      './j.ts',
    ]);
  });

  test.each(['export default 1;', 'export { x as default };', "export { default, x as default } from './x.ts';"])(
    'knows `%s` as a default export',
    (source) => expect(hasDefaultExport(source)).toBe(true),
  );

  test('takes nothing else for a default export', () => {
    expect(hasDefaultExport("export const defaults = 'export default';\nexport { defaults as d };")).toBe(false);
  });
});
