/** Answers sent to the server, and their outcomes. */
import { useCallback, useRef, useState } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { useClient } from '../page-context.ts';

/** Outcome of an answer: accepted; refused, because it came too late or does not fit; failed, because it did not arrive. */
export interface Outcome {
  readonly relay: PendingRelay;
  readonly answer: RelayAnswer;
  readonly state: 'sending' | 'accepted' | 'refused' | 'failed';
  /** Why it was refused or failed. */
  readonly reason?: string;
}

export interface Answers {
  /** Outcome of the last answer given here to this question. */
  readonly of: (relayId: string) => Outcome | undefined;
  /** Outcomes of the last answer to several questions. */
  readonly together: readonly Outcome[];
  readonly forgetTogether: () => void;
  readonly send: (relay: PendingRelay, answer: RelayAnswer) => void;
  readonly sendAll: (relays: readonly PendingRelay[], answer: RelayAnswer) => void;
}

/** Number of outcomes kept, besides those of `together`. */
const KEPT = 200;
/** Answers in a request; the server accepts 1000. */
const AT_ONCE = 500;

export function useAnswers(): Answers {
  const client = useClient();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  /** Outcomes of the last answer to several questions, by the id of the question. */
  const [together, setTogether] = useState<ReadonlyMap<string, Outcome>>(new Map());
  /** Questions whose answer is being sent: a second press must not send a second answer. */
  const sending = useRef(new Set<string>());

  const record = useCallback((news: readonly Outcome[]) => {
    for (const { relay, state } of news) if (state !== 'sending') sending.current.delete(relay.id);
    const byId = new Map(news.map((outcome) => [outcome.relay.id, outcome]));
    setOutcomes((known) => new Map([...[...known].filter(([id]) => !byId.has(id)).slice(-KEPT), ...byId]));
    // a map keeps the place of a key that is set again
    setTogether((known) => new Map([...known].map(([id, outcome]) => [id, byId.get(id) ?? outcome])));
  }, []);

  const send = useCallback(
    (relay: PendingRelay, answer: RelayAnswer) => {
      if (sending.current.has(relay.id)) return;
      sending.current.add(relay.id);
      record([{ relay, answer, state: 'sending' }]);
      client.answer(relay.id, answer).then(
        ({ accepted, reason }) => record([{ relay, answer, ...taken(accepted, reason) }]),
        (error: unknown) => record([{ relay, answer, state: 'failed', reason: messageOf(error) }]),
      );
    },
    [client, record],
  );

  const sendAll = useCallback(
    (relays: readonly PendingRelay[], answer: RelayAnswer) => {
      const open = relays.filter(({ id }) => !sending.current.has(id));
      if (open.length === 0) return;
      for (const { id } of open) sending.current.add(id);
      const all = open.map((relay): Outcome => ({ relay, answer, state: 'sending' }));
      setTogether(new Map(all.map((outcome) => [outcome.relay.id, outcome])));
      record(all);
      void (async () => {
        for (const piece of pieces(open)) record(await settledTogether(client, piece, answer));
      })();
    },
    [client, record],
  );

  return {
    of: (relayId) => outcomes.get(relayId) ?? together.get(relayId),
    together: [...together.values()],
    forgetTogether: useCallback(() => setTogether(new Map()), []),
    send,
    sendAll,
  };
}

/** Splits the answers into requests. */
export function pieces<T>(all: readonly T[], atOnce = AT_ONCE): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / atOnce) }, (_none, at) =>
    all.slice(at * atOnce, (at + 1) * atOnce),
  );
}

/** Outcomes of one answer to several questions. Never rejects. */
async function settledTogether(
  client: GreenroomClient,
  relays: readonly PendingRelay[],
  answer: RelayAnswer,
): Promise<readonly Outcome[]> {
  try {
    const results = await client.answerAll(relays.map(({ id }) => ({ relayId: id, answer })));
    const byId = new Map(results.map((result) => [result.relayId, result]));
    return relays.map((relay) => {
      const { accepted = false, reason } = byId.get(relay.id) ?? {};
      return { relay, answer, ...taken(accepted, reason) };
    });
  } catch (error) {
    return relays.map((relay) => ({ relay, answer, state: 'failed', reason: messageOf(error) }));
  }
}

const taken = (accepted: boolean, reason: string | undefined) =>
  accepted
    ? ({ state: 'accepted' } as const)
    : ({ state: 'refused', ...(reason === undefined ? {} : { reason }) } as const);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
