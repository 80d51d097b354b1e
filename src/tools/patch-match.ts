/** Finding lines in a file, strictly first and then with growing tolerance. */

/** How lines are compared, strictest first. A looser pass is only made when a stricter one finds nothing. */
export const tolerances = [
  { name: 'exactly', normal: (line: string) => line },
  { name: 'ignoring whitespace at line ends', normal: (line: string) => line.trimEnd() },
  { name: 'ignoring indentation', normal: (line: string) => line.trim() },
  { name: 'ignoring typographic punctuation', normal: plain },
] as const;

const loosest = tolerances.length - 1;

/** Typographic quotes, dashes and spaces as their ASCII relatives. */
function plain(line: string): string {
  return line
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\u2018-\u201B\u2032\u00B4]/g, "'")
    .replace(/[\u201C-\u201F\u2033\u00AB\u00BB]/g, '"')
    .replace(/\p{Zs}/gu, ' ')
    .replaceAll('\u2026', '...')
    .trim();
}

/** The lines of a file, ready to be searched. Line numbers count from 0. */
export class LineIndex {
  readonly lines: readonly string[];
  readonly #normal: (readonly string[] | undefined)[] = [];

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  /** Every place where all of `wanted` stands, compared with one tolerance. `wanted` is not empty. */
  find(wanted: readonly string[], tolerance: number): readonly number[] {
    const file = this.#at(tolerance);
    const lines = wanted.map(normalOf(tolerance));
    const places: number[] = [];
    for (let place = file.indexOf(lines[0] ?? ''); place !== -1; place = file.indexOf(lines[0] ?? '', place + 1)) {
      if (lines.every((line, offset) => file[place + offset] === line)) places.push(place);
    }
    return places;
  }

  /** Every line that contains `part`, compared with the loosest tolerance. */
  findPart(part: string): readonly number[] {
    const wanted = plain(part);
    return this.#at(loosest).flatMap((line, place) => (line.includes(wanted) ? [place] : []));
  }

  /** The place that has most of `wanted` in its position, blank lines aside; `undefined` when none has any. */
  closest(wanted: readonly string[]): number | undefined {
    const file = this.#at(loosest);
    const lines = wanted.map(plain);
    const hits = new Map<number, number>();
    for (const [place, line] of file.entries()) {
      for (const [offset, other] of lines.entries()) {
        if (line !== '' && line === other) hits.set(place - offset, (hits.get(place - offset) ?? 0) + 1);
      }
    }
    let best: number | undefined;
    for (const [place, count] of hits) if (count > (hits.get(best ?? NaN) ?? 0)) best = place;
    return best;
  }

  /** The line most like `wanted`, when it is at least half alike. */
  mostSimilar(wanted: string): number | undefined {
    const pairs = pairsOf(wanted.trim());
    let best: number | undefined;
    let bestScore = 0.5;
    // Only ever used for a hint in an error: not worth the time in a huge file.
    for (const [place, line] of this.lines.slice(0, 20_000).entries()) {
      const score = likeness(pairs, pairsOf(line.trim()));
      if (score > bestScore) [best, bestScore] = [place, score];
    }
    return best;
  }

  #at(tolerance: number): readonly string[] {
    return (this.#normal[tolerance] ??= this.lines.map(normalOf(tolerance)));
  }
}

function normalOf(tolerance: number): (line: string) => string {
  return tolerances[tolerance]?.normal ?? plain;
}

/** Pairs of neighbouring characters with their counts. */
function pairsOf(text: string): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (let at = 0; at < Math.min(text.length, 400) - 1; at += 1) {
    const pair = text.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Dice's coefficient: 0 for nothing in common, 1 for the same pairs. */
function likeness(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  const size = (pairs: ReadonlyMap<string, number>) => pairs.values().reduce((sum, count) => sum + count, 0);
  const total = size(left) + size(right);
  if (total === 0) return 0;
  const common = left.entries().reduce((sum, [pair, count]) => sum + Math.min(count, right.get(pair) ?? 0), 0);
  return (2 * common) / total;
}
