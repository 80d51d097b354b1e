/** One answer to all questions of a group, each of which is spelled out first. */
import { useId, useState } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { AnswerButton } from './answer-button.tsx';
import { CallView } from './call-view.tsx';
import { useGuard } from './hooks.ts';
import { pathText } from './words.ts';

export interface GroupAnswerProps {
  readonly relays: readonly PendingRelay[];
  readonly onAnswer: (relays: readonly PendingRelay[], answer: RelayAnswer) => void;
}

export function GroupAnswer({ relays, onAnswer }: GroupAnswerProps) {
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  return (
    <section className="inbox-group" aria-label="Questions alike">
      <p>
        {relays.length} questions are alike: {relays.map(({ path }) => pathText(path)).join(', ')}.
      </p>
      <button type="button" aria-expanded={isOpen} aria-controls={panel} onClick={() => setOpen(!isOpen)}>
        Answer all {relays.length}
      </button>
      <div id={panel} hidden={!isOpen}>
        {isOpen && <Panel relays={relays} onAnswer={onAnswer} />}
      </div>
    </section>
  );
}

function Panel({ relays, onAnswer }: GroupAnswerProps) {
  const [reason, setReason] = useState('');
  const id = useId();
  // another question in the group is another thing to answer
  const guard = useGuard(relays.map((relay) => relay.id).join());
  const answer = (given: RelayAnswer) => {
    if (guard.check()) onAnswer(relays, given);
  };
  const refusal = reason.trim();
  return (
    <>
      <ul className="inbox-members">
        {relays.map((relay) => (
          <li key={relay.id}>
            {pathText(relay.path)}
            <CallView tool={relay.tool} params={relay.params} />
          </li>
        ))}
      </ul>
      <p className="inbox-amount">
        <label htmlFor={id}>Reason for all</label>
        <input id={id} value={reason} placeholder="for no" onChange={(event) => setReason(event.target.value)} />
      </p>
      <div className="inbox-buttons">
        <AnswerButton tone="yes" isWaiting={!guard.isOpen} onPress={() => answer({ approved: true })}>
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
