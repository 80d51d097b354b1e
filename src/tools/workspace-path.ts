/** Paths as the file tools mean them: what a name resolves to, which file it really is, and how it is shown. */
import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { ToolError, messageOf } from '../errors.ts';

/** Linux follows at most 40 links in one look-up (path_resolution(7)). */
const maxLinks = 40;

/** A path argument of a tool. */
export const PathInput = z
  .string()
  .min(1, 'the path is empty')
  .refine((path) => !path.includes('\0'), 'a path cannot contain a NUL byte');

/** The absolute, normalised form of a path that is absolute or relative to the workspace. Follows no links. */
export function resolvePath(workspace: string, path: string): string {
  return resolve(workspace, path);
}

/** How a path is shown: relative to the workspace when inside it, else absolute. Always with forward slashes. */
export function displayPath(workspace: string, path: string): string {
  const inside = relative(workspace, path);
  const outside = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return (outside ? path : inside || '.').replaceAll(sep, '/');
}

/**
 * The file an absolute path really names, through every link. For what does not exist yet: the real path of its deepest
 * existing folder plus the rest, and a link that points nowhere counts as what it points to.
 *
 * Synchronous on purpose: a lock taken right after it queues in the order of the calls.
 * @throws ToolError for a circle of links, or a path that runs through something that is not a folder.
 */
export function realPath(path: string): string {
  return follow(path, maxLinks);
}

function follow(path: string, linksLeft: number): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw pathError(path, error);
  }
  const folder = dirname(path);
  if (folder === path) return path;
  const target = linkTarget(path);
  if (target === undefined) return join(follow(folder, linksLeft), basename(path));
  if (linksLeft === 0) throw new ToolError(`${path} is a circle of symbolic links.`);
  return follow(resolve(follow(folder, linksLeft), target), linksLeft - 1);
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The `code` of a system error (`ENOENT` …), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A system error about a path in words a model can act on. */
export function pathError(path: string, error: unknown): ToolError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    ENOTDIR: 'runs through something that is not a folder',
    EISDIR: 'is a folder',
    EACCES: 'may not be accessed: permission denied by the operating system',
    EPERM: 'may not be accessed: permission denied by the operating system',
    ELOOP: 'is a circle of symbolic links',
    ENAMETOOLONG: 'is too long for the file system',
    EROFS: 'is on a read-only file system',
    ENOSPC: 'cannot be written: no space left on the device',
  };
  const reason = reasons[codeOf(error) ?? ''] ?? `failed: ${messageOf(error)}`;
  return new ToolError(`${path} ${reason}.`, { cause: error });
}
