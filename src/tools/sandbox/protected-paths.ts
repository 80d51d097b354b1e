/** What a command in the sandbox may not change, and what it may not even read, by the list of guarded names. */
import { readdirSync, type Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import { GUARDED_NAMES, guardedName, type GuardedName } from '../../permissions/paths/guarded-names.ts';
import type { UserFolders } from '../../permissions/paths/user-folders.ts';
import { isBelow } from './path-trail.ts';

/** One protected path; it need not exist. */
export interface ProtectedPath {
  /** Absolute. */
  readonly path: string;
  /** `read`: it can be read. `none`: it cannot even be seen. */
  readonly access: 'read' | 'none';
  /** What an empty stand-in for it is, when it does not exist. `nothing`: an empty one would do harm. */
  readonly standIn: 'file' | 'folder' | 'nothing';
}

/** Where the protected paths are. All absolute. */
export interface Places extends UserFolders {
  readonly workspace: string;
}

/** Rows that name one place below a folder. `.git` has rules of its own, see `gitPaths`; `etc` is outside of both folders. */
const LITERAL_ROWS = GUARDED_NAMES.filter(
  ({ name }) => !name.includes('*') && !/^(?:\.git$|etc\/|library\/)/.test(name),
);
/** An empty one of these keeps bash from reading `~/.profile`. */
const MASKING_FILES = new Set(['.bash_profile', '.bash_login']);
/** Entries of the workspace that are looked at, nearest first. What lies beyond is protected by the gates only. */
const MAX_ENTRIES = 20_000;

/** Files of a repository's own folder by which git runs programs or looks for its settings elsewhere. */
const GIT_FOLDERS = ['hooks', 'modules', 'worktrees'];
const GIT_FILES = ['config', 'config.worktree'];

/** The protected paths of a workspace and a user that are known by name. Pure: looks at nothing. */
export function protectedPaths({ workspace, home, config, state, data }: Places): readonly ProtectedPath[] {
  const inHome = (name: string): string => {
    if (name.startsWith('.config/')) return join(config, name.slice('.config/'.length));
    if (name.startsWith('.local/state/')) return join(state, name.slice('.local/state/'.length));
    return name.startsWith('.local/share/') ? join(data, name.slice('.local/share/'.length)) : join(home, name);
  };
  return [
    folder(join(workspace, '.greenroom'), 'read'),
    folder(join(config, 'greenroom'), 'read'),
    ...[join(state, 'greenroom'), join(data, 'keyrings')].map((path) => folder(path, 'none')),
    ...LITERAL_ROWS.map((row) => unlike(join(workspace, row.name), row)),
    ...LITERAL_ROWS.map((row) => atHome(row, inHome(row.name))),
  ];
}

function atHome(row: GuardedName, path: string): ProtectedPath {
  if (row.is !== 'a shell start-up file' || MASKING_FILES.has(row.name)) return unlike(path, row);
  return (row.name.startsWith('.config/') ? folder : file)(path, 'read');
}

/** A folder of the workspace that is looked into. */
interface Place {
  readonly names: readonly string[];
  /** It is protected already; only secrets in it count. */
  readonly isGuarded: boolean;
}

/** The guarded paths that exist in a workspace, at any depth. Not looked into: links, `.git` and `node_modules`. */
export function guardedPaths(workspace: string): readonly ProtectedPath[] {
  const found: ProtectedPath[] = [];
  const queue: Place[] = [{ names: [], isGuarded: false }];
  let seen = 0;
  for (const { names, isGuarded } of queue) {
    for (const entry of entriesOf(join(workspace, ...names))) {
      seen += 1;
      if (seen > MAX_ENTRIES) return found;
      const inside = [...names, entry.name];
      const path = join(workspace, ...inside);
      const row = rowOf(inside, isGuarded);
      if (entry.name === '.git') {
        if (names.length > 0) found.push(...(entry.isDirectory() ? gitPaths(join(path, '..'), true) : [unlike(path)]));
      } else if (entry.name === 'node_modules') {
        found.push(unlike(join(path, '.bin')));
      } else {
        if (row !== null) found.push(unlike(path, row));
        if (entry.isDirectory() && row?.kind !== 'secret')
          queue.push({ names: inside, isGuarded: isGuarded || row !== null });
      }
    }
  }
  return found;
}

/** No row has more than three names. */
function rowOf(names: readonly string[], onlySecrets: boolean): GuardedName | null {
  const near = names.slice(-3);
  return guardedName(near, 'secret') ?? (onlySecrets ? null : guardedName(near, 'runs'));
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

/**
 * The protected paths of the repository in a workspace. Without a usable one `.git` as a whole is protected, so that no
 * command makes one up.
 */
export function gitPaths(workspace: string, hasRepository: boolean): readonly ProtectedPath[] {
  const git = join(workspace, '.git');
  if (!hasRepository) return [folder(git, 'read')];
  return [
    ...GIT_FOLDERS.map((name) => folder(join(git, name), 'read')),
    ...GIT_FILES.map((name) => file(join(git, name), 'read')),
    // Names the folder whose settings and hooks git uses instead. With an empty one git refuses to work.
    unlike(join(git, 'commondir')),
  ];
}

/** What an embedder adds: relative to the workspace or absolute; one that ends in `/` is a folder. */
export function addedPaths(workspace: string, protect: readonly string[]): readonly ProtectedPath[] {
  return protect.map((path) => (path.endsWith('/') ? folder : file)(resolve(workspace, path), 'read'));
}

/** The paths without those that an embedder frees, and without what lies below one of these. */
export function withoutFreed(
  workspace: string,
  paths: readonly ProtectedPath[],
  unprotect: readonly string[],
): readonly ProtectedPath[] {
  const freed = unprotect.map((path) => resolve(workspace, path));
  return paths.filter(({ path }) => !freed.some((one) => one === path || isBelow(one, path)));
}

function folder(path: string, access: ProtectedPath['access']): ProtectedPath {
  return { path, access, standIn: 'folder' };
}

function file(path: string, access: ProtectedPath['access']): ProtectedPath {
  return { path, access, standIn: 'file' };
}

/** A path without a stand-in. */
function unlike(path: string, row?: GuardedName): ProtectedPath {
  return { path, access: row?.kind === 'secret' ? 'none' : 'read', standIn: 'nothing' };
}
