/** A call as a human judges it: the command or the change in full, and every other argument. */
import { useState } from 'react';
import { callParts, type ShownLine } from './call-parts.ts';

/** Lines that are shown before one has to ask for the rest. */
const FIRST_LINES = 40;

const SIGNS: Readonly<Record<ShownLine['kind'], string>> = { plain: ' ', add: '+', remove: '-', meta: ' ' };

export function CallView({ tool, params }: { readonly tool: string; readonly params: unknown }) {
  const { shape, lines, path, rest } = callParts(tool, params);
  const isDiff = shape === 'diff';
  return (
    <>
      {path !== undefined && <p className="inbox-file">{path}</p>}
      {shape !== 'none' && <Lines label={isDiff ? 'Change' : 'Command'} lines={lines} isDiff={isDiff} />}
      {rest !== undefined && (
        <Lines
          label={shape === 'none' ? 'Arguments' : 'Other arguments'}
          lines={rest.split('\n').map((text) => ({ kind: 'plain', text }))}
          isDiff={false}
        />
      )}
    </>
  );
}

interface LinesProps {
  readonly label: string;
  readonly lines: readonly ShownLine[];
  readonly isDiff: boolean;
}

function Lines({ label, lines, isDiff }: LinesProps) {
  const [isWhole, setWhole] = useState(false);
  const isLong = lines.length > FIRST_LINES;
  const shown = isLong && !isWhole ? lines.slice(0, FIRST_LINES) : lines;
  return (
    <figure className="inbox-call">
      <figcaption>{label}</figcaption>
      <pre className={isDiff ? 'inbox-lines inbox-diff' : 'inbox-lines'}>
        {shown.map(({ kind, text }, at) => (
          // lines have no identity beyond their place, and never move
          <code key={at} className={`inbox-line inbox-${kind}`}>
            {isDiff ? SIGNS[kind] : ''}
            {text}
            {'\n'}
          </code>
        ))}
      </pre>
      {isLong && (
        <button type="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? `Show the first ${FIRST_LINES} lines` : `Show all ${lines.length} lines`}
        </button>
      )}
    </figure>
  );
}
