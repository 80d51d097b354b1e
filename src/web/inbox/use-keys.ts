/** Keys of the page that count while an element is in sight. */
import { type RefObject, useEffect, useRef } from 'react';

export type Keys = Readonly<Record<string, () => void>>;

/**
 * Calls the function of a pressed key. Ignores keys in a text field, with Ctrl, Alt, Meta or Shift, repeated keys, and all keys
 * while `place` is not visible.
 */
export function useKeys(place: RefObject<HTMLElement | null>, keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      if (isTyping(event.target) || place.current?.checkVisibility() !== true) return;
      const run = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (run === undefined) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [place]);
}

const FIELDS = 'input, textarea, select, [contenteditable], [role=textbox], dialog, [role=dialog]';

const isTyping = (target: EventTarget | null): boolean => target instanceof Element && target.closest(FIELDS) !== null;
