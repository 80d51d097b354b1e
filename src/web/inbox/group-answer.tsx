/** One answer to all questions of a group, after each of them is shown. */
import { useContext, useId, useMemo, useState } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { denial } from '../../read-model/answers.ts';
import { pathText } from '../../read-model/words.ts';
import { AnswerButton } from './answer-button.tsx';
import { CallView, useCall } from './call-view.tsx';
import { useGuard } from './hooks.ts';
import { callParts } from './call-parts.ts';
import { callBlocks, hiddenRows, whyHidden } from './call-rows.ts';
import { DraftsContext } from './use-queue.ts';

export interface GroupAnswerProps {
  readonly relays: readonly PendingRelay[];
  /** Whether no answer is taken now. */
  readonly isHeld: boolean;
  readonly onAnswer: (relays: readonly PendingRelay[], answer: RelayAnswer) => void;
}

export function GroupAnswer({ relays, isHeld, onAnswer }: GroupAnswerProps) {
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  const drafts = useContext(DraftsContext);
  return (
    <section className="inbox-group" aria-label="Questions alike">
      <p>
        {relays.length} questions are alike: {namesOf(relays)}.
      </p>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={() => {
          drafts.close();
          setOpen(!isOpen);
        }}
      >
        Answer all {relays.length}
      </button>
      <div id={panel} hidden={!isOpen}>
        {isOpen && <Panel {...{ relays, isHeld, onAnswer }} />}
      </div>
    </section>
  );
}

function Panel({ relays, isHeld, onAnswer }: GroupAnswerProps) {
  const [reason, setReason] = useState('');
  /** Keys of the calls that are shown whole. */
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const id = useId();
  // a question more or less in the group starts the 500 ms again
  const guard = useGuard(isHeld ? undefined : relays.map((relay) => relay.id).join());
  const drafts = useContext(DraftsContext);
  const answer = (given: RelayAnswer) => {
    if (!guard.check()) return;
    drafts.close();
    onAnswer(relays, given);
  };
  const calls = useMemo(() => callsOf(relays), [relays]);
  const hidden = calls.reduce((sum, call) => sum + (whole.has(call.key) ? 0 : call.hidden), 0);
  return (
    <>
      <ul className="inbox-members" aria-label="What they ask">
        {calls.map(({ key, first, members }) => (
          <li key={key}>
            {members.map(({ path }) => pathText(path)).join(', ')}
            <MemberCall relay={first} isWhole={whole.has(key)} onWhole={() => setWhole(new Set([...whole, key]))} />
          </li>
        ))}
      </ul>
      <p className="inbox-amount">
        <label htmlFor={id}>Reason for all</label>
        <input
          id={id}
          value={reason}
          placeholder="for no"
          onChange={(event) => {
            const text = event.target.value;
            setReason(text);
            if (text.trim() === '') drafts.close();
            else drafts.write({ about: relays.map((relay) => relay.id), text });
          }}
        />
      </p>
      {hidden > 0 && (
        <p role="status" className="inbox-problem">
          {whyHidden(hidden)}
        </p>
      )}
      <div className="inbox-buttons">
        <AnswerButton tone="yes" isWaiting={!guard.isOpen || hidden > 0} onPress={() => answer({ approved: true })}>
          Yes to all {relays.length}
        </AnswerButton>
        <AnswerButton tone="no" isWaiting={!guard.isOpen} onPress={() => answer(denial(reason))}>
          No to all {relays.length}
        </AnswerButton>
      </div>
    </>
  );
}

interface MemberCallProps {
  readonly relay: PendingRelay;
  readonly isWhole: boolean;
  readonly onWhole: () => void;
}

const MemberCall = ({ relay: { tool, params }, isWhole, onWhole }: MemberCallProps) => (
  <CallView call={useCall(tool, params)} isWhole={isWhole} onWhole={onWhole} />
);

/** Number of names shown while the panel is closed. */
const NAMED = 5;

function namesOf(relays: readonly PendingRelay[]): string {
  const names = relays.slice(0, NAMED).map(({ path }) => pathText(path));
  const more = relays.length - names.length;
  return [...names, ...(more === 0 ? [] : [`and ${more} more`])].join(', ');
}

interface SameCall {
  readonly key: string;
  readonly first: PendingRelay;
  readonly members: readonly PendingRelay[];
  /** Number of its rows that are hidden at first. */
  readonly hidden: number;
}

/** Calls with the same arguments are shown once, under the names of all agents that ask. */
function callsOf(relays: readonly PendingRelay[]): readonly SameCall[] {
  const calls = Map.groupBy(relays, ({ params }) => JSON.stringify(params) ?? '');
  return [...calls].flatMap(([key, members]) => {
    const [first] = members;
    return first === undefined
      ? []
      : [{ key, first, members, hidden: hiddenRows(callBlocks(callParts(first.tool, first.params))) }];
  });
}
