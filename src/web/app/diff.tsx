/** A change of files: signs in front of the lines, and colours behind them. */
import { useState } from 'react';
import type { DiffLine } from './diff-lines.ts';
import { visibleText } from '../../text/visible.ts';

const FIRST = 40;
const MOST = 5000;

export function Diff({ lines }: { readonly lines: readonly DiffLine[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = lines.slice(0, isWhole ? MOST : FIRST);
  return (
    <>
      <pre className="diff" aria-label="Change">
        {shown.map(({ kind, text }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have nothing else that tells them apart
          <span key={index} className={`diff-${kind}`}>
            {visibleText(text)}
            {'\n'}
          </span>
        ))}
      </pre>
      {lines.length > FIRST && (
        <button type="button" className="link-button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less of the change' : `Show all ${lines.length} lines of the change`}
        </button>
      )}
    </>
  );
}
