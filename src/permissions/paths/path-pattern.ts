/** Patterns of the rule parameters `path` and `cwd`, and what they are held against. */
import { matchesSegments, parseGlob, pathSegments, reachesBelow, type GlobPath, type Segment } from './glob.ts';

export interface PathPattern {
  readonly globs: readonly GlobPath[];
  /** The same without case and in one Unicode form. */
  readonly loose: readonly GlobPath[];
  /** Whether it names one path, without wildcards. */
  readonly isLiteral: boolean;
}

/** A resolved path as it is seen from the workspace, cut into segments. */
export interface PathView {
  /** The path as it was written, normalised. */
  readonly lexical: SeenPath;
  /** Where it really leads. */
  readonly real: SeenPath;
  /** The workspace root as it was named. */
  readonly root: readonly string[];
  /** The path as written and the real one differ in nothing but the Unicode form of their names. */
  readonly isSpelling: boolean;
  readonly isFolder: boolean;
  /** Set where the disk cannot say how the name is spelled: there is no such file yet. */
  readonly loose: PathView | null;
}

interface SeenPath {
  readonly segments: readonly string[];
  /** The same below the workspace root, for its given and its real name; none for a path elsewhere. */
  readonly inside: readonly (readonly string[])[];
}

/** @throws SyntaxError that says what is wrong and what to write instead. */
export function parsePathPattern(pattern: string): PathPattern {
  const globs = parseGlob(pattern);
  const isLiteral = globs.every(({ segments }) => segments.every((name) => name !== '**' && 'literal' in name));
  return { globs, loose: parseGlob(loosely(pattern)), isLiteral };
}

interface PathParts {
  readonly path: string;
  readonly realPath: string;
  readonly root: string;
  readonly realRoot: string;
  readonly isFolder?: boolean;
  readonly isNew?: boolean;
}

export function pathView(parts: PathParts): PathView {
  const { path, realPath, isFolder = false, isNew = false } = parts;
  const root = pathSegments(parts.root);
  const roots = parts.root === parts.realRoot ? [root] : [root, pathSegments(parts.realRoot)];
  const loose = isNew
    ? pathView({
        path: loosely(path),
        realPath: loosely(realPath),
        root: loosely(parts.root),
        realRoot: loosely(parts.realRoot),
      })
    : null;
  const isSpelling = path !== realPath && path.normalize('NFC') === realPath.normalize('NFC');
  return { lexical: seenPath(path, roots), real: seenPath(realPath, roots), root, isSpelling, isFolder, loose };
}

/** As a volume sees it that tells neither case nor composed from decomposed letters. */
function loosely(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC');
}

function seenPath(path: string, roots: readonly (readonly string[])[]): SeenPath {
  const segments = pathSegments(path);
  const inside = roots.filter((root) => startsWith(segments, root)).map((root) => segments.slice(root.length));
  return { segments, inside };
}

/** Covered means both: the path as it was written, and where it really leads. */
export function coversPath({ globs }: PathPattern, view: PathView): boolean {
  // where the disk says that another spelling is the same name, the real one counts
  return (view.isSpelling || matchesAnchored(globs, view.lexical, view)) && matchesAnchored(globs, view.real, view);
}

/** Like `coversPath`, and everything below the folder, too. */
export function coversAllBelow({ globs, ...pattern }: PathPattern, view: PathView): boolean {
  return coversPath({ ...pattern, globs: globs.filter(({ segments }) => segments.at(-1) === '**') }, view);
}

/** For a deny rule one of the two is enough. */
export function hitsPath({ globs }: PathPattern, view: PathView): boolean {
  return matchesAnchored(globs, view.lexical, view) || matchesAnchored(globs, view.real, view);
}

/**
 * Whether a deny rule could mean this path although it does not hit it: it hits something below the folder, or the name
 * of a new file differs in nothing but case or Unicode form, which on some volumes is the same file.
 */
export function mayHitPath({ globs, loose }: PathPattern, view: PathView): boolean {
  if (view.isFolder && [view.lexical, view.real].some((path) => matchesAnchored(globs, path, view, reachesBelow)))
    return true;
  return view.loose !== null && hitsPath({ globs: loose, loose, isLiteral: false }, view.loose);
}

/** Whether the path really is the workspace root. */
export function isRoot(view: PathView): boolean {
  return view.real.inside.some((segments) => segments.length === 0);
}

function matchesAnchored(
  globs: readonly GlobPath[],
  path: SeenPath,
  view: PathView,
  matches: typeof matchesSegments = matchesSegments,
): boolean {
  for (const glob of globs) {
    if (glob.absolute && matches(glob.segments, path.segments)) return true;
    if (path.inside.length === 0) continue;
    const relative = glob.absolute ? belowRoot(glob.segments, view.root) : glob.segments;
    if (relative !== null && path.inside.some((segments) => matches(relative, segments))) return true;
  }
  return false;
}

/** An absolute pattern that names the workspace root by its given name means the workspace, wherever that really lies. */
function belowRoot(segments: readonly Segment[], root: readonly string[]): readonly Segment[] | null {
  const named = root.every((name, index) => {
    const segment = segments[index];
    return segment !== undefined && segment !== '**' && 'literal' in segment && segment.literal === name;
  });
  return named ? segments.slice(root.length) : null;
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return path.length >= prefix.length && prefix.every((name, index) => path[index] === name);
}
