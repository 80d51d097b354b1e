import { describe, expect, test } from 'vitest';
import { hasDefaultExport, importsIn, sourceFiles, sourceImports } from './source.ts';
import type { SourceImport } from './source.ts';

const imports = sourceImports();
const vocabulary = ['events.ts', 'errors.ts', 'durable-steps.ts'];
const onTop = ['server', 'client', 'cli', 'web', 'bridges', 'testing'];

/** The first folder of a path in `src`, or the file itself when it lies in no folder. */
const areaOf = (path: string): string => path.split('/')[0] ?? path;

/** The imports that break a rule, as text, so that a failure names file and import. */
function offenders(breaks: (found: SourceImport) => boolean): readonly string[] {
  return imports.filter(breaks).map(({ file, specifier, typeOnly }) => {
    return `${file} imports ${typeOnly ? 'type ' : ''}${specifier}`;
  });
}

/** The imports from `area` of other files of ours, beyond the vocabulary and the area itself. */
function outside(area: string, allowed: (found: SourceImport & { readonly target: string }) => boolean) {
  return offenders((found) => {
    const { file, target } = found;
    if (areaOf(file) !== area || target === undefined) return false;
    return !vocabulary.includes(target) && areaOf(target) !== area && !allowed({ ...found, target });
  });
}

describe('who may import whom', () => {
  test('there is something to look at', () => {
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.map(({ target }) => target)).toContain('events.ts');
  });

  test.each(vocabulary)('%s imports nothing of ours', (file) => {
    expect(offenders((found) => found.file === file && found.target !== undefined)).toEqual([]);
  });

  test('tools import only the vocabulary and each other; bash also how a command is read and what "always" would save', () => {
    const allowed = new Map([
      ['tools/bash.ts', 'permissions/shell/derived-rules.ts'],
      ['tools/named-files.ts', 'permissions/shell/script.ts'],
    ]);
    expect(outside('tools', ({ file, target }) => allowed.get(file) === target)).toEqual([]);
  });

  test('permissions import only the vocabulary, each other and the type of a tool', () => {
    expect(outside('permissions', ({ target, typeOnly }) => typeOnly && target === 'tools/tool.ts')).toEqual([]);
  });

  test('policy files are read beside permissions: they know those and the dry run', () => {
    expect(outside('policy', ({ target }) => areaOf(target) === 'permissions' || target === 'dry-run.ts')).toEqual([]);
  });

  test('the dry run and what builds its calls run no actor', () => {
    const logic = ['dry-run.ts', 'actors/call-request.ts'];
    expect(offenders(({ file, specifier }) => logic.includes(file) && specifier.startsWith('xstate'))).toEqual([]);
    expect(
      offenders(
        ({ file, target = '' }) =>
          file === 'dry-run.ts' && ['machines', 'stream', 'journal', 'orchestrator.ts'].includes(areaOf(target)),
      ),
    ).toEqual([]);
  });

  test('the read model knows only events', () => {
    expect(outside('read-model', () => false)).toEqual([]);
  });

  test('machines never import actors: they name them and are given them', () => {
    expect(outside('machines', ({ target }) => areaOf(target) !== 'actors')).toEqual([]);
  });

  test('charts know nothing of ours but errors, and of XState only its types', () => {
    expect(outside('charts', () => false)).toEqual([]);
  });

  test.each(['machines', 'charts'])('%s do no I/O', (area) => {
    const io = /^(node:)?(fs|child_process|net|tls|dgram|dns|https?|http2|sqlite|worker_threads|readline)(\/|$)/;
    expect(offenders(({ file, specifier }) => areaOf(file) === area && io.test(specifier))).toEqual([]);
  });

  test.each(onTop)('%s sees the orchestrator only through its public API', (area) => {
    const isPublic = (target: string): boolean =>
      target === 'index.ts' || /^[^/]+\/index\.ts$/.test(target) || areaOf(target) === 'read-model';
    // pure, and small: the main entry would bring everything into the page
    const others: Readonly<Record<string, readonly string[]>> = {
      server: ['redact.ts'],
      web: ['redact.ts', 'permissions/rule-text.ts'],
    };
    expect(outside(area, ({ target }) => isPublic(target) || others[area]?.includes(target) === true)).toEqual([]);
  });

  test('live inspection looks on from beside: it knows no actor, machine or stream, and only command line and server know it', () => {
    const plain = ['errors.ts', 'redact.ts', 'spawn-params.ts'];
    expect(outside('inspect', ({ target }) => plain.includes(target))).toEqual([]);
    expect(
      offenders(
        ({ file, target = '' }) => areaOf(target) === 'inspect' && !['inspect', 'cli', 'server'].includes(areaOf(file)),
      ),
    ).toEqual([]);
  });

  test('nothing below imports what sits on top of it', () => {
    expect(
      offenders(
        ({ file, target }) => target !== undefined && onTop.includes(areaOf(target)) && !onTop.includes(areaOf(file)),
      ),
    ).toEqual([]);
  });

  test('only what sits on top imports the main entry', () => {
    expect(offenders(({ file, target }) => target === 'index.ts' && !onTop.includes(areaOf(file)))).toEqual([]);
  });

  test('only machines, actors and the wiring import XState; the stream, the charts and live inspection know its types', () => {
    const may = ['machines', 'actors', 'system.ts'];
    const mayNameTypes = ['stream', 'charts', 'inspect', 'answering.ts', 'log-inspector.ts', 'orchestrator-options.ts'];
    expect(
      offenders(({ file, specifier, typeOnly }) => {
        if (!/^xstate(\/|$)/.test(specifier) || may.includes(areaOf(file))) return false;
        if (file === 'testing/explore/graph.ts') return false; // walks a graph that it is given, with xstate/graph
        return !(typeOnly && mayNameTypes.includes(areaOf(file)));
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
