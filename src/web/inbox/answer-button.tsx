/** A button that answers: it shows its key, and visibly takes nothing until what is asked has been on the screen a while. */
import type { ReactNode } from 'react';

export interface AnswerButtonProps {
  readonly children: ReactNode;
  /** The key that does the same. */
  readonly hint?: string;
  /** Whether it takes nothing now. */
  readonly isWaiting: boolean;
  readonly tone?: 'yes' | 'no';
  readonly isExpanded?: boolean;
  readonly onPress: () => void;
}

export function AnswerButton({ children, hint, isWaiting, tone, isExpanded, onPress }: AnswerButtonProps) {
  return (
    <button
      type="button"
      className={`inbox-answer${tone === undefined ? '' : ` inbox-tone-${tone}`}`}
      aria-disabled={isWaiting}
      {...(hint === undefined ? {} : { 'aria-keyshortcuts': hint })}
      {...(isExpanded === undefined ? {} : { 'aria-expanded': isExpanded })}
      onClick={() => {
        if (!isWaiting) onPress();
      }}
    >
      {children}
      {hint !== undefined && <kbd aria-hidden="true">{hint}</kbd>}
    </button>
  );
}
