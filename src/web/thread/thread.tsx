/** The thread of the selected agent: its head, its items, and the message form. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { useShownAgent } from '../page-context.ts';
import { ProblemText } from '../ui/action.tsx';
import { useThread } from './live-thread.ts';
import { MessageForm } from './message-form.tsx';
import { ThreadHead } from './thread-head.tsx';
import { ThreadItemView } from './thread-item.tsx';
import type { ThreadItem } from './thread-items.ts';

export interface ThreadProps {
  readonly agentId: string;
  /** Shows the thread as it was after this entry. Default: now, and what follows. */
  readonly asOf: number | undefined;
  readonly onShowAgent: (agentId: string) => void;
  readonly onShowMachines: (agentId: string) => void;
}

export function Thread({ agentId, asOf, onShowAgent, onShowMachines }: ThreadProps) {
  const { items, hasMore, isLoading, problem, loadEarlier } = useThread(agentId, asOf);
  const agent = useShownAgent(agentId);
  return (
    <>
      {agent !== undefined && <ThreadHead agent={agent} onShowMachines={onShowMachines} isPast={asOf !== undefined} />}
      <ProblemText message={problem} />
      {hasMore && (
        <button type="button" className="earlier" onClick={loadEarlier} disabled={isLoading}>
          Show earlier entries
        </button>
      )}
      {items.length === 0 ? (
        <p className="empty">{isLoading ? 'Loading …' : 'No entries yet.'}</p>
      ) : (
        <Items items={items} onShowAgent={onShowAgent} />
      )}
      {asOf === undefined && agent !== undefined && agent.state !== 'done' && (
        <MessageForm agentId={agentId} name={agent.name} />
      )}
    </>
  );
}

interface ItemsProps {
  readonly items: readonly ThreadItem[];
  readonly onShowAgent: (agentId: string) => void;
}

function Items({ items, onShowAgent }: ItemsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 90,
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 5,
    gap: 12,
    paddingStart: 12,
    paddingEnd: 16,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 60,
    useFlushSync: false,
  });
  useLayoutEffect(() => list.scrollToEnd(), [list]);
  useStick(scroller, list);
  return (
    <div ref={scroller} className="thread-scroll" role="group" aria-label="Entries" tabIndex={0}>
      <div className="virtual" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start, key }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <div
              key={key}
              ref={list.measureElement}
              data-index={index}
              className="thread-item"
              style={{ transform: `translateY(${start}px)` }}
            >
              <ThreadItemView item={item} onShowAgent={onShowAgent} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Scrolling within so many milliseconds after a change of size comes from the browser, not from the reader. */
const SETTLING_MS = 300;

interface EndedList {
  isAtEnd(): boolean;
  scrollToEnd(): void;
}

/** Keeps a list at its end when its size changes, unless the reader scrolled up. */
function useStick(scroller: RefObject<HTMLElement | null>, list: EndedList): void {
  const current = useRef(list);
  current.current = list;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let isStuck = true;
    let changedAt = performance.now();
    const size = new ResizeObserver(() => {
      changedAt = performance.now();
      if (isStuck) current.current.scrollToEnd();
    });
    const onScroll = () => {
      if (performance.now() - changedAt > SETTLING_MS) isStuck = current.current.isAtEnd();
    };
    size.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      size.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);
}
