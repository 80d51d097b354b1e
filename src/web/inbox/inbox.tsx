/** Inbox: the open questions of the whole team, and the answers to them. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { type DraftKind, type KeyMeaning, keyMeaning } from '../../read-model/answers.ts';
import { groupsOf } from '../../read-model/question-queue.ts';
import { useTeam } from '../page-context.ts';
import { useCall } from './call-view.tsx';
import { GroupAnswer } from './group-answer.tsx';
import { useGuard, useSession } from './hooks.ts';
import { LeftNotice } from './left-notice.tsx';
import { GoneNotice, RecentlySettled, TogetherNotice } from './notices.tsx';
import { QuestionList } from './question-list.tsx';
import { type OpenForm, Question } from './question.tsx';
import { settledFeed } from './settled-feed.ts';
import { type Answers, useAnswers } from './use-answers.ts';
import { type Keys, useKeys } from './use-keys.ts';
import { DraftsContext, type PageQueue, useQueue } from './use-queue.ts';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet
import './inbox.css';

export interface InboxProps {
  readonly onShowAgent: (agentId: string) => void;
}

export function Inbox({ onShowAgent }: InboxProps) {
  const relays = useTeam((team) => team.relays);
  const groups = useMemo(() => groupsOf(relays), [relays]);
  const page = useQueue(relays);
  const answers = useAnswers();
  const place = useRef<HTMLElement>(null);
  const { queue, select, step, write, close } = page;
  const { current: selected, gone } = queue;
  const drafts = useMemo(() => ({ write, close }), [write, close]);
  const title = useTitleFocus(selected?.id);
  const group = groups.find(({ relays: members }) => members.some(({ id }) => id === selected?.id));
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
        <LeftNotice {...{ place, page }} />
        <TogetherNotice answers={answers} />
        {selected === undefined ? (
          <p className="inbox-empty">No question is open.</p>
        ) : (
          <div className="inbox-body">
            <div className="inbox-main">
              <OnScreen {...{ place, page, answers, onShowAgent }} />
              {group !== undefined && group.relays.length > 1 && (
                <GroupAnswer
                  key={group.key}
                  relays={group.relays}
                  isHeld={queue.left?.isHeld === true}
                  onAnswer={answers.sendAll}
                />
              )}
            </div>
            {/* below the question: a growing list must not move the buttons */}
            <QuestionList groups={groups} selectedId={selected.id} onSelect={select} />
          </div>
        )}
        <RecentlySettled />
      </section>
    </DraftsContext>
  );
}

/** Without Tab, which moves the focus in a page. */
const KEYS = ['y', 'n', 'a', 'r', 'd', 'e', 's', 'j', 'k', 'v'];
const FORM = { reason: 'reason', result: 'output', arguments: 'edit' } as const;

interface OnScreenProps extends InboxProps {
  readonly place: RefObject<HTMLElement | null>;
  readonly page: PageQueue;
  readonly answers: Answers;
}

/** The selected question with its keys. */
// oxlint-disable-next-line eslint/max-lines-per-function -- one element tree
function OnScreen({ place, page, answers, onShowAgent }: OnScreenProps) {
  const { queue, select, step, close } = page;
  const { current: selected } = queue;
  const isHeld = queue.left?.isHeld === true;
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
      // that a call ran is no permission to run it
      const isYes = given.approved && given.output === undefined;
      if (isYes && call.hidden > 0 && !isWhole) return;
      close();
      answers.send(selected, given);
    })();
  const open = (wanted: OpenForm) => {
    close();
    if (selected !== undefined) setOpened({ relayId: selected.id, form: wanted });
  };
  useKeys(
    place,
    isHeld || selected === undefined
      ? {}
      : keysOf(selected, {
          answer,
          move: step,
          show: () => setWholeId(selected.id),
          write: (what) => whenOpen(() => open(FORM[what]))(),
          explain: (text) => whenOpen(() => setHint({ relayId: selected.id, text }))(),
        }),
  );

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

interface KeyActions {
  readonly answer: (answer: RelayAnswer) => void;
  readonly move: (by: number) => void;
  readonly show: () => void;
  readonly write: (what: DraftKind) => void;
  readonly explain: (text: string) => void;
}

/** The functions of the keys that mean something for a question. */
function keysOf(relay: PendingRelay, act: KeyActions): Keys {
  const follow = (meaning: KeyMeaning) => {
    switch (meaning.does) {
      case 'answer':
        return act.answer(meaning.answer);
      case 'write':
        return act.write(meaning.what);
      case 'explain':
        return act.explain(meaning.text);
      case 'move':
        return act.move(meaning.by);
      case 'show':
        return act.show();
      default:
        return meaning satisfies never;
    }
  };
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const meaning = keyMeaning(key, relay, false);
      return meaning === undefined ? [] : [[key, () => follow(meaning)]];
    }),
  );
}

/** Moves the focus to the title when it was lost with the last question. */
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

/** Moves the focus to the heading when it was lost with the question before. */
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
