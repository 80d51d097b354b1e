/** Patterns of the rule parameters `path` and `cwd`, and what they are held against. */
import { matchesSegments, parseGlob, pathSegments, type GlobPath, type Segment } from './glob.ts';

export type PathPattern = readonly GlobPath[];

/** A resolved path as it is seen from the workspace, cut into segments. */
export interface PathView {
  /** The path as it was written, normalised. */
  readonly lexical: SeenPath;
  /** Where it really leads. */
  readonly real: SeenPath;
  /** The workspace root as it was named. */
  readonly root: readonly string[];
}

interface SeenPath {
  readonly segments: readonly string[];
  /** The same below the workspace root, for its given and its real name; none for a path elsewhere. */
  readonly inside: readonly (readonly string[])[];
}

/** @throws SyntaxError that says what is wrong and what to write instead. */
export function parsePathPattern(pattern: string): PathPattern {
  return parseGlob(pattern);
}

export function pathView(paths: { path: string; realPath: string; root: string; realRoot: string }): PathView {
  const root = pathSegments(paths.root);
  const roots = paths.root === paths.realRoot ? [root] : [root, pathSegments(paths.realRoot)];
  return { lexical: seenPath(paths.path, roots), real: seenPath(paths.realPath, roots), root };
}

function seenPath(path: string, roots: readonly (readonly string[])[]): SeenPath {
  const segments = pathSegments(path);
  const inside = roots.filter((root) => startsWith(segments, root)).map((root) => segments.slice(root.length));
  return { segments, inside };
}

/** Covered means both: the path as it was written, and where it really leads. */
export function coversPath(pattern: PathPattern, view: PathView): boolean {
  return matchesAnchored(pattern, view.lexical, view) && matchesAnchored(pattern, view.real, view);
}

/** For a deny rule one of the two is enough. */
export function hitsPath(pattern: PathPattern, view: PathView): boolean {
  return matchesAnchored(pattern, view.lexical, view) || matchesAnchored(pattern, view.real, view);
}

/** Whether the path really is the workspace root. */
export function isRoot(view: PathView): boolean {
  return view.real.inside.some((segments) => segments.length === 0);
}

function matchesAnchored(pattern: PathPattern, path: SeenPath, view: PathView): boolean {
  for (const glob of pattern) {
    if (glob.absolute && matchesSegments(glob.segments, path.segments)) return true;
    if (path.inside.length === 0) continue;
    const relative = glob.absolute ? belowRoot(glob.segments, view.root) : glob.segments;
    if (relative !== null && path.inside.some((segments) => matchesSegments(relative, segments))) return true;
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
