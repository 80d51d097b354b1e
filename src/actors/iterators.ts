/** Opens and closes the iterators of harnesses. */
import { GreenroomError } from '../errors.ts';

/** @throws GreenroomError `harness` when `invoke()` returned something else than an async iterable. */
export function iteratorOf<T>(events: AsyncIterable<T>): AsyncIterator<T> {
  const given: unknown = events;
  if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given)
    return events[Symbol.asyncIterator]();
  const message = `The harness's invoke() returned ${given === null ? 'null' : typeof given}. Return an async iterable, e.g. by an async generator.`;
  throw new GreenroomError('harness', message);
}

/** Lets a generator run its cleanup. Never throws or rejects: errors of foreign cleanup are ignored. */
export async function closeIterator(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // also a `return` that throws at once: an abort listener could not catch that
  }
}
