/** Turns protected paths into mounts: looks at what is there, and changes nothing. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Mount } from './bwrap-arguments.ts';
import type { StandIn } from './guards.ts';
import { isBelow, pathTrail } from './path-trail.ts';
import type { ProtectedPath } from './protected-paths.ts';

/** Where programs leave sockets and scratch files: a command gets empty ones of its own. */
const SCRATCH = ['/tmp', '/var/tmp', '/run', '/var/run'];

export interface MountPlanInput {
  /** Absolute and real. */
  readonly workspace: string;
  readonly cwd: string;
  readonly home: string;
  /** The command's PATH. */
  readonly path: string;
  readonly network: boolean;
  readonly protect: readonly ProtectedPath[];
  /** An empty read-only file. */
  readonly emptyFile: string;
}

export interface MountPlan {
  readonly mounts: readonly Mount[];
  /** Have to exist before the mounts are made. */
  readonly standIns: readonly StandIn[];
  /** Have to be looked at again when the command has ended. */
  readonly watched: readonly string[];
}

/** The mounts behind the read-only root, in order. */
export function mountPlan(input: MountPlanInput): MountPlan {
  const { workspace } = input;
  const scratch = SCRATCH.filter((path) => isRealFolder(path));
  const walls = protection(input);
  return {
    ...walls,
    mounts: [
      ...scratch.map((path) => ({ kind: 'scratch' as const, path })),
      ...shown(input, scratch).map((path) => ({ kind: 'read' as const, path })),
      { kind: 'write', path: workspace },
      ...walls.mounts,
    ],
  };
}

/** What has to be seen although it lies below a scratch folder: programs, the home, the command's folder, name look-up. */
function shown(input: MountPlanInput, scratch: readonly string[]): readonly string[] {
  const programs = input.path.split(':').filter(isAbsolute).map(packageFolder);
  const wanted = [...programs, input.home, input.cwd, ...(input.network ? ['/etc/resolv.conf'] : [])];
  const real = wanted.flatMap((path) => {
    const trail = pathTrail(path);
    return trail?.missing === 'no' ? [trail.end] : [];
  });
  const hidden = real.filter((path) => scratch.some((folder) => isBelow(folder, path)));
  return parentsFirst([...new Set(hidden)].filter((path) => path !== input.workspace));
}

/** The programs in `node_modules/.bin` are links into `node_modules`. */
function packageFolder(path: string): string {
  const folder = resolve(path);
  return folder.endsWith('/node_modules/.bin') ? dirname(folder) : folder;
}

function protection({ workspace, protect, emptyFile }: MountPlanInput): MountPlan {
  const mounts = new Map<string, Mount>();
  const pins = new Set<string>();
  const standIns: StandIn[] = [];
  const watched = new Set<string>();
  for (const wall of protect) {
    const trail = pathTrail(wall.path);
    if (trail === undefined || trail.end === workspace || isBelow(trail.end, workspace)) continue;
    for (const link of trail.links) if (isBelow(workspace, link)) watched.add(link);
    const isInside = isBelow(workspace, trail.end);
    if (isInside) for (const folder of trail.folders) if (isBelow(workspace, folder)) pins.add(folder);
    if (trail.missing === 'no') {
      // An empty one may be the stand-in of another command: it has to stay as long as this one runs.
      const empty = isInside ? emptyKind(trail.end) : undefined;
      if (empty !== undefined) {
        watched.add(trail.end);
        standIns.push({ path: trail.end, kind: empty });
      }
      if (isInside || wall.access === 'none') keepStricter(mounts, mountOf(wall, trail.end, emptyFile));
    } else if (isInside) {
      if (wall.standIn === 'nothing') {
        watched.add(trail.full);
        continue;
      }
      watched.add(trail.end);
      const kind = trail.missing === 'between' ? 'folder' : wall.standIn;
      standIns.push({ path: trail.end, kind });
      keepStricter(mounts, { kind: 'read', path: trail.end });
    }
  }
  const walls = [...mounts.values()].filter(({ path }) => !isCovered(path, mounts));
  // A folder with a mount in it can be renamed, and another put in its place; one that is a mount itself cannot.
  const pinned = [...pins].filter((path) => !mounts.has(path) && !isCovered(path, mounts));
  const inOrder = [...pinned.map((path) => ({ kind: 'write' as const, path })), ...walls];
  return {
    mounts: inOrder.toSorted((one, other) => depth(one.path) - depth(other.path)),
    standIns,
    watched: [...watched],
  };
}

function mountOf({ access }: ProtectedPath, path: string, emptyFile: string): Mount {
  if (access === 'read') return { kind: 'read', path };
  return statSync(path).isDirectory()
    ? { kind: 'hidden-folder', path }
    : { kind: 'hidden-file', path, source: emptyFile };
}

function keepStricter(mounts: Map<string, Mount>, mount: Mount): void {
  if (mount.kind === 'read' && mounts.has(mount.path)) return;
  mounts.set(mount.path, mount);
}

/** Whether a wall further out does the same already. */
function isCovered(path: string, mounts: ReadonlyMap<string, Mount>): boolean {
  const own = mounts.get(path)?.kind ?? 'read';
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const kind = mounts.get(folder)?.kind;
    if (kind === 'hidden-folder' || (kind === 'read' && own === 'read')) return true;
  }
  return false;
}

function emptyKind(path: string): StandIn['kind'] | undefined {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return readdirSync(path).length === 0 ? 'folder' : undefined;
    return found.isFile() && found.size === 0 ? 'file' : undefined;
  } catch {
    return undefined;
  }
}

function isRealFolder(path: string): boolean {
  const trail = pathTrail(path);
  return trail?.missing === 'no' && trail.links.length === 0 && statSync(path).isDirectory();
}

function parentsFirst(paths: readonly string[]): readonly string[] {
  return paths.toSorted((one, other) => depth(one) - depth(other));
}

function depth(path: string): number {
  return path.split('/').length;
}
