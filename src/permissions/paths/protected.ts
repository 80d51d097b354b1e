/**
 * Files that decide what may run, or run by themselves: permission files, the record, git's own files, shell start-up
 * files, settings of agents and editors, secrets. A rule on `src/**` never meant them.
 */
import { withoutHidden } from '../../text/hidden.ts';
import { pathSegments } from './glob.ts';

/**
 * `never`: no rule and no grant lets a call through, only a human who approves that very call.
 * `named`: a rule must name the file, without wildcards.
 */
export interface Protection {
  readonly guard: 'never' | 'named';
  /** What the file is, for a human: `a shell start-up file`. */
  readonly guardedAs: string;
}

export interface ProtectedQuestion {
  /** Absolute and normalised, and the same with every link resolved. Neither has to exist. */
  readonly path: string;
  readonly realPath: string;
  /** Whether the call only reads. */
  readonly reads: boolean;
  /** Absolute paths of this system's own files and folders: journal, state, the user's policy. */
  readonly own: readonly string[];
}

type What = readonly [names: readonly string[], guardedAs: string];

/** Names of folders or files; everything below is meant, too. */
const GUARDED: readonly What[] = [
  [['.greenroom', '.orchestrator'], 'a permission file'],
  [['.git'], 'one of git’s own files'],
  [['.claude', '.codex', '.cursor', '.gemini', '.aider.conf.yml', '.mcp.json'], 'settings of an agent'],
  [['.vscode', '.idea', '.devcontainer', '.husky', '.envrc', '.pre-commit-config.yaml'], 'settings that run programs'],
  [
    [
      '.bashrc',
      '.bash_profile',
      '.bash_login',
      '.bash_logout',
      '.bash_aliases',
      '.profile',
      '.kshrc',
      '.cshrc',
      '.tcshrc',
      '.login',
      '.zshrc',
      '.zshenv',
      '.zprofile',
      '.zlogin',
      '.zlogout',
      '.inputrc',
      '.xinitrc',
      '.xprofile',
      '.xsessionrc',
      '.pam_environment',
      '.config/fish',
      '.config/environment.d',
      '.config/autostart',
      '.config/systemd',
      'etc/profile',
      'etc/profile.d',
      'etc/bash.bashrc',
      'etc/zsh',
      'library/launchagents',
    ],
    'a shell start-up file',
  ],
  [['.gitconfig', '.config/git'], 'git’s configuration'],
  [
    ['.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', '.pypirc', '.cargo/config', '.cargo/config.toml'],
    'settings of a package manager',
  ],
  [
    ['.config/greenroom', '.local/state/greenroom', '.local/share/greenroom'],
    'a permission file or record of this system',
  ],
];

/** Reading them gives something away. */
const SECRET: readonly What[] = [
  [['.ssh', 'id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519', '.gnupg'], 'a key'],
  [
    [
      '.netrc',
      '.npmrc',
      '.pypirc',
      '.git-credentials',
      '.aws',
      '.azure',
      '.kube/config',
      '.docker/config.json',
      '.config/gh',
      '.config/gcloud',
      '.config/git/credentials',
      '.cargo/credentials',
      '.cargo/credentials.toml',
    ],
    'a file with credentials',
  ],
];

const ENV_FILE = /^\.env(?:\..+)?$/;
const ENV_EXAMPLE = /\.(?:example|sample|template|dist|defaults)$/;
/** What SQLite keeps beside a database. */
const DATABASE_PARTS = ['', '-wal', '-shm', '-journal'];

/**
 * What protects this file, if anything. Looks at names only, so it also holds for files that do not exist yet, and takes
 * names that some volume treats as one (case, Unicode forms, trailing dots) as one everywhere. Pure.
 */
export function protectionOf({ path, realPath, reads, own }: ProtectedQuestion): Protection | null {
  for (const seen of path === realPath ? [path] : [path, realPath]) {
    const segments = pathSegments(seen).map(folded);
    const guarded = reads ? null : (guardedName(segments) ?? ownFile(segments, own));
    if (guarded !== null) return { guard: 'never', guardedAs: guarded };
    const secret = secretName(segments);
    if (secret !== null) return { guard: reads || secret === ENV ? 'named' : 'never', guardedAs: secret };
  }
  return null;
}

const ENV = 'a file with secrets of this project';

function guardedName(segments: readonly string[]): string | null {
  // a bare repository is a folder `name.git`
  const bare = segments.findIndex((name) => name.endsWith('.git'));
  if (bare !== -1 && ['config', 'hooks'].includes(segments[bare + 1] ?? '')) return 'one of git’s own files';
  return whatIs(segments, GUARDED);
}

function secretName(segments: readonly string[]): string | null {
  const last = segments.at(-1) ?? '';
  if (ENV_FILE.test(last) && !ENV_EXAMPLE.test(last)) return ENV;
  return whatIs(segments, SECRET);
}

function whatIs(segments: readonly string[], list: readonly What[]): string | null {
  for (const [names, guardedAs] of list)
    if (names.some((name) => runsThrough(segments, name.split('/')))) return guardedAs;
  return null;
}

function runsThrough(segments: readonly string[], names: readonly string[]): boolean {
  return segments.some((_, at) => names.every((name, index) => segments[at + index] === name));
}

function ownFile(segments: readonly string[], own: readonly string[]): string | null {
  const isBelow = (file: readonly string[]) => file.length > 0 && file.every((name, at) => segments[at] === name);
  const found = own.some((path) => {
    const file = pathSegments(path).map(folded);
    return DATABASE_PARTS.some((part) => isBelow([...file.slice(0, -1), `${file.at(-1) ?? ''}${part}`]));
  });
  return found ? 'a permission file or record of this system' : null;
}

/**
 * The name as the most forgiving volume takes it: without case, compatible letters as one (NTFS, APFS, HFS+), without
 * characters HFS+ skips, without what NTFS drops at the end (dots, blanks, a stream), and its short name of `.git`.
 */
function folded(name: string): string {
  const plain = withoutHidden(name.normalize('NFKC'))
    .toLowerCase()
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '');
  return /^git~\d$/.test(plain) ? '.git' : plain || name;
}
