/**
 * The tree of agents. The focus stays on the tree, and `aria-activedescendant` names the active row, because rows out of
 * sight have no element. Arrows move and fold, Home and End go to the ends, Enter shows the agent's thread.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react';
import { usePlacedAgents } from '../page-context.ts';
import { AgentRow } from './agent-row.tsx';
import { type TreeRow, treeRows } from './agent-tree.ts';

export interface AgentsProps {
  readonly selected: string | undefined;
  readonly onSelect: (agentId: string) => void;
}

const ROW_HEIGHT = 54;

export function Agents({ selected, onSelect }: AgentsProps) {
  const { rows, fold } = useRows();
  const [marked, setMarked] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 10,
    useFlushSync: false,
  });
  const indexOf = (id: string | undefined) => rows.findIndex((row) => row.id === id);
  const active = indexOf(marked) >= 0 ? indexOf(marked) : Math.max(0, indexOf(selected));
  const activeRow = rows[active];
  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setMarked(row.id);
    list.scrollToIndex(rows.indexOf(row));
  };
  if (activeRow === undefined) return <p className="empty">No agents yet. Press Start to begin.</p>;
  return (
    <div
      ref={scroller}
      className="tree"
      role="tree"
      aria-label="Agents"
      tabIndex={0}
      aria-activedescendant={rowId(activeRow.id)}
      onKeyDown={(event) => pressKey(event, { rows, active, moveTo, fold, onSelect })}
    >
      <div role="presentation" className="virtual" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const select = () => {
            setMarked(row.id);
            onSelect(row.id);
          };
          const at = { row, top: start, isActive: row === activeRow, isSelected: row.id === selected };
          return <TreeItem key={key} {...at} onClick={select} onFold={fold} />;
        })}
      </div>
    </div>
  );
}

/** The visible rows, and the way to fold one. */
function useRows() {
  const placed = usePlacedAgents();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => treeRows(placed, folded), [placed, folded]);
  const fold = useCallback(
    (id: string) =>
      setFolded((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
    [],
  );
  return { rows, fold };
}

interface Keyboard {
  readonly rows: readonly TreeRow[];
  /** Index of the active row. */
  readonly active: number;
  readonly moveTo: (index: number) => void;
  readonly fold: (id: string) => void;
  readonly onSelect: (id: string) => void;
}

function pressKey(event: KeyboardEvent, { rows, active, moveTo, fold, onSelect }: Keyboard): void {
  const row = rows[active];
  if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const { id, isOpen, hasChildren, parent } = row;
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => moveTo(active + 1),
    ArrowUp: () => moveTo(active - 1),
    Home: () => moveTo(0),
    End: () => moveTo(rows.length - 1),
    ArrowRight: () => (hasChildren && !isOpen ? fold(id) : hasChildren && moveTo(active + 1)),
    ArrowLeft: () =>
      isOpen ? fold(id) : parent !== undefined && moveTo(rows.findIndex((other) => other.id === parent)),
    Enter: () => onSelect(id),
    ' ': () => onSelect(id),
  };
  const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
  if (move === undefined) return;
  event.preventDefault();
  move();
}

interface TreeItemProps {
  readonly row: TreeRow;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly onClick: () => void;
  readonly onFold: (id: string) => void;
}

const TreeItem = ({ row, top, isActive, isSelected, onClick, onFold }: TreeItemProps) => (
  <div
    id={rowId(row.id)}
    role="treeitem"
    className={`row${isActive ? ' row-marked' : ''}`}
    aria-level={row.level}
    aria-posinset={row.place}
    aria-setsize={row.among}
    aria-selected={isSelected}
    aria-expanded={row.hasChildren ? row.isOpen : undefined}
    style={{
      height: ROW_HEIGHT,
      transform: `translateY(${top}px)`,
      paddingInlineStart: 4 + Math.min(row.level - 1, 8) * 16,
    }}
    onClick={onClick}
  >
    <AgentRow id={row.id} hasChildren={row.hasChildren} isOpen={row.isOpen} onFold={onFold} />
  </div>
);

const rowId = (agentId: string): string => `agent-${agentId}`;
