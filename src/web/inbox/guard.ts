/**
 * What keeps an answer from reaching a question that its giver has not seen yet.
 *
 * Guarantees:
 * - what is shown takes no answer for the first 500 ms, also when it took the place of something else by itself;
 * - nor does it before 500 ms without a key: who goes on typing has not seen it;
 * - showing the same thing again starts nothing anew;
 * - nothing takes an answer while nothing is shown.
 */

/** How long a new question takes no answer, in milliseconds: who is typing then means something else. */
export const QUIET_MS = 500;

export interface Guard {
  /** What is on the screen now; `undefined`: nothing. */
  show(key: string | undefined): void;
  /** As if what is shown had only now come: the screen itself was out of sight. */
  restart(): void;
  /** A key was pressed. While no answer is taken, the 500 ms begin anew. */
  typed(): void;
  /** Milliseconds until answers are taken; 0 when they are. */
  remaining(): number;
  isOpen(): boolean;
}

/** @param now Milliseconds of a clock that never goes back. */
export function createGuard(now: () => number = () => performance.now()): Guard {
  let shown: string | undefined;
  let since = 0;
  const remaining = () => (shown === undefined ? Infinity : Math.max(0, since + QUIET_MS - now()));
  return {
    show(key) {
      if (key === shown) return;
      shown = key;
      since = now();
    },
    restart() {
      since = now();
    },
    typed() {
      if (remaining() > 0) since = now();
    },
    remaining,
    isOpen: () => remaining() === 0,
  };
}
