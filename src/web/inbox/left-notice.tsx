/** What was being typed for a question that went: nothing is answered until somebody goes on, and the text is not lost. */
import { type RefObject, useEffect } from 'react';
import { visibleText } from '../../text/visible.ts';
import type { LeftDraft } from './drafts.ts';
import { useGuard } from './hooks.ts';
import { useKeys } from './use-keys.ts';

export interface LeftNoticeProps {
  /** Where keys are taken for. */
  readonly place: RefObject<HTMLElement | null>;
  readonly left: LeftDraft;
  readonly onStep: (by: number) => void;
}

export function LeftNotice({ place, left, onStep }: LeftNoticeProps) {
  const { text, isHeld, goOn, forget } = left;
  // "j" and "k" are typed in words, too: they go on only after a pause
  const calm = useGuard(isHeld ? 'left' : undefined);
  const stepOn = (by: number) => () => {
    if (!calm.check()) return;
    goOn();
    onStep(by);
  };
  useKeys(place, isHeld ? { Escape: goOn, j: stepOn(1), k: stepOn(-1) } : {});
  useEffect(() => {
    if (!isHeld) return undefined;
    document.addEventListener('pointerdown', goOn, true);
    return () => document.removeEventListener('pointerdown', goOn, true);
  });
  if (text === undefined) return null;
  return (
    <section className="inbox-left" aria-label="What you were typing">
      {isHeld ? (
        <p role="alert">You were typing for a question that is gone. Press Esc to go on.</p>
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
