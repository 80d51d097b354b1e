/** The command line of bubblewrap: a plan in, an argument vector out. No shell ever reads it. */

/** One thing the sandbox puts at a path. Later ones cover earlier ones. */
export type Mount =
  /** What is there on the host, not to be written. */
  | { readonly kind: 'read'; readonly path: string }
  /** What is there on the host, to be written. */
  | { readonly kind: 'write'; readonly path: string }
  /** An empty folder in memory that lasts as long as the command. */
  | { readonly kind: 'scratch'; readonly path: string }
  /** An empty, read-only folder that hides what the host has there. */
  | { readonly kind: 'hidden-folder'; readonly path: string }
  /** An empty file of the host that hides the one at this path. */
  | { readonly kind: 'hidden-file'; readonly path: string; readonly source: string };

export interface BwrapPlan {
  readonly mounts: readonly Mount[];
  /** Absolute. */
  readonly cwd: string;
  /** Whether the command shares the host's network; without, it has a loopback of its own and nothing else. */
  readonly network: boolean;
  readonly command: readonly [file: string, ...args: string[]];
}

const HOST = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'];

/**
 * The arguments of `bwrap` for a plan: the host's root read-only, fresh `/dev` and `/proc`, then the plan's mounts in
 * their order; every namespace unshared, no capability left, dead with its parent. All paths are absolute, so none can
 * be read as an option, and `--` ends the options before the command.
 *
 * `--new-session` is left out: the caller starts bwrap in a session of its own, without a terminal to push keys into, and
 * can see by that session when the last process of the sandbox is gone.
 * @throws RangeError for a path that is not absolute or holds a NUL character.
 */
export function bwrapArguments({ mounts, cwd, network, command }: BwrapPlan): string[] {
  return [
    '--unshare-all',
    ...(network ? ['--share-net'] : []),
    '--die-with-parent',
    // Root keeps its capabilities otherwise, and with them could mount the root writable again.
    '--cap-drop',
    'ALL',
    ...HOST,
    ...mounts.flatMap(mountArguments),
    '--chdir',
    absolute(cwd),
    '--',
    ...command,
  ];
}

function mountArguments(mount: Mount): readonly string[] {
  const path = absolute(mount.path);
  switch (mount.kind) {
    case 'read':
      return ['--ro-bind', path, path];
    case 'write':
      return ['--bind', path, path];
    case 'scratch':
      return ['--tmpfs', path];
    case 'hidden-folder':
      return ['--tmpfs', path, '--remount-ro', path];
    case 'hidden-file':
    default:
      return ['--ro-bind', absolute(mount.source), path];
  }
}

function absolute(path: string): string {
  if (path.startsWith('/') && !path.includes('\0')) return path;
  throw new RangeError(`${JSON.stringify(path)} is no path a sandbox can use.`);
}
