/** The import statements of our sources, read as text: formatted code starts each of them in the first column. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));

export interface Import {
  /** As written, e.g. `../events.ts`, `rxjs`, `node:fs`. */
  readonly specifier: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/** An import by a file of ours. `file` and `target` are relative to `src`, with forward slashes. */
export interface SourceImport extends Import {
  readonly file: string;
  /** The file of `src` that it names, or `undefined` for a package, a module of Node or a file outside `src`. */
  readonly target: string | undefined;
}

/** Every static, re-exporting, side-effect and dynamic import in a piece of source. */
export function importsIn(source: string): readonly Import[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(?:(type)\s+)?(?:[\w$*\s,{}]+?\s+from\s+)?['"]([^'"\n]+)['"]/gm,
  );
  const dynamic = source.matchAll(/\bimport\(\s*['"]([^'"\n]+)['"]/g);
  return [
    ...[...statements].map(([, type, specifier = '']) => ({ specifier, typeOnly: type !== undefined })),
    ...[...dynamic].map(([, specifier = '']) => ({ specifier, typeOnly: false })),
  ];
}

/** Whether a piece of source has a default export, in any of its spellings. */
export function hasDefaultExport(source: string): boolean {
  return /^export\s+default\b/m.test(source) || /^export\s*(?:type\s*)?\{[^}]*\bas\s+default\b/m.test(source);
}

export interface SourceFile {
  /** Relative to `src`, with forward slashes. */
  readonly file: string;
  readonly source: string;
}

/** All files of `src`. */
export function sourceFiles(): readonly SourceFile[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({
      file: relative(src, path).split(sep).join(posix.sep),
      source: readFileSync(path, 'utf8'),
    }));
}

function targetOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(file), specifier);
  return target.startsWith('../') ? undefined : target;
}

/** All imports of all files of `src`. */
export function sourceImports(): readonly SourceImport[] {
  return sourceFiles().flatMap(({ file, source }) =>
    importsIn(source).map((found) => ({
      ...found,
      file,
      target: targetOf(file, found.specifier),
    })),
  );
}

/** Groups of files that import each other, by any number of steps; files and groups are sorted. */
export function circles(imports: readonly SourceImport[]): readonly (readonly string[])[] {
  const targets = Map.groupBy(
    imports.filter(({ target }) => target !== undefined),
    ({ file }) => file,
  );
  /** All files that `start` leads to. */
  const reached = (start: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const { target = '' } of targets.get(file) ?? []) {
        if (!found.has(target)) open.push(target);
        found.add(target);
      }
    }
    return found;
  };
  const reach = new Map([...targets.keys()].map((file) => [file, reached(file)]));
  const inCircle = [...reach].filter(([file, found]) => found.has(file)).map(([file]) => file);
  const groups = inCircle.map((file) =>
    inCircle.filter((other) => reach.get(file)?.has(other) === true && reach.get(other)?.has(file) === true).toSorted(),
  );
  return [...new Map(groups.map((group) => [group.join(' '), group])).values()].toSorted((a, b) =>
    a.join() < b.join() ? -1 : 1,
  );
}
