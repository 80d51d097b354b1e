/** Taking a harness's iterator, and leaving it early, whatever kind of iterator it is. */
import { GreenroomError } from '../errors.ts';

/** @throws GreenroomError `harness` when `invoke()` gave nothing that yields events. */
export function iteratorOf<T>(events: AsyncIterable<T>): AsyncIterator<T> {
  const given: unknown = events;
  if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given)
    return events[Symbol.asyncIterator]();
  const message = `The harness's invoke() returned ${given === null ? 'null' : typeof given}; it must return an async iterable, e.g. be an async generator.`;
  throw new GreenroomError('harness', message);
}

/** Lets a generator run its cleanup. Never throws or rejects: how somebody else's cleanup went is not our business. */
export async function closeIterator(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // also a `return` that throws at once: nobody could catch that out of an abort listener
  }
}
