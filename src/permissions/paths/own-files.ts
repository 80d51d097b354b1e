/** Where this system keeps what nobody but a human may change. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const FALLBACKS = [
  ['XDG_CONFIG_HOME', '.config'],
  ['XDG_STATE_HOME', '.local/state'],
  ['XDG_DATA_HOME', '.local/share'],
] as const;

/**
 * Folders of the XDG base directory specification that hold the user's policy and the records, and `more` (the journal's
 * files), each under its given and its real name.
 */
export function ownFiles(more: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const folders = FALLBACKS.map(([name, fallback]) => {
    const given = env[name];
    return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), fallback), 'greenroom');
  });
  return [...new Set([...folders, ...more.filter(isAbsolute)].flatMap((path) => [path, realOr(path)]))];
}

function realOr(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
