/** One agent in the tree: what it is called, what it does, what it cost. Drawn again only when that changes. */
import { memo } from 'react';
import { Age } from './age.tsx';
import { StateMark } from './mark.tsx';
import { usePast, useQuestionCount, useShownAgent } from './page-context.ts';
import { visibleText } from '../../text/visible.ts';
import { activityOf, agentMark, countText } from './words.ts';

export interface AgentRowProps {
  readonly id: string;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  readonly onFold: (id: string) => void;
}

export const AgentRow = memo(function AgentRow({ id, hasChildren, isOpen, onFold }: AgentRowProps) {
  const agent = useShownAgent(id);
  const questions = useQuestionCount(id);
  const isPast = usePast() !== undefined;
  if (agent === undefined) return <span className="row-name">{visibleText(id)}</span>;
  const { name, usage, startedAt, endedAt } = agent;
  const tokens = usage.inputTokens + usage.outputTokens;
  const activity = activityOf(agent);
  return (
    <>
      {/* the keyboard folds with the arrow keys, so this is for the mouse alone */}
      <span
        className="row-fold"
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          onFold(id);
        }}
      >
        {hasChildren ? (isOpen ? '▾' : '▸') : ''}
      </span>
      <span className="row-body">
        <span className="row-line">
          <span className="row-name">{visibleText(name)}</span>
          {questions > 0 && (
            <span className="badge" title="Questions that wait for an answer">
              {questions}
              <span className="unseen"> {questions === 1 ? 'question' : 'questions'}</span>
            </span>
          )}
          <StateMark mark={agentMark(agent)} />
        </span>
        <span className="row-line row-detail">
          <span className="row-activity">{activity}</span>
          <span className="row-number" title={`${usage.inputTokens} tokens in, ${usage.outputTokens} out`}>
            {countText(tokens)}
            <span className="row-unit"> tok</span>
          </span>
          {!isPast && (
            <span className="row-number row-age">
              <Age startedAt={startedAt} endedAt={endedAt} />
            </span>
          )}
        </span>
      </span>
    </>
  );
});
