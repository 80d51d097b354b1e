/**
 * The key that every request of the page carries. A cookie alone goes to every port of a host; the key stays with the
 * address that the page came from.
 */
const PLACE = 'greenroom-key';

/** `undefined` when this browser has not signed in, or keeps nothing. */
export function pageKey(): string | undefined {
  try {
    return localStorage.getItem(PLACE) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what a sign-in answered, `{ key }`; anything else leaves the key as it is. */
export function keepPageKey(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('key' in answer) || typeof answer.key !== 'string') return;
  try {
    localStorage.setItem(PLACE, answer.key);
  } catch {
    // a browser that keeps nothing: the server refuses the next request, and the page says that it is signed out
  }
}
