/**
 * The tree of agents. The focus stays on the tree and `aria-activedescendant` says which row is meant, because rows out of
 * sight do not exist. Arrows move and fold, Home and End go to the ends, Enter shows the agent's thread.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react';
import { AgentRow } from './agent-row.tsx';
import { treeRows } from './agent-tree.ts';
import { usePlacedAgents } from './page-context.ts';

export interface AgentsProps {
  readonly selected: string | undefined;
  readonly onSelect: (agentId: string) => void;
}

const ROW_HEIGHT = 54;

export function Agents({ selected, onSelect }: AgentsProps) {
  const placed = usePlacedAgents();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [marked, setMarked] = useState<string>();
  const rows = useMemo(() => treeRows(placed, folded), [placed, folded]);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 10,
    useFlushSync: false,
  });
  const fold = useCallback(
    (id: string) =>
      setFolded((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      }),
    [],
  );
  const isRow = (id: string | undefined) => rows.findIndex((row) => row.id === id);
  const at = isRow(marked) >= 0 ? isRow(marked) : Math.max(0, isRow(selected));
  const active = rows[at];

  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    setMarked(row.id);
    list.scrollToIndex(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (active === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { id, isOpen, hasChildren, parent } = active;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at - 1),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      ArrowRight: () => (hasChildren && !isOpen ? fold(id) : hasChildren && moveTo(at + 1)),
      ArrowLeft: () => (isOpen ? fold(id) : parent !== undefined && moveTo(isRow(parent))),
      Enter: () => onSelect(id),
      ' ': () => onSelect(id),
    };
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (move === undefined) return;
    event.preventDefault();
    move();
  };

  if (rows.length === 0) return <p className="empty">No agents yet. Press Start to begin.</p>;
  return (
    <div
      ref={scroller}
      className="tree"
      role="tree"
      aria-label="Agents"
      tabIndex={0}
      aria-activedescendant={active === undefined ? undefined : rowId(active.id)}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className="virtual" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div
              key={key}
              id={rowId(row.id)}
              role="treeitem"
              className={`row${row === active ? ' row-marked' : ''}`}
              aria-level={row.level}
              aria-posinset={row.place}
              aria-setsize={row.among}
              aria-selected={row.id === selected}
              aria-expanded={row.hasChildren ? row.isOpen : undefined}
              style={{
                height: ROW_HEIGHT,
                transform: `translateY(${start}px)`,
                paddingInlineStart: 4 + Math.min(row.level - 1, 8) * 16,
              }}
              onClick={() => {
                setMarked(row.id);
                onSelect(row.id);
              }}
            >
              <AgentRow id={row.id} hasChildren={row.hasChildren} isOpen={row.isOpen} onFold={fold} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const rowId = (agentId: string): string => `agent-${agentId}`;
