/** Throughput of the stream, beside bare RxJS and a bare async generator in the same run. */
import { merge, Subject } from 'rxjs';
import { AgentOrchestrator, type Harness, type InvocationEvent } from '../src/index.ts';
import { perSecond, report, settle } from './report.ts';

/** A harness that yields `count` text events without a pause. */
function talker(count: number): Harness {
  return {
    async *invoke(): AsyncGenerator<InvocationEvent, void, void> {
      for (let i = 0; i < count; i += 1) yield { type: 'text', runId: '', id: 'b', content: 'x' };
    },
  };
}

async function throughStream(agents: number, events: number): Promise<number> {
  const each = Math.floor(events / agents);
  const orchestrator = new AgentOrchestrator(talker(each));
  for (let i = 0; i < agents; i += 1) orchestrator.spawn({ messages: [{ role: 'user', content: 'talk' }] });
  const began = performance.now(); // spawning is measured elsewhere; no agent has emitted text yet
  let seen = 0;
  for await (const { event } of orchestrator.events()) if (event.type === 'text') seen += 1;
  const rate = perSecond(seen, performance.now() - began);
  if (seen !== each * agents) throw new Error(`lost events: ${seen} of ${each * agents}`);
  await orchestrator.cleanup();
  return rate;
}

async function bareGenerator(events: number): Promise<number> {
  async function* numbers() {
    for (let i = 0; i < events; i += 1) yield { type: 'text', content: 'x', i };
  }
  const began = performance.now();
  let seen = 0;
  for await (const _ of numbers()) seen += 1;
  return perSecond(seen, performance.now() - began);
}

/** Ten subjects merged into a queue that an async reader empties: no agents, no journal, no permissions. */
async function bareSubjects(events: number): Promise<number> {
  const subjects = Array.from({ length: 10 }, () => new Subject<{ seq: number }>());
  const queue: { seq: number }[] = [];
  let wake: (() => void) | undefined;
  merge(...subjects).subscribe((value) => {
    queue.push(value);
    wake?.();
  });
  const began = performance.now();
  const pump = async (subject: Subject<{ seq: number }>) => {
    for (let i = 0; i < events / 10; i += 1) {
      subject.next({ seq: i });
      await Promise.resolve();
    }
  };
  const pumps = Promise.all(subjects.map(pump));
  async function* reader() {
    let at = 0;
    while (at < events) {
      const value = queue[at];
      if (value === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      at += 1;
      yield value;
    }
  }
  let seen = 0;
  for await (const _ of reader()) seen += 1;
  await pumps;
  return perSecond(seen, performance.now() - began);
}

export async function benchStream(): Promise<void> {
  const events = 1_000_000;
  await throughStream(10, 200_000); // warm-up
  report('events through the stream, one reader', {
    'bare async generator': await bareGenerator(events),
    'bare Subject merge + async reader': await bareSubjects(events),
    '10 agents': await settle(() => throughStream(10, events)),
    '100 agents': await settle(() => throughStream(100, events)),
    '1000 agents': await settle(() => throughStream(1000, events)),
  });
}
