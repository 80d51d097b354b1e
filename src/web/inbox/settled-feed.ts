/** The questions that were settled last, and how: the read model forgets a question with its answer. */
import { createAtom, type ReadonlyAtom } from '@xstate/store';
import { callLabel } from '../../read-model/call-text.ts';
import { answerWords } from '../../read-model/words.ts';
import type { Envelope, HarnessEventOf, PendingRelay } from '../../events.ts';

/** Number of questions kept. */
const KEPT = 20;

export interface Settled {
  readonly relayId: string;
  /** The call in one line; empty when the question was never seen here. */
  readonly what: string;
  readonly path: readonly string[];
  readonly approved: boolean;
  /** How it was settled, in a few words. */
  readonly answer: string;
  /** The human who answered; `undefined` when none was needed. */
  readonly by?: string;
  readonly at: number;
}

export interface SettledFeed {
  /** The last 20, newest first. */
  readonly settled: ReadonlyAtom<readonly Settled[]>;
  /** Takes the next entry of the stream. */
  tell(entry: Envelope): void;
  /** Adds questions that were asked before the stream was followed. */
  know(relays: readonly PendingRelay[]): void;
}

type Question = Pick<PendingRelay, 'id' | 'tool' | 'params'> & { readonly path?: readonly string[] | undefined };
type Resolved = HarnessEventOf<'relay_resolved'>;

export function createSettledFeed(): SettledFeed {
  const settled = createAtom<readonly Settled[]>([]);
  const asked = new Map<string, Question>();
  const know = (relays: readonly Question[]) => {
    for (const relay of relays) asked.set(relay.id, relay);
  };
  return {
    settled,
    know,
    tell({ at, event }) {
      if (event.type === 'relay') know([event]);
      if (event.type === 'resync') {
        asked.clear();
        know(event.relays);
      }
      if (event.type !== 'relay_resolved') return;
      const entry = settledBy(event, asked.get(event.relayId), at);
      asked.delete(event.relayId);
      settled.set([entry, ...settled.get()].slice(0, KEPT));
    },
  };
}

function settledBy(event: Resolved, question: Question | undefined, at: number): Settled {
  const { relayId, approved } = event;
  const { answer, by, reason } = answerWords(event);
  return {
    relayId,
    what: question === undefined ? '' : callLabel(question.tool, question.params),
    path: question?.path ?? [],
    approved,
    answer: reason === undefined ? answer : `${answer}: ${reason}`,
    ...(by === undefined ? {} : { by }),
    at,
  };
}

/** The feed of the page. */
export const settledFeed: SettledFeed = createSettledFeed();
