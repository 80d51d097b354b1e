/** A state as a sign and a word. */
import type { Mark } from './words.ts';

export const StateMark = ({ mark }: { readonly mark: Mark }) => (
  <span className={`mark mark-${mark.tone}`}>
    <span className="mark-sign" aria-hidden="true">
      {mark.sign}
    </span>
    {mark.word}
  </span>
);
