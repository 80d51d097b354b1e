/** A call: its arguments, who decided about it, its output, and the agents that it started. */
import { memo } from 'react';
import { visibleText } from '../../text/visible.ts';
import { useAgentsOfCall, useShownAgent } from '../page-context.ts';
import { agentMark, callMark, StateMark } from '../team/agent-state.tsx';
import { activityOf, decidedText, timeText } from '../../read-model/words.ts';
import { changeOf, inputText, subjectOf } from './call-text.ts';
import { Diff, LongText } from './long-text.tsx';
import type { CallItem, ProgressPiece } from './thread-items.ts';

export interface CallCardProps {
  readonly call: CallItem;
  readonly onShowAgent: (agentId: string) => void;
}

/** Lines of progress shown while a call runs. */
const PROGRESS_LINES = 12;
/** Characters that the head of a card shows in full at any width. */
const IN_HEAD = 80;

export const CallCard = memo(function CallCard({ call, onShowAgent }: CallCardProps) {
  const { id, tool, input, isEdited, state, why, startedAt, endedAt, progress, isProgressCut, output, result } = call;
  const change = changeOf({ tool, input, result });
  const name = visibleText(tool);
  const subject = visibleText(subjectOf(input));
  const hasTimes = startedAt !== undefined && endedAt !== undefined;
  return (
    <article className={`call call-${callMark(state).tone}`} aria-label={`Call ${name} ${subject}`.trim()}>
      <header className="call-head">
        <strong className="call-tool">{name}</strong>
        <code className="call-subject">{subject}</code>
        {hasTimes && <span className="call-time">{timeText(endedAt - startedAt)}</span>}
        <StateMark mark={callMark(state)} />
      </header>
      {isEdited && <p className="call-note">A human edited the arguments.</p>}
      {change === undefined ? <Input input={input} subject={subject} /> : <Diff lines={change} />}
      {state === 'waiting' && why !== undefined && (
        <p className="call-note call-why">Asks because {visibleText(why)}.</p>
      )}
      {output === undefined && progress.length > 0 && <Progress pieces={progress} isCut={isProgressCut} />}
      {output !== undefined && output !== '' && <Output text={output} isOpen={state !== 'ok' || tool !== 'read'} />}
      <Decision call={call} />
      <StartedAgents callId={id} onShowAgent={onShowAgent} />
    </article>
  );
});

/** Who allowed or denied the call: its result says so, and until then the answer to its question. */
function Decision({ call: { decidedBy, answer, waitedMs } }: { readonly call: CallItem }) {
  const waited = waitedMs === undefined ? '' : `, after ${timeText(waitedMs)}`;
  if (decidedBy !== undefined) {
    return (
      <p className="call-note">
        {visibleText(decidedText(decidedBy))}
        {decidedBy.waitedMs === undefined && waited}
      </p>
    );
  }
  if (answer === undefined) return null;
  return (
    <p className="call-note">
      {answer.approved ? 'Allowed' : 'Denied'} by {visibleText(answer.by)}
      {waited}
      {answer.reason !== undefined && `: ${visibleText(answer.reason)}`}
    </p>
  );
}

/** The arguments, unless the head shows them all. */
function Input({ input, subject }: { readonly input: unknown; readonly subject: string }) {
  if (input === undefined) return <p className="call-note">The arguments are among earlier entries.</p>;
  const isSmall = typeof input === 'object' && input !== null && Object.keys(input).length <= 1;
  const isAllInHead = isSmall && subject.length < IN_HEAD && Object.values(input).every((value) => value === subject);
  return isAllInHead ? null : <LongText text={inputText(input)} what="arguments" />;
}

function Output({ text, isOpen }: { readonly text: string; readonly isOpen: boolean }) {
  return (
    <details className="call-output" open={isOpen}>
      <summary>Output</summary>
      <LongText text={text} what="output" />
    </details>
  );
}

function Progress({ pieces, isCut }: { readonly pieces: readonly ProgressPiece[]; readonly isCut: boolean }) {
  const lines = pieces.flatMap(({ stream, text }) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => ({ stream, line })),
  );
  const shown = lines.slice(-PROGRESS_LINES);
  const isWhole = !isCut && shown.length === lines.length;
  return (
    <pre className="tool-text progress" aria-label="Output so far">
      {!isWhole && <span className="progress-cut">… earlier lines{'\n'}</span>}
      {shown.map(({ stream, line }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- lines have no other identity
        <span key={index} className={`progress-${stream}`}>
          {stream === 'stderr' && <span className="progress-stream">stderr </span>}
          {visibleText(line)}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}

interface StartedAgentsProps {
  readonly callId: string;
  readonly onShowAgent: (id: string) => void;
}

function StartedAgents({ callId, onShowAgent }: StartedAgentsProps) {
  const ids = useAgentsOfCall(callId);
  if (ids.length === 0) return null;
  return (
    <ul className="made" aria-label="Agents of this call">
      {ids.map((id) => (
        <StartedAgent key={id} id={id} onShowAgent={onShowAgent} />
      ))}
    </ul>
  );
}

function StartedAgent({ id, onShowAgent }: { readonly id: string; readonly onShowAgent: (id: string) => void }) {
  const agent = useShownAgent(id);
  if (agent === undefined) return null;
  return (
    <li className="made-agent">
      <span className="row-name">{visibleText(agent.name)}</span>
      <StateMark mark={agentMark(agent)} />
      <span className="row-activity">{activityOf(agent)}</span>
      <button
        type="button"
        className="small"
        onClick={() => onShowAgent(id)}
        aria-label={`Show agent ${visibleText(agent.name)}`}
      >
        Show
      </button>
    </li>
  );
}
