/**
 * Queue of open questions behind every surface that takes answers: plain prompt, terminal view and console. Guarantees:
 * - questions are in order of age, alike questions together;
 * - the current question stays current until it is settled or the human moves on; then the one below it becomes current, else
 *   the one above it;
 * - a question takes no answer before it was on the screen for 500 ms, nor within 500 ms after a key pressed in that time;
 * - a draft whose question is settled elsewhere is kept, and holds back every answer until the human continues.
 */
import type { PendingRelay } from '../events.ts';

/** Questions of one tool and one kind for which "always" would save the same rules; oldest first. */
export interface QuestionGroup {
  readonly key: string;
  readonly relays: readonly PendingRelay[];
}

/**
 * The groups, the one with the oldest question first. Questions that cannot be allowed permanently are alike only when their
 * arguments are equal: nothing else shows that one answer fits all of them.
 */
export function groupsOf(relays: readonly PendingRelay[]): readonly QuestionGroup[] {
  const groups = Map.groupBy(
    relays.toSorted((one, other) => one.askedAt - other.askedAt),
    keyOf,
  );
  return [...groups].map(([key, members]) => ({ key, relays: members }));
}

const keyOf = ({ tool, kind, proposal, params }: PendingRelay): string =>
  sortedJson([tool, kind, proposal ?? { params }]);

/** Equal values give equal text, whatever the order of their keys. */
function sortedJson(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted);
}

/** A text that is being typed for an answer. */
export interface Draft {
  /** Ids of the questions it answers: one, or a group. */
  readonly about: readonly string[];
  readonly text: string;
}

/** A draft whose question was settled. */
export interface LeftDraft extends Draft {
  /** Whether it holds back every answer: the human may still be typing, unaware that the question is gone. */
  readonly isHeld: boolean;
}

/** The open questions in order, the one on the screen, and what is typed for it. */
export interface QuestionQueue {
  readonly waiting: readonly PendingRelay[];
  readonly current: PendingRelay | undefined;
  /** The last question that was settled while it was current. */
  readonly gone: PendingRelay | undefined;
  readonly draft: Draft | undefined;
  readonly left: LeftDraft | undefined;
}

export const EMPTY_QUEUE: QuestionQueue = {
  waiting: [],
  current: undefined,
  gone: undefined,
  draft: undefined,
  left: undefined,
};

/** Takes the questions that are open now. A draft whose question is gone becomes `left`. */
export function withOpen(queue: QuestionQueue, relays: readonly PendingRelay[]): QuestionQueue {
  const waiting = groupsOf(relays).flatMap((group) => group.relays);
  const before = queue.current;
  const id = before === undefined ? undefined : survivorOf(queue.waiting, waiting, before.id);
  const current = waiting.find((relay) => relay.id === id) ?? waiting[0];
  const { draft } = queue;
  const isLeft = draft !== undefined && !stays(draft, waiting, current);
  return {
    waiting,
    current,
    gone: before === undefined || before.id === current?.id ? queue.gone : before,
    draft: isLeft ? undefined : draft,
    left: isLeft ? { ...draft, isHeld: true } : queue.left,
  };
}

/** The question itself while it is open, else the nearest one below it, else the nearest one above it. */
function survivorOf(
  before: readonly PendingRelay[],
  now: readonly PendingRelay[],
  current: string,
): string | undefined {
  const open = new Set(now.map(({ id }) => id));
  if (open.has(current)) return current;
  const ids = before.map(({ id }) => id);
  const place = ids.indexOf(current);
  return [...ids.slice(place + 1), ...ids.slice(0, Math.max(place, 0)).toReversed()].find((id) => open.has(id));
}

/** Whether a draft still has its place: one of its questions is current, and a group is still a group. */
function stays({ about }: Draft, waiting: readonly PendingRelay[], current: PendingRelay | undefined): boolean {
  const open = waiting.filter(({ id }) => about.includes(id)).length;
  return current !== undefined && about.includes(current.id) && open >= Math.min(2, about.length);
}

/** Makes the question so many places further current; after the last comes the first. Drops the draft. */
export function movedBy(queue: QuestionQueue, by: number): QuestionQueue {
  const { waiting, current } = queue;
  const place = waiting.findIndex(({ id }) => id === current?.id);
  const next = place === -1 ? waiting[0] : waiting[(place + by + waiting.length) % waiting.length];
  return next === undefined ? queue : { ...queue, current: next, draft: undefined };
}

/** Makes an open question current. Drops the draft. */
export function movedTo(queue: QuestionQueue, id: string): QuestionQueue {
  const current = queue.waiting.find((relay) => relay.id === id);
  return current === undefined ? queue : { ...queue, current, draft: undefined };
}

/** Takes the text as typed so far; `undefined` when the human closed or sent it. */
export function withDraft(queue: QuestionQueue, draft: Draft | undefined): QuestionQueue {
  return { ...queue, draft };
}

/** The human has seen that the question is gone: answers are taken again. An empty text is not kept. */
export function continued(queue: QuestionQueue): QuestionQueue {
  const { left } = queue;
  return { ...queue, left: left === undefined || left.text === '' ? undefined : { ...left, isHeld: false } };
}

/** Forgets the left draft. */
export const forgotten = (queue: QuestionQueue): QuestionQueue => ({ ...queue, left: undefined });

/** How long a new question takes no answer, in milliseconds: a key pressed then was meant for something else. */
export const QUIET_MS = 500;

/** Keeps an answer from a question that its giver has not read. */
export interface Guard {
  /** What is on the screen now; `undefined`: nothing. Showing the same key again changes nothing. */
  show(key: string | undefined): void;
  /** Starts the 500 ms again: the screen itself was out of sight. */
  restart(): void;
  /** A key was pressed. While no answer is taken, the 500 ms start again. */
  typed(): void;
  /** Milliseconds until answers are taken; 0 when they are, `Infinity` while nothing is shown. */
  remaining(): number;
  isOpen(): boolean;
}

/** @param now Milliseconds of a clock that never goes back. */
export function createGuard(now: () => number = () => performance.now()): Guard {
  let shown: string | undefined;
  let since = 0;
  const remaining = () => (shown === undefined ? Infinity : Math.max(0, since + QUIET_MS - now()));
  return {
    show(key) {
      if (key === shown) return;
      shown = key;
      since = now();
    },
    restart() {
      since = now();
    },
    typed() {
      if (remaining() > 0) since = now();
    },
    remaining,
    isOpen: () => remaining() === 0,
  };
}
