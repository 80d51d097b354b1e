/** What the kernel goes through to reach a path: folders, links, and where it finds nothing. */
import { lstatSync, readlinkSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** Linux follows at most 40 links in one look-up (path_resolution(7)). */
const MAX_LINKS = 40;

export interface PathTrail {
  /** The path without links. When something is missing: the first missing one on the way. */
  readonly end: string;
  /** The path without links, missing parts included. */
  readonly full: string;
  /** `between`: what is missing is a folder on the way, not the path's own last part. */
  readonly missing: 'no' | 'last' | 'between';
  /** Real folders on the way, outermost first, without the end. */
  readonly folders: readonly string[];
  /** Links on the way, each by the real path it stands at. */
  readonly links: readonly string[];
}

/** Follows an absolute path. `undefined`: it cannot be followed (a circle, a file on the way, no right to look). */
export function pathTrail(path: string): PathTrail | undefined {
  const folders: string[] = [];
  const links: string[] = [];
  let here = '/';
  let parts = partsOf(path);
  while (parts.length > 0) {
    const [part = '', ...rest] = parts;
    const next = join(here, part);
    let found;
    try {
      found = lstatSync(next, { throwIfNoEntry: false });
    } catch {
      return undefined;
    }
    if (found === undefined) {
      const missing = rest.length === 0 ? 'last' : 'between';
      return { end: next, full: join(next, ...rest), missing, folders, links };
    }
    if (found.isSymbolicLink()) {
      links.push(next);
      if (links.length > MAX_LINKS) return undefined;
      parts = [...partsOf(resolve(here, readlinkSync(next))), ...rest];
      here = '/';
      continue;
    }
    if (rest.length > 0) folders.push(next);
    here = next;
    parts = rest;
  }
  return { end: here, full: here, missing: 'no', folders, links };
}

/** Whether a path is below a folder, and not the folder itself. Both absolute and normalised. */
export function isBelow(folder: string, path: string): boolean {
  return path !== folder && path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

function partsOf(path: string): string[] {
  return resolve(path).split(sep).filter(Boolean);
}
