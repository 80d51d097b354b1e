/** Leaving a harness's iterator early, whatever kind of iterator it is. */

/** Lets a generator run its cleanup. Never throws or rejects: how somebody else's cleanup went is not our business. */
export async function closeIterator(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // also a `return` that throws at once: nobody could catch that out of an abort listener
  }
}
