/** Which question is on the screen, and which one was there until it was settled. */
import { useCallback, useState } from 'react';
import type { PendingRelay } from '../../events.ts';
import { selectionAfter, stepped } from './selection.ts';

export interface Selection {
  readonly selected: PendingRelay | undefined;
  /** The question that was on the screen last and waits no more. */
  readonly gone: PendingRelay | undefined;
  readonly select: (id: string) => void;
  readonly step: (by: number) => void;
}

interface Shown {
  readonly relays: readonly PendingRelay[];
  readonly selected: PendingRelay | undefined;
  readonly gone: PendingRelay | undefined;
}

/** @param relays In the order of the screen. */
export function useSelection(relays: readonly PendingRelay[]): Selection {
  const [shown, setShown] = useState<Shown>(() => ({ relays, selected: relays[0], gone: undefined }));
  const next = shown.relays === relays ? shown : after(shown, relays);
  // taken up while drawing, so that no frame shows a question that waits no more
  if (next !== shown) setShown(next);
  const select = useCallback((id: string) => setShown((now) => chosen(now, id)), []);
  const step = useCallback((by: number) => {
    setShown((now) => chosen(now, stepped(idsOf(now.relays), now.selected?.id, by)));
  }, []);
  return { selected: next.selected, gone: next.gone, select, step };
}

function after(shown: Shown, relays: readonly PendingRelay[]): Shown {
  const id = selectionAfter({ before: idsOf(shown.relays), now: idsOf(relays), selected: shown.selected?.id });
  const selected = relays.find((relay) => relay.id === id);
  const isGone = shown.selected !== undefined && shown.selected.id !== id;
  return { relays, selected, gone: isGone ? shown.selected : shown.gone };
}

function chosen(shown: Shown, id: string | undefined): Shown {
  const selected = shown.relays.find((relay) => relay.id === id);
  return selected === undefined ? shown : { ...shown, selected };
}

const idsOf = (relays: readonly PendingRelay[]) => relays.map(({ id }) => id);
