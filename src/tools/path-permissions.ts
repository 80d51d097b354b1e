/** Paths of file tools as permissions see them: subjects, rules for "always", and what was judged. */
import { lstatSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import type { ToolPermission } from '../events.ts';
import { arePlainPaths } from '../permissions/readable.ts';
import { movedError } from './anchored-folder.ts';
import type { PermissionContext, Subject, ToolContext } from './tool.ts';
import { displayPath, realPath, resolvePath } from './workspace-path.ts';

/** Escapes a literal path so that, read as a pattern, it matches itself and nothing else. */
export function escapeGlob(path: string): string {
  return path.replace(/[\\*?[\]{},]|^~/g, '\\$&');
}

/**
 * The pattern that covers one path and nothing else, relative to the workspace where the path is inside it. A path that
 * leads elsewhere through links is covered under both names, because a rule has to match both: `{link,target}`.
 */
export function exactPattern(workspace: string, path: string): string {
  const names = [...new Set([path, realPath(path)])].map((name) => escapeGlob(displayPath(workspace, name)));
  return names.length === 1 ? names.join() : `{${names.join()}}`;
}

/** `subjects` of the file tools: one `{ path }`, absolute and normalised, for every file. Following links is for the rules. */
export function pathSubjects(paths: readonly string[], { workspace }: PermissionContext): readonly Subject[] {
  return [...new Set(paths.map((path) => resolvePath(workspace, path)))].map((path) => ({
    path: path.replaceAll(sep, '/'),
  }));
}

/**
 * `derivePermission` of the file tools: exactly the touched files, one rule each. `null` when a human could not tell from
 * a rule what it covers, or a rule on files would not cover the path (a folder, a device, a link that leads nowhere).
 */
export function pathPermissions(
  tool: string,
  paths: readonly string[],
  { workspace }: PermissionContext,
): readonly ToolPermission[] | null {
  const touched = [...new Set(paths.map((path) => resolvePath(workspace, path)))];
  try {
    if (!touched.every(canStandInRule)) return null;
    return touched.map((path) => ({ tool, params: { path: exactPattern(workspace, path) } }));
  } catch {
    return null;
  }
}

function canStandInRule(path: string): boolean {
  const shown = realPath(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const stats = statSync(path, { throwIfNoEntry: false });
  return arePlainPaths(path, shown) && (stats === undefined ? !isLink : stats.isFile());
}

/**
 * The real path of an absolute path, as it was judged.
 * @throws ToolError when it leads elsewhere now, or was never among what was judged.
 */
export function judgedPath({ judged }: Pick<ToolContext, 'judged'>, path: string): string {
  const real = realPath(path);
  // nothing to compare with: no orchestrator runs this tool, or a human allowed what could not be resolved
  if (judged === undefined || judged === null) return real;
  const subject = judged.find((one) => one['path'] === path);
  const expected = subject?.['realPath'];
  if (typeof expected !== 'string') throw movedError(path, real);
  if (expected !== real) throw movedError(expected, real);
  return real;
}
