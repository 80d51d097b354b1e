/** The text that was typed for a question that is gone: it is kept, and no answer is taken until the human continues. */
import { type RefObject, useEffect } from 'react';
import { visibleText } from '../../text/visible.ts';
import { useGuard } from './hooks.ts';
import { useKeys } from './use-keys.ts';
import type { PageQueue } from './use-queue.ts';

export interface LeftNoticeProps {
  /** Keys count while this element is in sight. */
  readonly place: RefObject<HTMLElement | null>;
  readonly page: PageQueue;
}

export function LeftNotice({ place, page }: LeftNoticeProps) {
  const { queue, goOn, forget, step } = page;
  const isHeld = queue.left?.isHeld === true;
  // "j" and "k" also occur in words: they count only after a pause
  const calm = useGuard(isHeld ? 'left' : undefined);
  const stepOn = (by: number) => () => {
    if (!calm.check()) return;
    goOn();
    step(by);
  };
  useKeys(place, isHeld ? { Escape: goOn, j: stepOn(1), k: stepOn(-1) } : {});
  useEffect(() => {
    if (!isHeld) return undefined;
    document.addEventListener('pointerdown', goOn, true);
    return () => document.removeEventListener('pointerdown', goOn, true);
  });
  if (queue.left === undefined) return null;
  const { text } = queue.left;
  return (
    <section className="inbox-left" aria-label="What you were typing">
      {isHeld ? (
        <p role="alert">You were typing for a question that is gone. Press Esc to continue.</p>
      ) : (
        <p>You had typed this for a question that is gone:</p>
      )}
      {text !== '' && <pre tabIndex={0}>{visibleText(text)}</pre>}
      {!isHeld && (
        <button type="button" onClick={forget}>
          Dismiss
        </button>
      )}
    </section>
  );
}
