/** One item of a thread: a text, a message, a call, a note, or the end. */
import { memo } from 'react';
import { visibleText } from '../../text/visible.ts';
import { agentMark, StateMark } from '../team/agent-state.tsx';
import { CallCard } from './call-card.tsx';
import { LongText } from './long-text.tsx';
import { Markdown } from './markdown.tsx';
import type { EndItem, ThreadItem } from './thread-items.ts';

export interface ThreadItemProps {
  readonly item: ThreadItem;
  readonly onShowAgent: (agentId: string) => void;
}

export const ThreadItemView = memo(function ThreadItemView({ item, onShowAgent }: ThreadItemProps) {
  switch (item.kind) {
    case 'text':
      return (
        <article className="said" aria-label="Text">
          <Markdown text={item.text} />
        </article>
      );
    case 'reasoning':
      return (
        <details className="reasoning">
          <summary>Reasoning</summary>
          <Markdown text={item.text} />
        </details>
      );
    case 'message':
      return (
        <article className={`message message-${item.role}`} aria-label={`Message from ${item.role}`}>
          <span className="message-role">{item.role}</span>
          <LongText text={item.text} lines={20} what="of the message" />
        </article>
      );
    case 'call':
      return <CallCard call={item} onShowAgent={onShowAgent} />;
    case 'note':
      return <p className={`note note-${item.tone}`}>{visibleText(item.text)}</p>;
    case 'end':
      return <End item={item} />;
    default:
      return item satisfies never;
  }
});

function End({ item: { status, reason, text } }: { readonly item: EndItem }) {
  return (
    <article className="end" aria-label="End">
      <StateMark mark={agentMark({ state: 'done', status })} />
      {reason !== undefined && <span> {visibleText(reason)}</span>}
      {text !== undefined && <Markdown text={text} />}
    </article>
  );
}
