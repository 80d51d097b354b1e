/** Markdown cut where it can be read apart, so that a text that grows is not read from its beginning for every word. */

/**
 * The parts of a text: cut at blank lines, never inside of a fence, and not before a line that is indented or goes on with a
 * list. Together they are the whole text.
 */
export function markdownParts(text: string): readonly string[] {
  const parts: string[] = [];
  let part: string[] = [];
  let fence: string | undefined;
  let isAfterBlank = false;
  for (const line of text.split('\n')) {
    if (isAfterBlank && fence === undefined && line.trim() !== '' && !GOES_ON.test(line)) {
      parts.push(part.join('\n'));
      part = [];
    }
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
    }
    part.push(line);
    isAfterBlank = line.trim() === '';
  }
  return [...parts, part.join('\n')];
}

const GOES_ON = /^(?:\s|[-*+] |\d+[.)] )/;
