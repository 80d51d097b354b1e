/** Where policy files and the record of trusted folders lie. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Absolute paths; none of them need exist. */
export interface PolicyPlaces {
  /** `.greenroom/policy.json` in the workspace. */
  readonly workspace: string;
  /** The user's own file: `$XDG_CONFIG_HOME/greenroom/policy.json`, by default below `~/.config`. */
  readonly user: string;
  /** Which folders the user trusts: `$XDG_STATE_HOME/greenroom/trust.json`, by default below `~/.local/state`. */
  readonly trust: string;
}

/**
 * The files that permissions come from, and so must never be writable by rule. Pure but for the user's home folder, which
 * `HOME` names. Relative `XDG_…` values do not count (XDG Base Directory Specification 0.8).
 */
export function policyFilePaths(options: { readonly workspace: string; readonly env: Environment }): PolicyPlaces {
  const { workspace, env } = options;
  const home = env['HOME'] !== undefined && isAbsolute(env['HOME']) ? env['HOME'] : homedir();
  const folder = (name: string, fallback: string) => {
    const named = env[name];
    return named !== undefined && isAbsolute(named) ? named : join(home, fallback);
  };
  return {
    workspace: resolve(workspace, '.greenroom', 'policy.json'),
    user: join(folder('XDG_CONFIG_HOME', '.config'), 'greenroom', 'policy.json'),
    trust: join(folder('XDG_STATE_HOME', '.local/state'), 'greenroom', 'trust.json'),
  };
}
