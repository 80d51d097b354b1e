/** View of a call: the whole command or change, and every other argument. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { callParts, type ShownLine } from './call-parts.ts';
import { type CallBlock, callBlocks, type CallRow, hiddenRows } from './call-rows.ts';

const SIGNS: Readonly<Record<ShownLine['kind'], string>> = { plain: ' ', add: '+', remove: '-', meta: ' ' };

/** The blocks of a call, computed once a call. */
export const useCall = (tool: string, params: unknown): ShownCall =>
  useMemo(() => {
    const parts = callParts(tool, params);
    const blocks = callBlocks(parts);
    return { path: parts.path, cwd: parts.cwd, blocks, hidden: hiddenRows(blocks) };
  }, [tool, params]);

export interface ShownCall {
  readonly path: string | undefined;
  readonly cwd: string | undefined;
  readonly blocks: readonly CallBlock[];
  /** Number of rows that are hidden at first. */
  readonly hidden: number;
}

export interface CallViewProps {
  readonly call: ShownCall;
  /** Whether the hidden rows are shown, too. */
  readonly isWhole: boolean;
  readonly onWhole: () => void;
}

export function CallView({ call: { path, blocks }, isWhole, onWhole }: CallViewProps) {
  return (
    <>
      {path !== undefined && <p className="inbox-file">{path}</p>}
      {blocks.map((block) => (
        <figure key={block.label} className="inbox-call">
          <figcaption>{block.label}</figcaption>
          <Block block={block} isWhole={isWhole} onWhole={onWhole} />
        </figure>
      ))}
    </>
  );
}

interface BlockProps extends Omit<CallViewProps, 'call'> {
  readonly block: CallBlock;
}

function Block({ block: { isDiff, lines, rows, cut, label }, isWhole, onWhole }: BlockProps) {
  if (cut === undefined) return <Rows rows={lines} isDiff={isDiff} />;
  if (isWhole) return <Window rows={rows} isDiff={isDiff} label={label} />;
  return (
    <>
      <Rows rows={cut.first} isDiff={isDiff} />
      <p className="inbox-hidden">
        … {cut.hidden} rows are hidden …{' '}
        <button type="button" onClick={onWhole}>
          Show all {rows.length} rows
        </button>
      </p>
      <Rows rows={cut.last} isDiff={isDiff} />
    </>
  );
}

interface RowsProps {
  readonly rows: readonly (ShownLine & { readonly goesOn?: boolean })[];
  readonly isDiff: boolean;
}

const classOf = (isDiff: boolean): string => (isDiff ? 'inbox-lines inbox-diff' : 'inbox-lines');
const classOfRow = ({ kind, goesOn }: RowsProps['rows'][number]): string =>
  `inbox-line inbox-${kind}${goesOn === true ? ' inbox-goes-on' : ''}`;

function Rows({ rows, isDiff }: RowsProps) {
  return (
    <pre className={classOf(isDiff)}>
      {rows.map((row, at) => (
        // a line is identified by its place, and never moves
        <code key={at} className={classOfRow(row)}>
          {isDiff && row.goesOn !== true ? SIGNS[row.kind] : ''}
          {row.text}
          {'\n'}
        </code>
      ))}
    </pre>
  );
}

interface WindowProps extends RowsProps {
  readonly rows: readonly CallRow[];
  readonly label: string;
}

/** All rows, of which only the visible ones are in the document. */
export function Window({ rows, isDiff, label }: WindowProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 22,
    overscan: 10,
    useFlushSync: false,
  });
  useEffect(() => {
    // the pressed button is gone
    if (document.activeElement === document.body) scroller.current?.focus();
  }, []);
  return (
    <div ref={scroller} className={`inbox-window ${classOf(isDiff)}`} role="group" aria-label={label} tabIndex={0}>
      <div className="inbox-window-rows" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <code
              key={key}
              ref={list.measureElement}
              data-index={index}
              className={classOfRow(row)}
              style={{ transform: `translateY(${start}px)` }}
            >
              {isDiff && !row.goesOn ? SIGNS[row.kind] : ''}
              {row.text === '' ? '\n' : row.text}
            </code>
          );
        })}
      </div>
    </div>
  );
}
