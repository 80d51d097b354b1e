/** What the selected agent said and did. Stays at its end, unless the reader scrolled up. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef } from 'react';
import { MessageForm } from './message-form.tsx';
import { useShownAgent } from './page-context.ts';
import { ThreadHead } from './thread-head.tsx';
import { ThreadItemView } from './thread-item.tsx';
import type { ThreadItem } from './thread-items.ts';
import { useStick } from './use-stick.ts';
import { useThread } from './use-thread.ts';

export interface ThreadProps {
  readonly agentId: string;
  /** The thread as it was after this entry; without it, as it is and goes on. */
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
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {hasMore && (
        <button type="button" className="earlier" onClick={loadEarlier} disabled={isLoading}>
          Show earlier entries
        </button>
      )}
      {items.length === 0 ? (
        <p className="empty">{isLoading ? 'Loading …' : 'Nothing happened yet.'}</p>
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
