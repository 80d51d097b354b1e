/** Answer button: shows its key, and shows when it takes no press yet. */
import type { ReactNode } from 'react';

export interface AnswerButtonProps {
  readonly children: ReactNode;
  /** Its key. */
  readonly hint?: string;
  /** Whether it takes no press now. */
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
