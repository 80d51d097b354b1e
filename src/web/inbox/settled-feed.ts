/**
 * The questions that were settled last, and by whom. The read model forgets a question with its answer; whoever had it on
 * the screen still wants to know who was first.
 */
import { createAtom, type ReadonlyAtom } from '@xstate/store';
import { callLabel } from '../../read-model/call-text.ts';
import type { Envelope, HarnessEventOf, PendingRelay } from '../../events.ts';

/** How many are kept. */
const KEPT = 20;

export interface Settled {
  readonly relayId: string;
  /** The call, in one line; empty when the question was never seen here. */
  readonly what: string;
  readonly path: readonly string[];
  /** As in `relay_resolved`: a name, `grant`, `rule` or `cancel`. */
  readonly by: string;
  readonly approved: boolean;
  readonly reason?: string;
  /** How it was answered, in a few words. */
  readonly answer: string;
  readonly at: number;
}

export interface SettledFeed {
  /** The last 20, newest first. */
  readonly settled: ReadonlyAtom<readonly Settled[]>;
  /** Takes the next entry of the stream. */
  tell(entry: Envelope): void;
  /** Questions that were asked before the stream was followed. */
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
  const { relayId, by, approved, reason } = event;
  return {
    relayId,
    what: question === undefined ? '' : callLabel(question.tool, question.params),
    path: question?.path ?? [],
    by,
    approved,
    ...(reason === undefined ? {} : { reason }),
    answer: answerOf(event),
    at,
  };
}

/** What stands in the record where no human gave the answer. */
const NO_ONE: Readonly<Record<string, string>> = {
  grant: 'yes, without asking: an "always" covers it now',
  rule: 'no: a rule forbids it',
  cancel: 'the question was withdrawn',
};

function answerOf({ approved, by, reason, input, output, grants = [] }: Resolved): string {
  const known = approved === (by === 'grant') && Object.hasOwn(NO_ONE, by) ? NO_ONE[by] : undefined;
  if (known !== undefined) return known;
  if (!approved) return reason === undefined ? 'no' : `no: ${reason}`;
  if (output !== undefined) return 'it ran';
  return `${grants.length === 0 ? 'yes' : 'always'}${input === undefined ? '' : ', with changed arguments'}`;
}

/** Whether a human, and not a rule or the end of an agent, settled it. */
export const isHuman = ({ by, approved }: Settled): boolean =>
  !(Object.hasOwn(NO_ONE, by) && approved === (by === 'grant'));

/** The page's own. */
export const settledFeed: SettledFeed = createSettledFeed();
