/** Text of a tool: hidden characters visible, and of a long one the beginning, until somebody wants all. */
import { useState } from 'react';
import { visibleText } from '../../text/visible.ts';

/** Beyond this a browser draws too long. */
const MOST = 200_000;

export interface LongTextProps {
  readonly text: string;
  /** Lines shown at first. */
  readonly lines?: number;
  /** What it is, for the button that shows all. */
  readonly what: string;
}

export function LongText({ text, lines = 12, what }: LongTextProps) {
  const [isWhole, setWhole] = useState(false);
  const end = endOfLines(text, lines);
  const isLong = end < text.length;
  const shown = isWhole ? text.slice(0, MOST) : text.slice(0, end);
  return (
    <>
      <pre className="tool-text">
        {visibleText(shown)}
        {isWhole && text.length > MOST && `\n… ${text.length - MOST} more characters`}
      </pre>
      {isLong && (
        <button type="button" className="link-button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? `Show less ${what}` : `Show all ${what}`}
        </button>
      )}
    </>
  );
}

/** Where the first lines end; long lines count as several. */
function endOfLines(text: string, lines: number): number {
  const limit = Math.min(text.length, lines * 160);
  let at = -1;
  for (let count = 0; count < lines; count++) {
    const next = text.indexOf('\n', at + 1);
    if (next < 0 || next >= limit) return limit;
    at = next;
  }
  return text.slice(at).trim() === '' ? text.length : at;
}
