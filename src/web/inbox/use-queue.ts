/** The question queue of the page: which question is on the screen, and what is typed for it. */
import { createContext, useMemo, useState } from 'react';
import type { PendingRelay } from '../../events.ts';
import {
  continued,
  type Draft,
  EMPTY_QUEUE,
  forgotten,
  movedBy,
  movedTo,
  type QuestionQueue,
  withDraft,
  withOpen,
} from '../../read-model/question-queue.ts';

/** Tells the queue what is typed. */
export interface Drafts {
  readonly write: (draft: Draft) => void;
  /** The human closed or sent what was typed. */
  readonly close: () => void;
}

export interface PageQueue extends Drafts {
  readonly queue: QuestionQueue;
  readonly select: (id: string) => void;
  readonly step: (by: number) => void;
  /** The human has seen that a question is gone. */
  readonly goOn: () => void;
  /** Drops the text that was typed for it. */
  readonly forget: () => void;
}

interface Shown {
  readonly relays: readonly PendingRelay[];
  readonly queue: QuestionQueue;
}

export function useQueue(relays: readonly PendingRelay[]): PageQueue {
  const [shown, setShown] = useState<Shown>(() => ({ relays, queue: withOpen(EMPTY_QUEUE, relays) }));
  const next = shown.relays === relays ? shown : { relays, queue: withOpen(shown.queue, relays) };
  // taken while rendering, so that no frame shows a question that is settled
  if (next !== shown) setShown(next);
  const changes = useMemo(() => {
    const change = (how: (queue: QuestionQueue) => QuestionQueue) =>
      setShown((now) => ({ relays: now.relays, queue: how(now.queue) }));
    return {
      select: (id: string) => change((queue) => movedTo(queue, id)),
      step: (by: number) => change((queue) => movedBy(queue, by)),
      write: (draft: Draft) => change((queue) => withDraft(queue, draft)),
      close: () => change((queue) => withDraft(queue, undefined)),
      goOn: () => change(continued),
      forget: () => change(forgotten),
    };
  }, []);
  return { queue: next.queue, ...changes };
}

export const DraftsContext = createContext<Drafts>({ write: () => undefined, close: () => undefined });
