/** Streamed pieces of text as whole lines, per agent, so that two agents never share one. */

export interface LineBuffer {
  /** Takes a piece in and gives the lines that are complete now. */
  push(piece: string): string[];
  /** What is left, when no more will come. */
  end(): string[];
}

/**
 * @param width Longer lines are broken between words, so that a paragraph shows while it is being written. Asked for
 * every piece; `undefined`: only line feeds break.
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

/** A line in pieces of at most `max` characters, broken between words where there are some. */
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
