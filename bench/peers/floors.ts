/** Merges without any agents: what the parts cost that every orchestrator is made of. */
import { merge, Subject as RxSubject } from 'rxjs';
import { mergeCheck, type Subject, timed, type Work } from './work.ts';

interface Value {
  readonly agent: number;
  readonly content: string;
}

const shareOf = (events: number, agents: number): number => Math.max(2, Math.floor(events / agents));

async function* source(agent: number, each: number): AsyncGenerator<Value, void, void> {
  for (let i = 0; i < each; i += 1) yield { agent, content: 'x' };
}

/** One loop over one source after the other: no merge at all. */
const loopMerge: Work = async (agents, { mergedEvents }) => {
  const each = shareOf(mergedEvents, agents);
  const merged = mergeCheck(agents, each);
  const took = await timed(async () => {
    for (let agent = 0; agent < agents; agent += 1)
      for await (const value of source(agent, each)) merged.take(value.agent);
  });
  return merged.figures(took);
};

/** A subject for each agent, merged into a queue that one async reader empties. */
const subjectMerge: Work = async (agents, { mergedEvents }) => {
  const each = shareOf(mergedEvents, agents);
  const merged = mergeCheck(agents, each);
  const subjects = Array.from({ length: agents }, () => new RxSubject<Value>());
  let queue: Value[] = [];
  let wake: (() => void) | undefined;
  merge(...subjects).subscribe((value) => {
    queue.push(value);
    wake?.();
  });
  async function* reader(): AsyncGenerator<Value, void, void> {
    for (let left = agents * each; left > 0;) {
      const values = queue;
      queue = [];
      left -= values.length;
      yield* values;
      if (queue.length === 0 && left > 0) await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const pump = async (subject: RxSubject<Value>, agent: number) => {
    for await (const value of source(agent, each)) subject.next(value);
  };
  const took = await timed(async () => {
    const pumps = Promise.all(subjects.map(pump));
    for await (const value of reader()) merged.take(value.agent);
    await pumps;
  });
  return merged.figures(took);
};

/** `Promise.race` over the next value of every source, for each value. */
const raceMerge: Work = async (agents, { mergedEvents }) => {
  const each = shareOf(Math.min(mergedEvents, 1_000_000 / agents), agents);
  const merged = mergeCheck(agents, each);
  const took = await timed(async () => {
    const sources = Array.from({ length: agents }, (_, agent) => source(agent, each));
    const next = async (agent: number) => ({ agent, result: await sources[agent]?.next() });
    const racing = new Map(sources.map((_, agent) => [agent, next(agent)]));
    while (racing.size > 0) {
      const { agent, result } = await Promise.race(racing.values());
      if (result?.done === false) {
        merged.take(agent);
        racing.set(agent, next(agent));
      } else racing.delete(agent);
    }
  });
  return merged.figures(took);
};

export const loop: Subject = { merge: loopMerge };
export const subjects: Subject = { merge: subjectMerge };
export const race: Subject = { merge: raceMerge };
