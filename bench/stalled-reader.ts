/** Memory of a reader that stops reading while another reads a million events. */
import { AgentOrchestrator, type Harness } from '../src/index.ts';
import { report } from './report.ts';

const EVENTS = 1_000_000;

export async function benchStalledReader(): Promise<void> {
  const harness: Harness = {
    async *invoke() {
      for (let i = 0; i < EVENTS; i += 1) yield { type: 'text' as const, runId: '', id: 'b', content: 'x' };
    },
  };
  const orchestrator = new AgentOrchestrator(harness);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  orchestrator.spawn({ messages: [{ role: 'user', content: 'talk' }] });
  const stalled = orchestrator.events();
  await stalled.next();
  let seen = 0;
  let peak = 0;
  for await (const _ of orchestrator.events()) {
    seen += 1;
    if (seen % 100_000 === 0) {
      globalThis.gc?.();
      peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    }
  }
  const back = await stalled.next();
  report(`a stalled reader beside ${EVENTS.toLocaleString('en-US')} events`, {
    'events that the other reader got': seen.toLocaleString('en-US'),
    'largest growth of the heap': `${(peak / 2 ** 20).toFixed(1)} MiB`,
    'first event when it reads again': back.done === true ? 'none' : back.value.event.type,
  });
  await orchestrator.cleanup();
}
