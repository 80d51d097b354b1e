/** What a command in the sandbox may not change, and what it may not even read. */
import { join, resolve } from 'node:path';
import type { UserFolders } from '../../permissions/paths/user-folders.ts';

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

/** Code that shells and git run when a human starts them. */
const STARTUP_FILES = [
  ['.bashrc', '.bash_logout', '.bash_aliases', '.profile', '.inputrc'],
  ['.zshrc', '.zshenv', '.zprofile', '.zlogin', '.zlogout', '.kshrc', '.cshrc', '.tcshrc', '.login'],
  ['.xinitrc', '.xsession', '.xprofile', '.gitconfig', '.vimrc', '.tmux.conf', '.envrc'],
].flat();
/** An empty one of these keeps bash from reading `~/.profile`. */
const STARTUP_FILES_THAT_MASK = ['.bash_profile', '.bash_login'];

/** Settings in a workspace that make other programs run something; the path gate guards the same names. */
const SETTINGS_THAT_RUN = [
  ['.envrc', '.husky', '.pre-commit-config.yaml', '.devcontainer', '.mcp.json'],
  ['.claude', '.codex', '.cursor', '.gemini'],
].flat();

const SECRET_FOLDERS = [
  ['.ssh', '.aws', '.gnupg', '.azure', '.kube', '.docker', '.password-store', '.oci', '.terraform.d'],
  ['.mozilla', '.thunderbird'],
].flat();
const SECRET_FILES = [
  ['.netrc', '.npmrc', '.yarnrc.yml', '.pypirc', '.git-credentials', '.pgpass', '.my.cnf', '.vault-token'],
  ['.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials', '.m2/settings.xml'],
  ['.bash_history', '.zsh_history', '.node_repl_history', '.python_history', '.psql_history'],
].flat();
const SECRET_CONFIG = [
  'gcloud',
  'gh',
  'glab-cli',
  'op',
  'rclone',
  'sops',
  'google-chrome',
  'chromium',
  'git/credentials',
];

/** Files of a repository's own folder by which git runs programs or looks for its settings elsewhere. */
const GIT_FOLDERS = ['hooks', 'modules', 'worktrees'];
const GIT_FILES = ['config', 'config.worktree'];

/** The protected paths of a workspace and a user. Pure: looks at nothing. */
export function protectedPaths(places: Places): readonly ProtectedPath[] {
  const { workspace, home, config, state, data } = places;
  const inHome = (names: readonly string[]) => names.map((name) => join(home, name));
  return [
    folder(join(workspace, '.greenroom'), 'read'),
    ...SETTINGS_THAT_RUN.map((name) => unlike(join(workspace, name))),
    ...inHome(STARTUP_FILES).map((path) => file(path, 'read')),
    ...inHome(STARTUP_FILES_THAT_MASK).map((path) => unlike(path)),
    ...[join(config, 'greenroom'), join(config, 'fish'), join(config, 'autostart'), join(config, 'systemd')].map(
      (path) => folder(path, 'read'),
    ),
    file(join(config, 'git/config'), 'read'),
    ...[join(state, 'greenroom'), join(data, 'keyrings')].map((path) => folder(path, 'none')),
    ...inHome(SECRET_FOLDERS).map((path) => folder(path, 'none')),
    ...inHome(SECRET_FILES).map((path) => file(path, 'none')),
    ...SECRET_CONFIG.map((name) => folder(join(config, name), 'none')),
  ];
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

function folder(path: string, access: ProtectedPath['access']): ProtectedPath {
  return { path, access, standIn: 'folder' };
}

function file(path: string, access: ProtectedPath['access']): ProtectedPath {
  return { path, access, standIn: 'file' };
}

function unlike(path: string): ProtectedPath {
  return { path, access: 'read', standIn: 'nothing' };
}
