/** Text with `*` wildcards, as runs of literal text: `['a', 'b']` is `a*b`, `['a']` is just `a`. */

export type Runs = readonly string[];

/**
 * Splits a pattern at its `*`. `\` makes the next character literal; nothing else is special, a leading `!` neither.
 * @throws SyntaxError when it ends with a lone `\`.
 */
export function parseTextPattern(pattern: string): Runs {
  const runs: string[] = [];
  let run = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '*') {
      runs.push(run);
      run = '';
    } else if (char === '\\') {
      at++;
      if (at === pattern.length)
        throw new SyntaxError('it ends with a \\ that escapes nothing; write \\\\ for a backslash');
      run += pattern.charAt(at);
    } else {
      run += char;
    }
  }
  return [...runs, run];
}

/** Whether the runs cover the whole text; a wildcard is any run of characters, also none. Linear in the text per run. */
export function matchesRuns(runs: Runs, text: string): boolean {
  const first = runs[0] ?? '';
  if (runs.length === 1) return text === first;
  const last = runs[runs.length - 1] ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (let index = 1; index < runs.length - 1; index++) {
    const run = runs[index] ?? '';
    const found = text.indexOf(run, at);
    if (found === -1 || found + run.length > end) return false;
    at = found + run.length;
  }
  return true;
}
