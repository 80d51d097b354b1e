/** Text for a terminal: counts, durations, and streamed pieces as wrapped lines. */

export interface LineBuffer {
  /** Adds a piece and returns the lines that are complete. */
  push(piece: string): string[];
  /** Returns the rest after the last piece. */
  end(): string[];
}

/**
 * Joins streamed pieces into lines.
 * @param width Called for every piece. Lines longer than its result are broken between words, so that a paragraph shows while
 * it is being written; `undefined` breaks at line feeds only.
 */
export function lineBuffer(width: () => number | undefined): LineBuffer {
  let rest = '';
  const complete = (): string[] => {
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    const max = width();
    if (max === undefined) return lines;
    const wrapped = lines.flatMap((line) => wrap(line, max));
    const broken = wrap(rest, max);
    rest = broken.pop() ?? '';
    return [...wrapped, ...broken];
  };
  return {
    push(piece) {
      rest += piece;
      return complete();
    },
    end() {
      const last = rest;
      rest = '';
      return last.trim() === '' ? [] : [last];
    },
  };
}

/** Breaks a line into pieces of at most `max` characters, between words where possible. */
export function wrap(text: string, max: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const space = rest.lastIndexOf(' ', max);
    const at = space <= 0 ? max : space;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).replace(/^ /, '');
  }
  return [...lines, rest];
}

/** `1 agent`, `2 agents`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** A duration in its largest unit, e.g. `18 seconds`; `ms` in milliseconds. */
export function duration(ms: number): string {
  for (const [unit, length] of UNITS) if (ms >= length) return counted(Math.floor(ms / length), unit);
  return 'a moment';
}
