/**
 * The one list of protected names. The path gate, the shell gate, the sandbox and the tools `read` and `search` ask it.
 *
 * `secret`: reading and writing ask. `runs`: a program runs the file or takes commands from it, so writing asks, and
 * reading is free. A name protects a file or a folder with everything below it, wherever it lies.
 */
import { withoutHidden } from '../../text/hidden.ts';
import { matchesRuns, parseTextPattern, type Runs } from '../text-pattern.ts';

export type GuardKind = 'secret' | 'runs';

/** One row of the list. */
export interface GuardedName {
  /** Folder and file names, lower case; `*` stands for any characters within one name. */
  readonly name: string;
  readonly kind: GuardKind;
  /** What the file is, for a human: `a key`. */
  readonly is: string;
}

interface Group {
  readonly kind: GuardKind;
  readonly is: string;
  readonly names: string;
}

const ENV = 'a file with secrets of this project';

const GROUPS: readonly Group[] = [
  { kind: 'runs', is: 'a permission file', names: '.greenroom .orchestrator' },
  { kind: 'runs', is: 'one of git’s own files', names: '.git .gitmodules *.git/config *.git/hooks' },
  { kind: 'runs', is: 'git’s configuration', names: '.gitconfig .config/git' },
  {
    kind: 'runs',
    is: 'settings of an agent',
    names: `.claude .codex .cursor* .gemini .windsurf* .roo .roomodes .roorules* .rooignore .kiro .opencode opencode.json opencode.jsonc .mcp.json .aider*
      .continue .cline* .amazonq .augment* .junie .trae .qwen .crush .crush.json crush.json .config/opencode .config/crush`,
  },
  {
    kind: 'runs',
    is: 'settings that run programs',
    names: `.vscode .idea .zed .fleet .nova .vs *.code-workspace *.sublime-project .devcontainer .devcontainer.json
      .exrc .vim .vimrc .gvimrc .nvimrc .nvim.lua .config/nvim .emacs .emacs.d .dir-locals.el .dir-locals-2.el .nanorc
      .gdbinit .gdbearlyinit .lldbinit .husky .githooks .pre-commit-config.yaml .pre-commit-hooks.yaml .overcommit.yml
      lefthook.yml lefthook.yaml lefthook.toml lefthook.json .lefthook.yml .lefthook.yaml .lefthook.toml .lefthook.json
      lefthook-local.* .lefthook-local.* .lefthook .lintstagedrc* .envrc .direnv
      mise.toml mise.*.toml .mise.toml .mise.*.toml .mise mise/config.toml .config/mise .config/mise.toml`,
  },
  {
    kind: 'runs',
    is: 'a pipeline that CI runs',
    names: `.github/workflows .github/actions .gitlab-ci.yml .gitlab/ci .gitlab-ci .circleci .travis.yml azure-pipelines.yml
      .azure-pipelines bitbucket-pipelines.yml jenkinsfile .drone.yml .woodpecker .woodpecker.yml .woodpecker.yaml
      .buildkite appveyor.yml .appveyor.yml .forgejo/workflows .gitea/workflows .cirrus.yml .semaphore .teamcity
      cloudbuild.yaml cloudbuild.yml buildspec.yml buildspec.yaml`,
  },
  {
    kind: 'runs',
    is: 'a shell start-up file',
    names: `.bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .kshrc .cshrc .tcshrc .login .zshrc .zshenv
      .zprofile .zlogin .zlogout .inputrc .xinitrc .xprofile .xsession .xsessionrc .pam_environment .tmux.conf .screenrc
      .config/fish .config/environment.d .config/autostart .config/systemd etc/profile etc/profile.d etc/bash.bashrc
      etc/zsh library/launchagents library/launchdaemons`,
  },
  {
    kind: 'runs',
    is: 'settings of a package manager',
    names: `.npmrc .yarnrc .yarnrc.yml .yarn/releases .yarn/plugins .pnp.cjs .pnp.loader.mjs .pnpmfile.cjs
      node_modules/.bin .pypirc pip.conf .config/pip .cargo/config .cargo/config.toml .bundle/config .mvn .bazelrc bunfig.toml`,
  },
  {
    kind: 'runs',
    is: 'a permission file or record of this system',
    names: '.config/greenroom .local/state/greenroom .local/share/greenroom',
  },
  { kind: 'secret', is: ENV, names: '.env .env.* *.env .envrc .flaskenv .dev.vars local.settings.json' },
  {
    kind: 'secret',
    is: 'a key',
    names: `.ssh .gnupg id_rsa* id_dsa* id_ecdsa* id_ed25519* *.pem *.key *.p8 *.p12 *.pfx *.pkcs12 *.ppk *.jks *.keystore
      *.kdbx *.ovpn .local/share/keyrings etc/shadow etc/gshadow`,
  },
  {
    kind: 'secret',
    is: 'a file with credentials',
    names: `.netrc _netrc .npmrc .yarnrc.yml .pypirc .git-credentials .pgpass .my.cnf .mylogin.cnf .htpasswd .vault-token
      .s3cfg .boto .aws .azure .kube .docker .dockercfg .dockerconfigjson .oci .terraform.d .terraformrc .password-store
      .config/gh .config/glab-cli .config/hub .config/gcloud .config/doctl .config/op .config/rclone .config/sops
      .config/github-copilot .config/google-chrome .config/chromium .mozilla .thunderbird .config/git/credentials
      .cargo/credentials .cargo/credentials.toml .gem/credentials .m2/settings.xml .m2/settings-security.xml
      .gradle/gradle.properties auth.json .claude/.credentials.json .gemini/oauth_creds.json .credentials .secrets
      credentials credentials.json credentials.yml credentials.yaml credentials.toml credentials.ini credentials.xml
      credentials.txt *-credentials.json *_credentials.json secret.json secret.yml secret.yaml secret.toml
      secret.ini secrets.json secrets.yml secrets.yaml secrets.toml secrets.ini secrets.txt service-account*.json
      service_account*.json serviceaccount*.json client_secret*.json application_default_credentials.json
      *firebase-adminsdk*.json *.tfstate *.tfstate.backup`,
  },
  {
    kind: 'secret',
    is: 'a history of commands',
    names: '.*_history fish_history .lesshst consolehost_history.txt',
  },
];

