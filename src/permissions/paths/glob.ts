/**
 * Path globs, exactly these: `*` and `?` inside one segment, `**` any number of segments (also none), `[ab]`, `[a-z]`,
 * `[!ab]`, `{a,b}`, `\` escapes. Case counts, dot files are files like others, and no regular expression is built, so
 * matching takes time proportional to pattern times path for every pattern.
 */

type Token =
  | { readonly type: 'char'; readonly char: string }
  | { readonly type: 'any' }
  | { readonly type: 'star' }
  | { readonly type: 'slash' }
  | { readonly type: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

type SegmentToken = Exclude<Token, { type: 'slash' }>;

/** One segment of a pattern: any number of segments, a literal name, or tokens. */
export type Segment = '**' | { readonly literal: string } | { readonly tokens: readonly SegmentToken[] };

/** One way to read a pattern once its `{a,b}` are chosen. */
export interface GlobPath {
  readonly absolute: boolean;
  readonly segments: readonly Segment[];
}

const MAX_LENGTH = 4096;
const MAX_ALTERNATIVES = 256;

/**
 * Compiles a pattern into its alternatives.
 * @throws SyntaxError that says what is wrong and what to write instead.
 */
export function parseGlob(pattern: string): readonly GlobPath[] {
  if (pattern.length > MAX_LENGTH) throw new SyntaxError(`it is longer than ${MAX_LENGTH} characters`);
  if (/^~(\/|$)/.test(pattern))
    throw new SyntaxError('~ is not expanded; write the absolute path, or \\~ for the name');
  const parser = new GlobParser(Array.from(pattern));
  return parser.parse().map(toPath);
}

/** The segments of a normalised absolute path; the root has none. */
export function pathSegments(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Whether the pattern's segments cover the path's, from the first to the last. */
export function matchesSegments(pattern: readonly Segment[], path: readonly string[]): boolean {
  // most rules differ from most paths in a leading name: settle those without the general matcher
  let at = 0;
  for (const segment of pattern) {
    if (segment === '**' || !('literal' in segment)) break;
    if (segment.literal !== path[at]) return false;
    at++;
  }
  return matchesSequence(pattern.slice(at), path.slice(at), isAnySegments, segmentMatches);
}

/** Whether some path below the folder `path` could be covered. */
export function reachesBelow(pattern: readonly Segment[], path: readonly string[]): boolean {
  // the places in the pattern where the rest of the path could go on
  let places = new Set([0]);
  const spread = (from: ReadonlySet<number>) => {
    const all = new Set(from);
    for (const place of all) if (pattern[place] === '**') all.add(place + 1);
    return all;
  };
  for (const name of path) {
    const next = new Set<number>();
    for (const place of spread(places)) {
      const segment = pattern[place];
      if (segment === undefined || !segmentMatches(segment, name)) continue;
      next.add(segment === '**' ? place : place + 1);
    }
    places = next;
  }
  return [...spread(places)].some((place) => place < pattern.length);
}

function isAnySegments(segment: Segment): boolean {
  return segment === '**';
}

function isStar(token: SegmentToken): boolean {
  return token.type === 'star';
}

function segmentMatches(segment: Segment, name: string): boolean {
  if (segment === '**') return true;
  if ('literal' in segment) return segment.literal === name;
  return matchesSequence(segment.tokens, Array.from(name), isStar, tokenMatches);
}

function tokenMatches(token: SegmentToken, char: string): boolean {
  if (token.type === 'char') return token.char === char;
  if (token.type !== 'class') return true;
  return (
    token.ranges.some(([from, to]) => codePoint(from) <= codePoint(char) && codePoint(char) <= codePoint(to)) !==
    token.negated
  );
}

/** Wildcard matching that only ever returns to the last wildcard, which is enough and keeps it quadratic at worst. */
function matchesSequence<P, T>(
  pattern: readonly P[],
  text: readonly T[],
  isWild: (item: P) => boolean,
  matches: (item: P, part: T) => boolean,
): boolean {
  let p = 0;
  let t = 0;
  let wild = -1;
  let resume = 0;
  while (t < text.length) {
    const item = pattern[p];
    const part = text[t];
    if (p < pattern.length && item !== undefined && isWild(item)) {
      wild = p++;
      resume = t;
    } else if (p < pattern.length && item !== undefined && part !== undefined && matches(item, part)) {
      p++;
      t++;
    } else if (wild !== -1) {
      p = wild + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.slice(p).every(isWild);
}

function codePoint(char: string): number {
  return char.codePointAt(0) ?? 0;
}

/** Recursive descent over code points; a group multiplies the alternatives read so far. */
class GlobParser {
  private at = 0;
  private readonly chars: readonly string[];

  constructor(chars: readonly string[]) {
    this.chars = chars;
  }

  parse(): readonly (readonly Token[])[] {
    return this.sequence(0);
  }

  private sequence(depth: number): readonly (readonly Token[])[] {
    let read: readonly (readonly Token[])[] = [[]];
    while (this.at < this.chars.length) {
      const char = this.chars[this.at];
      if (depth > 0 && (char === ',' || char === '}')) break;
      const next = char === '{' ? this.group(depth + 1) : [[this.token()]];
      read = read.flatMap((left) => next.map((right) => [...left, ...right]));
      if (read.length > MAX_ALTERNATIVES)
        throw new SyntaxError(`its {…} make more than ${MAX_ALTERNATIVES} alternatives`);
    }
    return read;
  }

  private group(depth: number): readonly (readonly Token[])[] {
    const alternatives: (readonly Token[])[] = [];
    let count = 0;
    do {
      this.at++;
      alternatives.push(...this.sequence(depth));
      count++;
    } while (this.chars[this.at] === ',');
    if (this.chars[this.at] !== '}') throw new SyntaxError('a { is not closed; write \\{ for the character');
    if (count === 1) throw new SyntaxError('a {…} needs alternatives such as {a,b}; write \\{ for the character');
    this.at++;
    return alternatives;
  }

  private token(): Token {
    const char = this.chars[this.at++] ?? '';
    if (char === '/') return { type: 'slash' };
    if (char === '?') return { type: 'any' };
    if (char === '*') return { type: 'star' };
    if (char === '[') return this.characterClass();
    return { type: 'char', char: char === '\\' ? this.escaped() : char };
  }

  private characterClass(): Token {
    const negated = this.chars[this.at] === '!' || this.chars[this.at] === '^';
    if (negated) this.at++;
    const ranges: [string, string][] = [];
    while (this.chars[this.at] !== ']') {
      const from = this.classMember();
      const ranged = this.chars[this.at] === '-' && this.chars[this.at + 1] !== ']';
      if (ranged) this.at++;
      const to = ranged ? this.classMember() : from;
      if (codePoint(to) < codePoint(from)) throw new SyntaxError(`the range ${from}-${to} runs backwards`);
      ranges.push([from, to]);
    }
    this.at++;
    if (ranges.length === 0) throw new SyntaxError('a […] is empty; write \\[ for the character');
    return { type: 'class', negated, ranges };
  }

  private classMember(): string {
    const char = this.chars[this.at++];
    if (char === undefined) throw new SyntaxError('a [ is not closed; write \\[ for the character');
    if (char === '[') throw new SyntaxError('a [ stands inside […]; write \\[ for the character');
    if (char === '/') throw new SyntaxError('a / stands inside […]; a wildcard never spans segments');
    return char === '\\' ? this.escaped() : char;
  }

  private escaped(): string {
    const char = this.chars[this.at++];
    if (char === undefined) throw new SyntaxError('it ends with a \\ that escapes nothing; write \\\\ for a backslash');
    if (char === '/') throw new SyntaxError('a / cannot be escaped');
    return char;
  }
}

function toPath(tokens: readonly Token[]): GlobPath {
  const parts: SegmentToken[][] = [[]];
  for (const token of tokens) {
    if (token.type === 'slash') parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  const absolute = parts.length > 1 && parts[0]?.length === 0;
  if (parts.length > 1 && !(absolute && parts.length === 2) && parts[parts.length - 1]?.length === 0) {
    throw new SyntaxError('it ends with a /; write dir/** for all that is below a folder');
  }
  const segments = parts.filter((part) => part.length > 0).map(toSegment);
  return { absolute, segments: segments.filter((segment) => !isName(segment, '.')) };
}

function toSegment(tokens: readonly SegmentToken[]): Segment {
  const stars = tokens.filter((token) => token.type === 'star').length;
  if (stars === tokens.length && stars === 2) return '**';
  const adjacent = tokens.some((token, index) => token.type === 'star' && tokens[index + 1]?.type === 'star');
  if (adjacent) throw new SyntaxError('** must be a segment of its own, as in src/**/x; write * inside a segment');
  const chars = tokens.map((token) => (token.type === 'char' ? token.char : null));
  if (chars.includes(null)) return { tokens };
  const segment = { literal: chars.join('') };
  if (isName(segment, '..')) throw new SyntaxError('".." is not followed in a pattern; write the absolute path');
  return segment;
}

function isName(segment: Segment, name: string): boolean {
  return segment !== '**' && 'literal' in segment && segment.literal === name;
}
