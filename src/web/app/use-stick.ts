/** Keeps a list at its end when the room for it changes, unless the reader scrolled up. */
import { type RefObject, useEffect, useRef } from 'react';

/** Scrolling within so many milliseconds after a change of room is the browser's, not the reader's. */
const SETTLING_MS = 300;

export interface EndedList {
  isAtEnd(): boolean;
  scrollToEnd(): void;
}

export function useStick(scroller: RefObject<HTMLElement | null>, list: EndedList): void {
  const current = useRef(list);
  current.current = list;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let isStuck = true;
    let changedAt = performance.now();
    const room = new ResizeObserver(() => {
      changedAt = performance.now();
      if (isStuck) current.current.scrollToEnd();
    });
    const onScroll = () => {
      if (performance.now() - changedAt > SETTLING_MS) isStuck = current.current.isAtEnd();
    };
    room.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      room.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);
}
