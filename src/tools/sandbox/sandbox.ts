/** One command in the sandbox: what is mounted, held and looked at for it. */
import { lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../../errors.ts';
import { userFolders } from '../../permissions/paths/user-folders.ts';
import { bwrapArguments } from './bwrap-arguments.ts';
import { holdStandIn, releaseStandIn, settle, watch } from './guards.ts';
import { mountPlan } from './mount-plan.ts';
import {
  addedPaths,
  gitPaths,
  guardedPaths,
  protectedPaths,
  withoutFreed,
  type ProtectedPath,
} from './protected-paths.ts';

export interface SandboxedCommand {
  /** Path of bubblewrap. */
  readonly program: string;
  /** Absolute and real, as is `cwd`. */
  readonly workspace: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly network: boolean;
  /** Further paths that may not be changed, relative to the workspace or absolute. */
  readonly protect: readonly string[];
  /** Guarded paths that may be read and changed all the same. */
  readonly unprotect: readonly string[];
  readonly command: readonly [string, ...string[]];
}

export interface EnteredSandbox {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** To be called once, when no process of the command is left. Names what was put where nothing may be put. */
  leave(): readonly string[];
}

/**
 * Prepares the sandbox for one command: nothing is between the look at the disk and the stand-ins it asks for.
 * @throws ToolError for a workspace that leaves nothing to protect.
 */
export function enterSandbox(given: SandboxedCommand): EnteredSandbox {
  const { workspace, cwd, network, env } = given;
  if (workspace === '/') {
    throw new ToolError(
      'The workspace is the whole disk: there is nothing a sandbox could protect. The command was not run.',
    );
  }
  const folders = userFolders(env);
  const { home } = folders;
  const free = (paths: readonly ProtectedPath[]) => withoutFreed(workspace, paths, given.unprotect);
  const protect = [
    ...gitPaths(workspace, hasRepository(workspace)),
    ...free([...protectedPaths({ workspace, ...folders }), ...guardedPaths(workspace)]),
    ...addedPaths(workspace, given.protect),
  ];
  const known = new Set(protect.map(({ path }) => path));
  const plan = mountPlan({ workspace, cwd, home, path: env['PATH'] ?? '', network, protect, emptyFile: emptyFile() });
  const held = plan.standIns.map((standIn) => ({ path: standIn.path, state: holdStandIn(standIn) }));
  const absent = new Set(held.filter(({ state }) => state === 'none').map(({ path }) => path));
  const watched = plan.watched.map(watch);
  const mounts = plan.mounts.filter(({ path }) => !absent.has(path));
  return {
    args: bwrapArguments({ mounts, cwd, network, command: given.command }),
    env: { ...env, TMPDIR: '/tmp', TMP: '/tmp', TEMP: '/tmp' },
    leave() {
      const made = free(guardedPaths(workspace)).filter(({ path }) => !known.has(path));
      const unwanted = made.map(({ path }) => settle({ path, was: undefined }));
      const found = [...unwanted, ...watched.map(settle)].filter((path) => path !== undefined);
      for (const { path, state } of held) if (state === 'held') releaseStandIn(path);
      return found;
    },
  };
}

function hasRepository(workspace: string): boolean {
  return lstatSync(join(workspace, '.git/HEAD'), { throwIfNoEntry: false }) !== undefined;
}

let empty: string | undefined;

/** One for the life of the process; made again when it was removed. */
function emptyFile(): string {
  if (empty !== undefined && statSync(empty, { throwIfNoEntry: false })?.size === 0) return empty;
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-empty-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  empty = join(folder, 'empty');
  writeFileSync(empty, '', { mode: 0o444 });
  return empty;
}
