/** Long texts of tools, folded to their first lines: plain text, and changes of files. */
import { useState } from 'react';
import { visibleText } from '../../text/visible.ts';
import type { DiffLine } from './call-text.ts';

/** More characters than this take a browser too long to draw. */
const MAX_CHARACTERS = 200_000;

export interface LongTextProps {
  readonly text: string;
  /** Lines shown before the reader asks for all. */
  readonly lines?: number;
  /** What the text is, for the button that shows all. */
  readonly what: string;
}

/** A text with its hidden characters visible. */
export function LongText({ text, lines = 12, what }: LongTextProps) {
  const [isWhole, setWhole] = useState(false);
  const end = endOfLines(text, lines);
  const shown = isWhole ? text.slice(0, MAX_CHARACTERS) : text.slice(0, end);
  return (
    <>
      <pre className="tool-text">
        {visibleText(shown)}
        {isWhole && text.length > MAX_CHARACTERS && `\n… ${text.length - MAX_CHARACTERS} more characters`}
      </pre>
      {end < text.length && (
        <FoldButton isOpen={isWhole} onToggle={() => setWhole(!isWhole)}>
          {isWhole ? `Show less ${what}` : `Show all ${what}`}
        </FoldButton>
      )}
    </>
  );
}

/** The index at which the first lines end; a long line counts as several. */
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

const FIRST_LINES = 40;
const MAX_LINES = 5000;

/** A change of files: a sign in front of each line, and a colour behind it. */
export function Diff({ lines }: { readonly lines: readonly DiffLine[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = lines.slice(0, isWhole ? MAX_LINES : FIRST_LINES);
  return (
    <>
      <pre className="diff" aria-label="Change">
        {shown.map(({ kind, text }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have no other identity
          <span key={index} className={`diff-${kind}`}>
            {visibleText(text)}
            {'\n'}
          </span>
        ))}
      </pre>
      {lines.length > FIRST_LINES && (
        <FoldButton isOpen={isWhole} onToggle={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less of the change' : `Show all ${lines.length} lines of the change`}
        </FoldButton>
      )}
    </>
  );
}

interface FoldButtonProps {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly children: string;
}

const FoldButton = ({ isOpen, onToggle, children }: FoldButtonProps) => (
  <button type="button" className="link-button" aria-expanded={isOpen} onClick={onToggle}>
    {children}
  </button>
);
