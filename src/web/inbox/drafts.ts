/**
 * What is being typed for an answer, and what becomes of it when its question goes.
 *
 * Guarantees:
 * - a form that goes away without the human's doing leaves its text, and holds every answer back until `goOn()`;
 * - one that the human closed or sent leaves nothing.
 */
import { createContext, useContext, useLayoutEffect, useMemo, useRef, useState } from 'react';

export interface Drafts {
  /** A form with this text was opened. */
  opened(text: string): void;
  /** Somebody types in a form. */
  typing(): void;
  /** What closes next is closed by the human. */
  close(): void;
  /** A form is gone, with this text in it. */
  gone(text: string): void;
}

export interface LeftDraft {
  readonly drafts: Drafts;
  /** The text that was left. */
  readonly text: string | undefined;
  /** Whether no answer is taken until somebody goes on. */
  readonly isHeld: boolean;
  readonly goOn: () => void;
  readonly forget: () => void;
}

interface Left {
  readonly text: string;
  readonly isHeld: boolean;
}

export function useLeftDraft(): LeftDraft {
  const [left, setLeft] = useState<Left>();
  const isOwn = useRef(true);
  const drafts = useMemo(
    (): Drafts => ({
      opened(text) {
        isOwn.current = false;
        // React tries every effect twice while one develops
        setLeft((now) => (now?.isHeld === true && now.text === text ? undefined : now));
      },
      typing() {
        isOwn.current = false;
      },
      close() {
        isOwn.current = true;
      },
      gone(text) {
        if (!isOwn.current) setLeft({ text, isHeld: true });
        isOwn.current = true;
      },
    }),
    [],
  );
  return {
    drafts,
    text: left?.text,
    isHeld: left?.isHeld === true,
    // an empty form leaves nothing to keep
    goOn: () => setLeft((now) => (now === undefined || now.text === '' ? undefined : { ...now, isHeld: false })),
    forget: () => setLeft(undefined),
  };
}

export const DraftsContext = createContext<Drafts>({ opened() {}, typing() {}, close() {}, gone() {} });

/**
 * Tells of a form with this text for as long as it is drawn. Call what is returned when somebody types in it.
 * @param isTyped Whether somebody is about to type there, or has.
 */
export function useDraft(text: string, isTyped = true): Drafts {
  const drafts = useContext(DraftsContext);
  const latest = useRef({ text, isTyped });
  useLayoutEffect(() => {
    latest.current = { text, isTyped };
  });
  useLayoutEffect(() => {
    if (latest.current.isTyped) drafts.opened(latest.current.text);
    return () => {
      if (latest.current.isTyped) drafts.gone(latest.current.text);
    };
  }, [drafts]);
  return drafts;
}
