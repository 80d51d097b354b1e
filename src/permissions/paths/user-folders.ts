/** Folders of the user: home, the XDG base directories, and what this system keeps in them. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Absolute paths; none of them need exist. */
export interface UserFolders {
  readonly home: string;
  /** `XDG_CONFIG_HOME`, by default `~/.config`. */
  readonly config: string;
  /** `XDG_STATE_HOME`, by default `~/.local/state`. */
  readonly state: string;
  /** `XDG_DATA_HOME`, by default `~/.local/share`. */
  readonly data: string;
}

/** The user's folders. Relative values do not count (XDG Base Directory Specification 0.8). */
export function userFolders(env: Environment): UserFolders {
  const named = (name: string, otherwise: string): string => {
    const value = env[name];
    return value !== undefined && isAbsolute(value) ? value : otherwise;
  };
  const home = named('HOME', homedir());
  return {
    home,
    config: named('XDG_CONFIG_HOME', join(home, '.config')),
    state: named('XDG_STATE_HOME', join(home, '.local/state')),
    data: named('XDG_DATA_HOME', join(home, '.local/share')),
  };
}

/**
 * What only a human may change: the folders that hold the user's policy and the records, and `more` (the journal's
 * files). Each is given under its own and its real name; relative paths of `more` are left out.
 */
export function ownFiles(more: readonly string[] = [], env: Environment = process.env): readonly string[] {
  const { config, state, data } = userFolders(env);
  const folders = [config, state, data].map((folder) => join(folder, 'greenroom'));
  return [...new Set([...folders, ...more.filter(isAbsolute)].flatMap((path) => [path, realOr(path)]))];
}

function realOr(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
