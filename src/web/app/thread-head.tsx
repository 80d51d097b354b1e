/** Whose thread it is, how it does, and the way to end it. */
import { useState } from 'react';
import type { AgentSummary } from '../../events.ts';
import { Age } from './age.tsx';
import { EndDialog } from './end-dialog.tsx';
import { StateMark } from './mark.tsx';
import { visibleText } from '../../text/visible.ts';
import { activityOf, agentMark, countText } from './words.ts';

export interface ThreadHeadProps {
  readonly agent: AgentSummary;
  readonly isPast: boolean;
  readonly onShowMachines: (agentId: string) => void;
}

export function ThreadHead({ agent, isPast, onShowMachines }: ThreadHeadProps) {
  const [isEnding, setEnding] = useState(false);
  const { id, name, path, usage, startedAt, endedAt, state } = agent;
  const activity = activityOf(agent);
  return (
    <header className="thread-head">
      <div className="thread-title">
        <h2>{visibleText(name)}</h2>
        <StateMark mark={agentMark(agent)} />
        <span className="row-activity">{activity}</span>
      </div>
      {!isPast && (
        <div className="thread-actions">
          <button type="button" onClick={() => onShowMachines(id)}>
            Show its machines
          </button>
          {state !== 'done' && (
            <button type="button" className="danger" onClick={() => setEnding(true)}>
              End agent …
            </button>
          )}
        </div>
      )}
      <p className="thread-facts">
        {path.length > 1 && <span>{path.map(visibleText).join(' › ')}</span>}
        <span>
          {countText(usage.inputTokens)} tokens in, {countText(usage.outputTokens)} out
        </span>
        {!isPast && (
          <span>
            <Age startedAt={startedAt} endedAt={endedAt} />
          </span>
        )}
      </p>
      {isEnding && <EndDialog agentId={id} name={name} onClose={() => setEnding(false)} />}
    </header>
  );
}
