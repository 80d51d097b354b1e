/** List of all open questions, oldest first, alike questions together. */
import { useLayoutEffect, useRef } from 'react';
import type { PendingRelay } from '../../events.ts';
import { callLabel } from '../../read-model/call-text.ts';
import type { QuestionGroup } from '../../read-model/question-queue.ts';
import { useNow } from '../ui/clock.tsx';
import { visibleText } from '../../text/visible.ts';
import { ageText, pathText } from '../../read-model/words.ts';

export interface QuestionListProps {
  readonly groups: readonly QuestionGroup[];
  readonly selectedId: string | undefined;
  readonly onSelect: (relayId: string) => void;
}

export function QuestionList({ groups, selectedId, onSelect }: QuestionListProps) {
  const now = useNow();
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    if (list.current !== null) keepInSight(list.current);
  }, [selectedId]);
  const entry = (relay: PendingRelay) => (
    <li key={relay.id}>
      <button
        type="button"
        className="inbox-entry"
        aria-current={relay.id === selectedId}
        onClick={() => onSelect(relay.id)}
      >
        <span className="inbox-entry-who">
          {pathText(relay.path)}
          <span className="inbox-age">{ageText(now - relay.askedAt)}</span>
        </span>
        <span className="inbox-entry-what">
          {relay.kind === 'unknown_outcome' && 'outcome of '}
          {callLabel(relay.tool, relay.params)}
        </span>
      </button>
    </li>
  );
  return (
    <ol ref={list} className="inbox-list" aria-label="Waiting questions">
      {groups.map(({ key, relays }) => {
        const [first] = relays;
        if (first === undefined || relays.length === 1) return relays.map(entry);
        return (
          <li key={key} className="inbox-alike">
            <span className="inbox-alike-title">
              {relays.length} alike: {visibleText(first.tool)}
            </span>
            <ol>{relays.map(entry)}</ol>
          </li>
        );
      })}
    </ol>
  );
}

/** Scrolls the list only, and nothing around it. */
function keepInSight(list: HTMLElement): void {
  const entry = list.querySelector('[aria-current="true"]')?.getBoundingClientRect();
  if (entry === undefined) return;
  const { top, bottom } = list.getBoundingClientRect();
  if (entry.top < top) list.scrollTop -= top - entry.top;
  else if (entry.bottom > bottom) list.scrollTop += entry.bottom - bottom;
}
