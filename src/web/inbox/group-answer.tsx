/** One answer to all questions of a group, each of which is spelled out first. */
import { useContext, useId, useMemo, useState } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { AnswerButton } from './answer-button.tsx';
import { CallView, useCall } from './call-view.tsx';
import { DraftsContext, useDraft } from './drafts.ts';
import { useGuard } from './hooks.ts';
import { callParts } from './call-parts.ts';
import { callBlocks, hiddenRows } from './call-rows.ts';
import { pathText, whyHidden } from './words.ts';

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
  /** Calls of which all is shown. */
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const id = useId();
  // another question in the group is another thing to answer
  const guard = useGuard(isHeld ? undefined : relays.map((relay) => relay.id).join());
  const drafts = useDraft(reason, reason.trim() !== '');
  const answer = (given: RelayAnswer) => {
    if (!guard.check()) return;
    drafts.close();
    onAnswer(relays, given);
  };
  const refusal = reason.trim();
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
            drafts.typing();
            setReason(event.target.value);
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
        <AnswerButton
          tone="no"
          isWaiting={!guard.isOpen}
          onPress={() => answer({ approved: false, ...(refusal === '' ? {} : { reason: refusal }) })}
        >
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

/** Names that are spelled out before the panel is open. */
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
  /** Rows of it that are not shown at once. */
  readonly hidden: number;
}

/** Calls with the same arguments are shown once, under the names of all who ask. */
function callsOf(relays: readonly PendingRelay[]): readonly SameCall[] {
  const calls = Map.groupBy(relays, ({ params }) => JSON.stringify(params) ?? '');
  return [...calls].flatMap(([key, members]) => {
    const [first] = members;
    return first === undefined
      ? []
      : [{ key, first, members, hidden: hiddenRows(callBlocks(callParts(first.tool, first.params))) }];
  });
}
