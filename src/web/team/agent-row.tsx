/** A row of the tree: an agent's name, state, activity and cost. Draws again only when the agent changes. */
import { memo } from 'react';
import { visibleText } from '../../text/visible.ts';
import { usePast, useQuestionCount, useShownAgent } from '../page-context.ts';
import { Age } from '../ui/clock.tsx';
import { activityOf, countText } from '../../read-model/words.ts';
import { agentMark, StateMark } from './agent-state.tsx';

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
      {/* for the mouse only: the keyboard folds with the arrow keys */}
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
            <span className="badge" title="Waiting questions">
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
