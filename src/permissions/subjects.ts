/** Makes what a call touches ready for matching. All looking at the disk for a decision happens here, before it. */
import type { Subject } from './call.ts';
import { ownFiles } from './paths/user-folders.ts';
import { protectionOf } from './paths/protected.ts';
import { resolvePath, type ResolvedPath } from './paths/real-paths.ts';
import { isPlainObject, ownValue } from './value.ts';

/** Tools whose path is one file: a folder in its place is not what a rule on files meant. */
const FILE_TOOLS = new Set(['read', 'write', 'patch']);
/** Tools that change nothing; every other tool with a path may write there. */
const READING_TOOLS = new Set(['read', 'search']);
/** Arguments of file tools that name no file. Another one might be a second path, as a rename has. */
const OTHER_ARGUMENTS = new Set(
  'path offset limit content patch pattern glob mode ignoreCase context maxResults'.split(' '),
);
/** Keys this module writes; a model's own arguments of these names never count. */
const DERIVED_KEYS = new Set(['realPath', 'realCwd', 'realRoot', 'pathKind', 'guard', 'guardedAs']);

/**
 * Adds to every subject with a `path` the normalised path, `realPath`, `pathKind` and, for a protected file, `guard`; to
 * every one with a `cwd` the normalised path and `realCwd`; and to both `realRoot`. Without `subjects` (`undefined`) a
 * call is matched on its arguments. `own`: files of this system's own, see `ownFiles`.
 * `null` when any of it cannot be said for certain; such a call asks. Never throws, changes nothing it is given.
 */
export function prepareSubjects(
  tool: string,
  input: unknown,
  subjects: readonly Subject[] | null | undefined,
  workspace: string,
  own: readonly string[] = ownFiles(),
): readonly Subject[] | null {
  if (subjects === undefined && FILE_TOOLS.has(tool) && hasStrangers(input)) return null;
  const raw: readonly unknown[] | null = subjects === undefined ? [input] : subjects;
  if (raw === null || raw.length === 0) return null;
  const prepared: Subject[] = [];
  for (const subject of raw) {
    const ready = prepareSubject({ tool, subject, workspace, own });
    if (ready === null) return null;
    prepared.push(ready);
  }
  return Object.freeze(prepared);
}

function hasStrangers(input: unknown): boolean {
  return isPlainObject(input) && Object.keys(input).some((key) => !OTHER_ARGUMENTS.has(key) && !DERIVED_KEYS.has(key));
}

function prepareSubject(given: {
  readonly tool: string;
  readonly subject: unknown;
  readonly workspace: string;
  readonly own: readonly string[];
}): Subject | null {
  const { tool, subject, workspace, own } = given;
  if (!isPlainObject(subject)) return null;
  const ready: Record<string, unknown> = { __proto__: null };
  for (const [key, value] of Object.entries(subject)) if (!DERIVED_KEYS.has(key)) ready[key] = value;
  if (ownValue(subject, 'path') !== undefined) {
    const resolved = resolveAt(ready['path'], workspace);
    if (resolved === null || (resolved.kind === 'folder' && FILE_TOOLS.has(tool))) return null;
    const { path, realPath, realRoot, kind } = resolved;
    const protection = protectionOf({ path, realPath, reads: READING_TOOLS.has(tool), own });
    Object.assign(ready, { path, realPath, realRoot, pathKind: kind, ...protection });
  }
  if (ownValue(subject, 'cwd') !== undefined) {
    const resolved = resolveAt(ready['cwd'], workspace);
    if (resolved?.kind !== 'folder') return null;
    Object.assign(ready, { cwd: resolved.path, realCwd: resolved.realPath, realRoot: resolved.realRoot });
  }
  return Object.freeze(ready);
}

function resolveAt(path: unknown, workspace: string): ResolvedPath | null {
  return typeof path === 'string' ? resolvePath(path, workspace) : null;
}
