/** Outcomes of the last questions: of the one on the screen, of several answered at once, and of all others. */
import { useAtom } from '@xstate/store-react';
import type { PendingRelay } from '../../events.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { visibleText } from '../../text/visible.ts';
import { pathText } from '../../read-model/words.ts';
import { type Settled, settledFeed } from './settled-feed.ts';
import type { Answers, Outcome } from './use-answers.ts';

/** Says how the question that was on the screen was settled: by an answer given here, or elsewhere. */
export function GoneNotice({
  gone,
  outcome,
}: {
  readonly gone: PendingRelay | undefined;
  readonly outcome: Outcome | undefined;
}) {
  const settled = useAtom(settledFeed.settled).find(({ relayId }) => relayId === gone?.id);
  return (
    <p role="status" className="inbox-notice">
      {gone !== undefined && outcome?.state !== 'sending' && (
        <>
          {outcome?.state === 'accepted' ? 'Answered' : 'Withdrawn'}: {pathText(gone.path)} ·{' '}
          {callLabel(gone.tool, gone.params)}: {endOf(settled, outcome)}
        </>
      )}
    </p>
  );
}

function endOf(settled: Settled | undefined, outcome: Outcome | undefined): string {
  if (settled === undefined) return outcome?.state === 'accepted' ? 'your answer was accepted' : 'it is settled';
  const answer = visibleText(settled.answer);
  if (outcome?.state === 'accepted') return answer;
  return settled.by === undefined ? answer : `answered by ${settled.by}: ${answer}`;
}

/** A result for each question that was answered together with others. */
export function TogetherNotice({ answers }: { readonly answers: Answers }) {
  const settled = useAtom(settledFeed.settled);
  const { together } = answers;
  if (together.length === 0) return null;
  const taken = together.filter(({ state }) => state === 'accepted').length;
  return (
    <section className="inbox-together" aria-label="Results of answering all">
      <p role="status">
        {taken} of {together.length} accepted.
      </p>
      <ul tabIndex={0} aria-label="Results">
        {together.map((outcome) => (
          <li key={outcome.relay.id}>
            {pathText(outcome.relay.path)} · {callLabel(outcome.relay.tool, outcome.relay.params)}:{' '}
            {resultOf(
              outcome,
              settled.find(({ relayId }) => relayId === outcome.relay.id),
            )}
          </li>
        ))}
      </ul>
      <button type="button" onClick={answers.forgetTogether}>
        Dismiss results
      </button>
    </section>
  );
}

function resultOf({ state, reason = '', answer }: Outcome, settled: Settled | undefined): string {
  if (state === 'sending') return 'sending …';
  if (state === 'accepted') return answer.approved ? 'yes, accepted' : 'no, accepted';
  if (state === 'failed') return `not sent: ${visibleText(reason)}`;
  return settled === undefined
    ? `not accepted. ${visibleText(reason)}`
    : `not accepted: ${settled.by === undefined ? settled.answer : `answered by ${settled.by}`}`;
}

/** The questions that were settled last. */
export function RecentlySettled() {
  const settled = useAtom(settledFeed.settled);
  if (settled.length === 0) return null;
  return (
    <details className="inbox-recent">
      <summary>Recently settled ({settled.length})</summary>
      <ul>
        {settled.map(({ relayId, path, what, by, approved, answer, at }) => (
          <li key={relayId}>
            <span aria-hidden="true" className={approved ? 'inbox-mark-yes' : 'inbox-mark-no'}>
              {approved ? '✓' : '✗'}
            </span>{' '}
            <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString()}</time>{' '}
            {[pathText(path), what].filter((text) => text !== '').join(' · ')}: {visibleText(answer)}
            {by === undefined ? '' : `, by ${by}`}
          </li>
        ))}
      </ul>
    </details>
  );
}
