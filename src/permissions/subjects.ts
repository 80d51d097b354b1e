/** Makes what a call touches ready for matching. All looking at the disk for a decision happens here, before it. */
import type { Subject } from './call.ts';
import { resolvePath, type ResolvedPath } from './paths/real-paths.ts';
import { isPlainObject, ownValue } from './value.ts';

/** Tools whose path is one file: a folder in its place is not what a rule on files meant. */
const FILE_TOOLS = new Set(['read', 'write', 'patch']);
/** Keys this module writes; a model's own arguments of these names never count. */
const DERIVED_KEYS = new Set(['realPath', 'realCwd', 'realRoot']);

/**
 * Adds to every subject with a `path` the normalised path and `realPath`, to every one with a `cwd` the same and
 * `realCwd`, and to both `realRoot`. Without `subjects` (`undefined`) a call is matched on its arguments.
 * `null` when any of it cannot be said for certain; such a call asks. Never throws, changes nothing it is given.
 */
export function prepareSubjects(
  tool: string,
  input: unknown,
  subjects: readonly Subject[] | null | undefined,
  workspace: string,
): readonly Subject[] | null {
  const raw: readonly unknown[] | null = subjects === undefined ? [input] : subjects;
  if (raw === null || raw.length === 0) return null;
  const prepared: Subject[] = [];
  for (const subject of raw) {
    const ready = prepareSubject(tool, subject, workspace);
    if (ready === null) return null;
    prepared.push(ready);
  }
  return Object.freeze(prepared);
}

function prepareSubject(tool: string, subject: unknown, workspace: string): Subject | null {
  if (!isPlainObject(subject)) return null;
  const ready: Record<string, unknown> = { __proto__: null };
  for (const [key, value] of Object.entries(subject)) if (!DERIVED_KEYS.has(key)) ready[key] = value;
  if (ownValue(subject, 'path') !== undefined) {
    const resolved = resolveAt(ready['path'], workspace);
    if (resolved === null || (resolved.kind === 'folder' && FILE_TOOLS.has(tool))) return null;
    Object.assign(ready, { path: resolved.path, realPath: resolved.realPath, realRoot: resolved.realRoot });
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
