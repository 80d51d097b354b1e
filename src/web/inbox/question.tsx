/** Question view: who asks, the complete call, the reason, and the effect of each answer. */
import type { RefObject } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import type { SessionInfo } from '../../server/index.ts';
import { visibleText } from '../../text/visible.ts';
import { AlwaysForm } from './always-form.tsx';
import { AnswerButton } from './answer-button.tsx';
import { EditForm, OutputForm, ReasonForm } from './answer-forms.tsx';
import { placeOf } from './call-parts.ts';
import { CallView, type ShownCall } from './call-view.tsx';
import { useNow } from '../ui/clock.tsx';
import { ageText, pathText, QUESTION } from '../../read-model/words.ts';
import type { Outcome } from './use-answers.ts';
import { Releases, WhatAlwaysMeans } from './what-always-means.tsx';
import { whyHidden } from './call-rows.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './question.css';

/** The form below the buttons. */
export type OpenForm = 'none' | 'reason' | 'edit' | 'output' | 'always';

export interface QuestionProps {
  readonly relay: PendingRelay;
  readonly session: SessionInfo | undefined;
  /** Of the last answer given here, while the question is open. */
  readonly outcome: Outcome | undefined;
  readonly call: ShownCall;
  readonly isWhole: boolean;
  readonly onWhole: () => void;
  /** Whether no answer is taken now. */
  readonly isWaiting: boolean;
  readonly form: OpenForm;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly onForm: (form: OpenForm) => void;
  readonly onAnswer: (answer: RelayAnswer) => void;
  readonly onSelect: (relayId: string) => void;
  readonly onShowAgent: (agentId: string) => void;
}

export function Question(props: QuestionProps) {
  const { relay, session, call, isWhole, onWhole, outcome, isWaiting } = props;
  const { form, heading, onForm, onAnswer, onSelect, onShowAgent } = props;
  const forms = { relay, isWaiting, onAnswer, onCancel: () => onForm('none') };
  const isHiding = call.hidden > 0 && !isWhole;
  const [before, after] = QUESTION[relay.kind];
  return (
    <article className="inbox-question" aria-label="Question">
      <h3 ref={heading} tabIndex={-1}>
        <button type="button" className="inbox-link" onClick={() => onShowAgent(relay.agentId)}>
          {pathText(relay.path)}
        </button>{' '}
        {before}
        <code>{visibleText(relay.tool)}</code>
        {after}
      </h3>
      <CallView {...{ call, isWhole, onWhole }} />
      <dl className="inbox-facts">
        <dt>in</dt>
        <dd>{session === undefined ? '…' : <code>{placeOf(session.workspace, call.cwd)}</code>}</dd>
        <dt>why</dt>
        <dd>{visibleText(relay.why)}</dd>
        <dt>asked</dt>
        <dd>
          <Age at={relay.askedAt} /> ago
        </dd>
      </dl>
      <div className="inbox-foot">
        <dl className="inbox-facts">
          <WhatAlwaysMeans relay={relay} isCut={call.hidden > 0} isWhole={isWhole} />
        </dl>
        {isHiding && (
          <p role="status" className="inbox-problem">
            {whyHidden(call.hidden)}{' '}
            <button type="button" onClick={onWhole}>
              Show all
            </button>
          </p>
        )}
        <Buttons {...props} isHiding={isHiding} />
      </div>
      {form === 'reason' && <ReasonForm {...forms} />}
      {form === 'edit' && <EditForm {...forms} isWaiting={isWaiting || isHiding} />}
      {form === 'output' && <OutputForm {...forms} />}
      {form === 'always' && (
        <AlwaysForm {...forms} isWaiting={isWaiting || isHiding} canSave={session?.canSave === true} />
      )}
      {outcome !== undefined && <Problem outcome={outcome} />}
      {relay.proposal !== null && <Releases relay={relay} onSelect={onSelect} />}
    </article>
  );
}

function Age({ at }: { readonly at: number }) {
  return <>{ageText(useNow() - at)}</>;
}

function Buttons({
  relay,
  isWaiting,
  isHiding,
  form,
  onForm,
  onAnswer,
}: QuestionProps & { readonly isHiding: boolean }) {
  const isYesWaiting = isWaiting || isHiding;
  const toggle = (wanted: OpenForm) => ({
    isWaiting,
    isExpanded: form === wanted,
    onPress: () => onForm(form === wanted ? 'none' : wanted),
  });
  const isUnknown = relay.kind === 'unknown_outcome';
  return (
    <div className="inbox-buttons" role="group" aria-label="Answers">
      <AnswerButton hint="y" tone="yes" isWaiting={isYesWaiting} onPress={() => onAnswer({ approved: true })}>
        {isUnknown ? 'Run it again' : 'Yes'}
      </AnswerButton>
      {isUnknown && (
        <AnswerButton hint="d" {...toggle('output')}>
          It ran
        </AnswerButton>
      )}
      {relay.proposal !== null && !isUnknown && (
        <>
          <AnswerButton
            hint="a"
            tone="yes"
            isWaiting={isYesWaiting}
            onPress={() => onAnswer({ approved: true, always: true })}
          >
            Always
          </AnswerButton>
          <AnswerButton {...toggle('always')}>Always, but …</AnswerButton>
        </>
      )}
      <AnswerButton hint="n" tone="no" isWaiting={isWaiting} onPress={() => onAnswer({ approved: false })}>
        {isUnknown ? 'Give up' : 'No'}
      </AnswerButton>
      <AnswerButton hint="r" tone="no" {...toggle('reason')}>
        {isUnknown ? 'Give up, with a reason' : 'No, with a reason'}
      </AnswerButton>
      {!isUnknown && (
        <AnswerButton hint="e" {...toggle('edit')}>
          Edit
        </AnswerButton>
      )}
    </div>
  );
}

/** State of the last answer while the question is still open. */
function Problem({ outcome: { state, answer, reason = '' } }: { readonly outcome: Outcome }) {
  if (state === 'sending') return <p role="status">Sending …</p>;
  if (state === 'accepted') return <p role="status">Accepted.</p>;
  const isEdited = answer.approved && answer.input !== undefined;
  return (
    <p role="alert" className="inbox-problem">
      {state === 'refused' && isEdited ? 'Not accepted: the tool does not accept these arguments. ' : 'Not accepted. '}
      {state === 'refused' && isEdited ? '' : visibleText(reason)}
    </p>
  );
}
