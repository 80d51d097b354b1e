/** Matching of one rule parameter. What a pattern means follows from the parameter's name. */
import type { SubjectView } from './call-view.ts';
import { coversAllBelow, coversPath, hitsPath, mayHitPath, parsePathPattern } from './paths/path-pattern.ts';
import { coversCommand, hitsCommand, parseCommandPattern } from './shell/command-pattern.ts';
import { matchesRuns, parseTextPattern } from './text-pattern.ts';
import { deepEqual, isPlainObject, ownValue } from './value.ts';

/** `unknown` must not count as a no where a yes would forbid. */
export type Verdict = 'yes' | 'no' | 'unknown';

export interface ParamMatcher {
  readonly key: string;
  /** Set for a path pattern without wildcards. */
  readonly namesOnePath?: boolean;
  /** For rules that allow: only a certain yes. */
  covers(view: SubjectView): boolean;
  /** For rules that deny. */
  hits(view: SubjectView): Verdict;
}

/** @throws SyntaxError that says what is wrong with the pattern. */
export function compileParam(key: string, pattern: unknown): ParamMatcher {
  if (typeof pattern !== 'string') return valueParam(key, pattern);
  if (pattern.trim() === '')
    throw new SyntaxError('it is empty and would cover nothing; leave the parameter out to cover every value');
  if (key === 'command') return commandParam(pattern);
  if (key === 'path' || key === 'cwd') return pathParam(key, pattern);
  return textParam(key, pattern);
}

function commandParam(text: string): ParamMatcher {
  const pattern = parseCommandPattern(text);
  return {
    key: 'command',
    covers: (view) => view.command !== null && coversCommand(pattern, view.command),
    hits: (view) => {
      if (view.command !== null) return hitsCommand(pattern, view.command);
      return hasAnywhere(view, 'command') ? 'unknown' : 'no';
    },
  };
}

function pathParam(key: 'path' | 'cwd', text: string): ParamMatcher {
  const pattern = parsePathPattern(text);
  return {
    key,
    namesOnePath: pattern.isLiteral,
    covers: (view) => {
      const path = view.path(key);
      if (path === null) return false;
      return key === 'path' && view.isDeep ? coversAllBelow(pattern, path) : coversPath(pattern, path);
    },
    hits: (view) => {
      if (view.value(key) === undefined && hasAnywhere(view, key)) return 'unknown';
      const path = view.path(key);
      if (path !== null) return hitsPath(pattern, path) ? 'yes' : mayHitPath(pattern, path) ? 'unknown' : 'no';
      return hasAnywhere(view, key) ? 'unknown' : 'no';
    },
  };
}

function textParam(key: string, text: string): ParamMatcher {
  const runs = parseTextPattern(text);
  const verdict = (value: unknown): Verdict => {
    if (typeof value === 'string') return matchesRuns(runs, value) ? 'yes' : 'no';
    return Array.isArray(value) || isPlainObject(value) ? 'unknown' : 'no';
  };
  return {
    key,
    covers: (view) => verdict(view.value(key)) === 'yes',
    hits: (view) => {
      const value = anywhere(view, key);
      // a rule that forbids "22" means the number, too
      return verdict(typeof value === 'number' || typeof value === 'boolean' ? String(value) : value);
    },
  };
}

function valueParam(key: string, expected: unknown): ParamMatcher {
  return {
    key,
    covers: (view) => view.value(key) !== undefined && deepEqual(view.value(key), expected),
    hits: (view) => (deepEqual(anywhere(view, key), expected) ? 'yes' : 'no'),
  };
}

/** A subject need not repeat every argument; what forbids looks at the arguments too. */
function anywhere(view: SubjectView, key: string): unknown {
  const { input } = view.request;
  return view.value(key) ?? (isPlainObject(input) ? ownValue(input, key) : undefined);
}

function hasAnywhere(view: SubjectView, key: string): boolean {
  return anywhere(view, key) !== undefined;
}
