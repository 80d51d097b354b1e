/** The environment of commands: a list of what may pass, never a list of what may not. */

import { delimiter, isAbsolute } from 'node:path';

/** What programs need to find themselves, their files and the user's language. None of these holds a secret. */
const PASSED = [
  ['HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TMP', 'TEMP', 'TZ', 'LANGUAGE'],
  ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'],
  ['NVM_DIR', 'VOLTA_HOME', 'PNPM_HOME', 'BUN_INSTALL', 'JAVA_HOME', 'GOROOT', 'GOPATH', 'CARGO_HOME'],
  ['RUSTUP_HOME', 'PYENV_ROOT', 'VIRTUAL_ENV', 'RBENV_ROOT', 'DOTNET_ROOT', 'SDKMAN_DIR'],
  ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'NO_PROXY', 'no_proxy'],
].flat();

/** In another encoding than this bash may find a quote or an operator in the middle of a letter. */
const LOCALE = ['LANG', 'LC_ALL', 'LC_COLLATE', 'LC_CTYPE', 'LC_MESSAGES', 'LC_MONETARY', 'LC_NUMERIC', 'LC_TIME'];
const UTF8_OR_ASCII = /^(?:C|POSIX)$|\.utf-?8(?:@|$)/i;

/** Addresses that may carry a user and a password (`http://user:secret@host`): they pass only without. */
const PASSED_WITHOUT_CREDENTIALS = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** Commands have no terminal: no pagers, no editors, no prompts, no colour. */
const FIXED = {
  TERM: 'dumb',
  NO_COLOR: '1',
  PAGER: 'cat',
  MANPAGER: 'cat',
  GIT_PAGER: 'cat',
  SYSTEMD_PAGER: 'cat',
  LESSSECURE: '1',
  EDITOR: 'true',
  VISUAL: 'true',
  GIT_EDITOR: 'true',
  GIT_TERMINAL_PROMPT: '0',
};

/**
 * The environment commands get: an allowlist of `source` (default: this process's own), and fixed values that keep
 * programs from waiting for a human. Keys, tokens and variables that load code into programs or change what a command
 * means (`BASH_ENV`, `BASH_FUNC_*`, `SHELLOPTS`, `IFS`, `CDPATH`, `LD_*`, `NODE_OPTIONS`, `PYTHON*`, `PERL5*`, `RUBYOPT`,
 * `GIT_*`, `LESSOPEN`, `GREP_OPTIONS`, `RIPGREP_CONFIG_PATH`, `npm_config_*` …) do not pass. In `PATH` only absolute
 * folders are kept, and of locales only those of ASCII and UTF-8, so what was judged is what runs.
 */
export function commandEnvironment(source: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of PASSED) {
    const value = source[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const name of LOCALE) {
    const value = source[name];
    if (value !== undefined && UTF8_OR_ASCII.test(value)) environment[name] = value;
  }
  const path = source['PATH'];
  if (path !== undefined) environment['PATH'] = path.split(delimiter).filter(isAbsolute).join(delimiter);
  for (const name of PASSED_WITHOUT_CREDENTIALS) {
    const value = source[name];
    if (value !== undefined && !value.includes('@')) environment[name] = value;
  }
  return { ...environment, ...FIXED };
}
