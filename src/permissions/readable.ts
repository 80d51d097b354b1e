/** Tests of whether a human who reads a command, a path or a rule sees all of it, as it is. */
import { hasHidden } from '../text/hidden.ts';

/** Runs of blanks or of empty lines, which can push what follows out of sight. A tab counts as a run. */
const RUN_OF_BLANKS = /[ \t]{2,}|\t|\n{3,}/;
/** Backslashes look like escapes; a name that ends in a blank looks like one that does not. */
const UNCLEAR_PATH = /\\|\s(?:\/|$)/;
const MAX_DEPTH = 64;

/** Whether a command hides nothing. Line feeds count as seen. */
export function isPlainCommand(command: string): boolean {
  return !hasHidden(command, '\n') && !RUN_OF_BLANKS.test(command);
}

/** Whether paths stand on one line, hold no backslash, and have no name that ends in a blank. */
export function arePlainPaths(...paths: readonly string[]): boolean {
  return paths.every((path) => !hasHidden(path) && !UNCLEAR_PATH.test(path));
}

/** Whether any text in a value, names of keys included, hides something. Line feeds and tabs show as escapes. */
export function hidesText(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return hasHidden(value, '\n\t');
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  return Object.entries(value).some(([key, item]) => hidesText(key, depth + 1) || hidesText(item, depth + 1));
}
