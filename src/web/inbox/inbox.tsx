/** The questions of the whole team that wait for a human, and the answers to them. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { useTeam } from '../page-context.ts';
import { useCall } from './call-view.tsx';
import { DraftsContext, type LeftDraft, useLeftDraft } from './drafts.ts';
import { GroupAnswer } from './group-answer.tsx';
import { groupsOf, inOrder } from './groups.ts';
import { useGuard, useSession } from './hooks.ts';
import { LeftNotice } from './left-notice.tsx';
import { GoneNotice, RecentlySettled, TogetherNotice } from './notices.tsx';
import { QuestionList } from './question-list.tsx';
import { type OpenForm, Question } from './question.tsx';
import { settledFeed } from './settled-feed.ts';
import { type Answers, useAnswers } from './use-answers.ts';
import { type Keys, useKeys } from './use-keys.ts';
import { type Selection, useSelection } from './use-selection.ts';
import { NO_ALWAYS } from './words.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './inbox.css';

export interface InboxProps {
  readonly onShowAgent: (agentId: string) => void;
}

export function Inbox({ onShowAgent }: InboxProps) {
  const relays = useTeam((team) => team.relays);
  const groups = useMemo(() => groupsOf(relays), [relays]);
  const selection = useSelection(useMemo(() => inOrder(groups), [groups]));
  const answers = useAnswers();
  const place = useRef<HTMLElement>(null);
  const left = useLeftDraft();
  const { drafts } = left;
  const title = useTitleFocus(selection.selected?.id);
  const { selected, gone } = selection;
  const select = (id: string) => {
    drafts.close();
    selection.select(id);
  };
  const step = (by: number) => {
    drafts.close();
    selection.step(by);
  };
  useEffect(() => settledFeed.know(relays), [relays]);
  const isTogether = answers.together.some(({ relay }) => relay.id === gone?.id);
  return (
    <DraftsContext value={drafts}>
      <section ref={place} className="inbox" aria-labelledby="inbox-title">
        <header className="inbox-head">
          <h2 id="inbox-title" ref={title} tabIndex={-1}>
            Inbox
          </h2>
          <p role="status" className="inbox-count">
            {relays.length === 0 ? '' : `${relays.length} waiting`}
          </p>
          {relays.length > 1 && (
            <button type="button" className="inbox-answer inbox-skip" aria-keyshortcuts="j" onClick={() => step(1)}>
              Skip<kbd aria-hidden="true">j</kbd>
            </button>
          )}
        </header>
        <GoneNotice
          gone={isTogether ? undefined : gone}
          outcome={gone === undefined ? undefined : answers.of(gone.id)}
        />
        <LeftNotice {...{ place, left }} onStep={step} />
        <TogetherNotice answers={answers} />
        {selected === undefined ? (
          <p className="inbox-empty">Nothing waits for you.</p>
        ) : (
          <div className="inbox-body">
            <div className="inbox-main">
              <OnScreen {...{ place, selected, select, step, answers, left, onShowAgent }} />
              {groups.map(
                (group) =>
                  group.relays.length > 1 &&
                  group.relays.some(({ id }) => id === selected.id) && (
                    <GroupAnswer
                      key={group.key}
                      relays={group.relays}
                      isHeld={left.isHeld}
                      onAnswer={answers.sendAll}
                    />
                  ),
              )}
            </div>
            {/* behind the question: a list that grows moves no button away from under a finger */}
            <QuestionList groups={groups} selectedId={selected.id} onSelect={select} />
          </div>
        )}
        <RecentlySettled />
      </section>
    </DraftsContext>
  );
}

interface OnScreenProps extends InboxProps {
  readonly place: RefObject<HTMLElement | null>;
  readonly selected: PendingRelay | undefined;
  readonly select: Selection['select'];
  readonly step: Selection['step'];
  readonly answers: Answers;
  readonly left: LeftDraft;
}

/** The selected question with its keys. */
function OnScreen({ place, selected, select, step, answers, left, onShowAgent }: OnScreenProps) {
  const { drafts, isHeld } = left;
  const session = useSession();
  const guard = useGuard(isHeld ? undefined : selected?.id);
  const heading = useFocusedHeading(selected?.id);
  const [opened, setOpened] = useState<{ readonly relayId: string; readonly form: OpenForm }>();
  const [hint, setHint] = useState<{ readonly relayId: string; readonly text: string }>();
  const call = useCall(selected?.tool ?? '', selected?.params);
  const [wholeId, setWholeId] = useState<string>();
  const isWhole = wholeId === selected?.id;
  const outcome = selected === undefined ? undefined : answers.of(selected.id);
  const isSending = outcome?.state === 'sending' || outcome?.state === 'accepted';
  const form = opened?.relayId === selected?.id ? (opened?.form ?? 'none') : 'none';

  const whenOpen = (run: () => void) => () => {
    if (guard.check() && !isSending) run();
  };
  const answer = (given: RelayAnswer) =>
    whenOpen(() => {
      if (selected === undefined) return;
      // what ran already is no yes to it
      const isYes = given.approved && given.output === undefined;
      if (isYes && call.hidden > 0 && !isWhole) return;
      drafts.close();
      answers.send(selected, given);
    })();
  const open = (wanted: OpenForm) => {
    drafts.close();
    if (selected !== undefined) setOpened({ relayId: selected.id, form: wanted });
  };
  const always = () => {
    if (selected === undefined) return;
    const isPossible = selected.kind === 'permission' && selected.proposal !== null;
    if (isPossible) answer({ approved: true, always: true });
    else setHint({ relayId: selected.id, text: NO_ALWAYS[selected.kind] });
  };
  const keys: Keys = {
    j: () => step(1),
    k: () => step(-1),
    s: () => step(1),
    y: () => answer({ approved: true }),
    n: () => answer({ approved: false }),
    a: whenOpen(always),
    r: whenOpen(() => open('reason')),
    e: whenOpen(() => selected?.kind === 'permission' && open('edit')),
    d: whenOpen(() => selected?.kind === 'unknown_outcome' && open('output')),
  };
  useKeys(place, isHeld ? {} : keys);

  if (selected === undefined) return null;
  return (
    <>
      <Question
        key={selected.id}
        relay={selected}
        isWaiting={!guard.isOpen || isSending}
        onWhole={() => setWholeId(selected.id)}
        onForm={open}
        onAnswer={answer}
        onSelect={select}
        {...{ session, call, isWhole, outcome, form, heading, onShowAgent }}
      />
      {hint?.relayId === selected.id && (
        <p role="alert" className="inbox-problem">
          {hint.text}
        </p>
      )}
    </>
  );
}

/** Whose focus went away with the last of all questions goes on at the title. */
function useTitleFocus(relayId: string | undefined) {
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(relayId);
  useLayoutEffect(() => {
    const isLast = before.current !== undefined && relayId === undefined;
    before.current = relayId;
    if (isLast && document.activeElement === document.body) title.current?.focus({ preventScroll: true });
  }, [relayId]);
  return title;
}

/** Whose focus went away with the last question goes on reading at this one. */
function useFocusedHeading(relayId: string | undefined) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(relayId);
  useLayoutEffect(() => {
    const isOther = before.current !== relayId;
    before.current = relayId;
    if (!isOther) return;
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, [relayId]);
  return heading;
}