/** Names that look like secrets and hold none: templates, public keys and public certificates. */
const HARMLESS: readonly RegExp[] = [
  /[._-](?:example|sample|template|tmpl|dist|defaults|schema)(?:\.[a-z]+)?$/,
  /^(?:example|sample|template|default|defaults)\.env$/,
  /\.pub$/,
  /(?:^|[._-])pub(?:lic)?(?:[._-].*)?\.(?:pem|key)$/,
  /^(?:cacert|ca-bundle|fullchain|chain)\.pem$/,
];

export const GUARDED_NAMES: readonly GuardedName[] = GROUPS.flatMap(({ kind, is, names }) =>
  names.split(/\s+/).map((name) => ({ name, kind, is })),
);

/** Rows by kind: single literal names to look up, and the others to match segment by segment. */
interface Index {
  readonly literal: ReadonlyMap<string, GuardedName>;
  readonly others: readonly (readonly [row: GuardedName, segments: readonly Runs[]])[];
}

function indexOf(kind: GuardKind): Index {
  const rows = GUARDED_NAMES.filter((row) => row.kind === kind);
  const isLiteral = ({ name }: GuardedName) => !/[*/]/.test(name);
  return {
    literal: new Map(rows.filter(isLiteral).map((row) => [row.name, row] as const)),
    others: rows
      .filter((row) => !isLiteral(row))
      .map((row) => [row, row.name.split('/').map((part) => parseTextPattern(part))] as const),
  };
}

const INDEX: Readonly<Record<GuardKind, Index>> = { secret: indexOf('secret'), runs: indexOf('runs') };

/**
 * The row that protects a path in this way, `null` when none does. `segments` are the names of the path, as they are
 * written: names that some volume takes for one (case, Unicode forms, trailing dots) count as one.
 */
export function guardedName(segments: readonly string[], kind: GuardKind): GuardedName | null {
  const names = segments.map(foldedName);
  const { literal, others } = INDEX[kind];
  for (const [at, name] of names.entries()) {
    const known = literal.get(name);
    if (known !== undefined && !(kind === 'secret' && isHarmless(name))) return known;
    for (const [row, parts] of others) {
      const fits = parts.every((part, index) => matchesRuns(part, names[at + index] ?? '/'));
      if (fits && !(kind === 'secret' && isHarmless(names[at + parts.length - 1] ?? ''))) return row;
    }
  }
  return null;
}

/** Whether a rule that names the file may let a call write it. True for files such as `.env`. */
export function mayBeNamed({ is }: GuardedName): boolean {
  return is === ENV;
}

function isHarmless(name: string): boolean {
  return HARMLESS.some((pattern) => pattern.test(name));
}

/**
 * The name as the most forgiving volume takes it: without case, compatible letters as one (NTFS, APFS, HFS+), without
 * characters HFS+ skips, without what NTFS drops at the end (dots, blanks, a stream), and its short name of `.git`.
 */
export function foldedName(name: string): string {
  const plain = withoutHidden(name.normalize('NFKC'))
    .toLowerCase()
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '');
  return /^git~\d$/.test(plain) ? '.git' : plain || name;
}
