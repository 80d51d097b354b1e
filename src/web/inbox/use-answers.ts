/** Answers on their way to the server, and what became of them. */
import { useCallback, useRef, useState } from 'react';
import type { PendingRelay, RelayAnswer } from '../../events.ts';
import { useClient } from '../use-client.ts';

/** What became of an answer: it counts; it came too late or does not fit; it never arrived. */
export interface Outcome {
  readonly relay: PendingRelay;
  readonly answer: RelayAnswer;
  readonly state: 'sending' | 'accepted' | 'refused' | 'failed';
  /** Why not. */
  readonly reason?: string;
}

export interface Answers {
  /** The last answer given to this question here. */
  readonly of: (relayId: string) => Outcome | undefined;
  /** The last answer to several at once, one outcome each. */
  readonly together: readonly Outcome[];
  readonly forgetTogether: () => void;
  readonly send: (relay: PendingRelay, answer: RelayAnswer) => void;
  readonly sendAll: (relays: readonly PendingRelay[], answer: RelayAnswer) => void;
}

/** Answers of which the outcome is still known. */
const KEPT = 200;

export function useAnswers(): Answers {
  const client = useClient();
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [togetherIds, setTogetherIds] = useState<readonly string[]>([]);
  /** Of answers that are on their way: a second press must not send a second one. */
  const sending = useRef(new Set<string>());

  const record = useCallback((news: readonly Outcome[]) => {
    for (const { relay, state } of news) if (state !== 'sending') sending.current.delete(relay.id);
    setOutcomes((known) => {
      const kept = [...known].slice(-KEPT).filter(([id]) => news.every(({ relay }) => relay.id !== id));
      return new Map([...kept, ...news.map((outcome) => [outcome.relay.id, outcome] as const)]);
    });
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
      setTogetherIds(open.map(({ id }) => id));
      record(open.map((relay) => ({ relay, answer, state: 'sending' })));
      client.answerAll(open.map(({ id }) => ({ relayId: id, answer }))).then(
        (results) => {
          const byId = new Map(results.map((result) => [result.relayId, result]));
          record(
            open.map((relay) => {
              const { accepted = false, reason } = byId.get(relay.id) ?? {};
              return { relay, answer, ...taken(accepted, reason) };
            }),
          );
        },
        (error: unknown) => record(open.map((relay) => ({ relay, answer, state: 'failed', reason: messageOf(error) }))),
      );
    },
    [client, record],
  );

  return {
    of: (relayId) => outcomes.get(relayId),
    together: togetherIds.flatMap((id) => outcomes.get(id) ?? []),
    forgetTogether: useCallback(() => setTogetherIds([]), []),
    send,
    sendAll,
  };
}

const taken = (accepted: boolean, reason: string | undefined) =>
  accepted
    ? ({ state: 'accepted' } as const)
    : ({ state: 'refused', ...(reason === undefined ? {} : { reason }) } as const);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
