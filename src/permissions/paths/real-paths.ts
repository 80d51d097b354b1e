/** Where a path really leads. Everything that cannot be said for certain is `null`, and the call then asks. */
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { arePlainPaths } from '../readable.ts';

export type PathKind = 'file' | 'folder' | 'new';

export interface ResolvedPath {
  /** Absolute, `.` and `..` taken out. */
  readonly path: string;
  /** Absolute, every link resolved; for a new file, those of its deepest existing folder. */
  readonly realPath: string;
  /** The workspace root with every link resolved. */
  readonly realRoot: string;
  readonly kind: PathKind;
}

const KERNEL_FOLDERS = ['/proc', '/sys', '/dev'];

/**
 * Resolves a path, absolute or relative to the workspace, by looking at the disk (synchronously). Never throws.
 * `null` for: an empty path, a path a reader does not see as it is (`arePlainPaths`), loops and dangling links, folders that may not be
 * searched, paths that are too long, `..` behind a link or a missing folder, devices, FIFOs, sockets, and everything
 * below `/proc`, `/sys` and `/dev`.
 */
export function resolvePath(path: string, workspace: string): ResolvedPath | null {
  if (path === '' || !arePlainPaths(path) || !isAbsolute(workspace)) return null;
  try {
    const lexical = resolve(workspace, path);
    if (!parentsAgree(isAbsolute(path) ? path : `${workspace}/${path}`)) return null;
    const real = realOrNew(lexical);
    if (real === null || isKernelPath(lexical) || isKernelPath(real.realPath)) return null;
    return { path: lexical, ...real, realRoot: realpathSync.native(workspace) };
  } catch {
    return null;
  }
}

function realOrNew(path: string): { realPath: string; kind: PathKind } | null {
  const realPath = realpathIfAny(path);
  if (realPath !== null) {
    const stats = statSync(realPath);
    if (stats.isFile()) return { realPath, kind: 'file' };
    return stats.isDirectory() ? { realPath, kind: 'folder' } : null;
  }
  const missing: string[] = [];
  let folder = path;
  while (true) {
    // a link that leads nowhere: creating the file would create its target
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return null;
    missing.unshift(basename(folder));
    folder = dirname(folder);
    const realFolder = realpathIfAny(folder);
    if (realFolder === null) continue;
    return statSync(realFolder).isDirectory() ? { realPath: join(realFolder, ...missing), kind: 'new' } : null;
  }
}

/**
 * The kernel follows a link before it takes the `..` behind it, `path.resolve` does not. Where the two could differ,
 * it depends on the program which file is meant.
 */
function parentsAgree(path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.every((segment, index) => {
    if (segment !== '..') return true;
    const before = normalize(`/${segments.slice(0, index).join('/')}`);
    return (
      realpathSync.native(dirname(before)) === dirname(realpathSync.native(before)) && statSync(before).isDirectory()
    );
  });
}

function realpathIfAny(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isKernelPath(path: string): boolean {
  return KERNEL_FOLDERS.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
