import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Envelope, type HarnessEvent } from '../../src/index.ts';
import { memoryJournal } from '../../src/journal/index.ts';

const text = (content: string): HarnessEvent => ({ type: 'text', runId: 'a', id: 'b', content });
const entry = (seq: number, event: HarnessEvent = text('x')): Envelope => ({ seq, at: 0, agentId: 'a', event });
const setup = { tools: [], limits: {}, retry: { maxAttempts: 1, baseMs: 1, maxMs: 1 }, workspace: '/', loop: true };
const entries = (count: number, from = 1) => Array.from({ length: count }, (_, at) => entry(from + at));

/** How many entries from the end a journal still has. */
function kept(journal: ReturnType<typeof memoryJournal>): number {
  let since = journal.lastSeq;
  while (since > 0 && !journal.read({ since: since - 1, limit: 1 }).behind) since -= 1;
  return journal.lastSeq - since;
}

describe('memoryJournal', () => {
  test('is empty at first: nothing to read, nobody behind', () => {
    const journal = memoryJournal();
    expect(journal.lastSeq).toBe(0);
    expect(journal.read({ since: 0, limit: 10 })).toEqual({ entries: [], behind: false });
  });

  test('a page starts right after `since`, holds at most `limit`, and pages join without a gap', () => {
    const operation = fc.oneof(
      fc.record({ append: fc.integer({ min: 0, max: 1500 }) }),
      fc.record({ since: fc.nat(6000), limit: fc.integer({ min: 1, max: 3000 }) }),
    );
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 12 }), (operations) => {
        const journal = memoryJournal();
        const model: Envelope[] = [];
        for (const step of operations) {
          if ('append' in step) {
            const added = entries(step.append, model.length + 1);
            journal.append(added);
            model.push(...added);
            expect(journal.lastSeq).toBe(model.length);
          } else {
            const page = journal.read(step);
            const wanted = model.slice(step.since, step.since + step.limit);
            expect(page.behind).toBe(false);
            expect(page.entries).toEqual(wanted.slice(0, page.entries.length));
            expect(page.entries.length > 0).toBe(wanted.length > 0);
          }
        }
        const all: Envelope[] = [];
        for (let page = journal.read({ since: 0, limit: 700 }); page.entries.length > 0;) {
          all.push(...page.entries);
          page = journal.read({ since: all.length, limit: 700 });
        }
        expect(all).toEqual(model);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('keeps the last events, at least as many as it was told, and says who is behind', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 10 }),
        (maxEvents, batches) => {
          const journal = memoryJournal({ maxEvents });
          for (const count of batches) journal.append(entries(count, journal.lastSeq + 1));
          const { lastSeq } = journal;
          const has = kept(journal);
          expect(has).toBeGreaterThanOrEqual(Math.min(lastSeq, maxEvents));
          expect(has).toBeLessThanOrEqual(maxEvents + 2048);
          const oldest = lastSeq - has + 1;
          expect(journal.read({ since: oldest - 1, limit: 1 }).entries).toEqual([entry(oldest)]);
          if (oldest > 1) expect(journal.read({ since: oldest - 2, limit: 1 })).toEqual({ entries: [], behind: true });
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  test.each<[string, (big: string) => HarnessEvent]>([
    ['text', text],
    [
      'a tool result',
      (big) => ({ type: 'tool_result', runId: 'a', id: 'c', name: 't', output: { context: big }, status: 'ok' }),
    ],
    ['the text of an end', (big) => ({ type: 'harness_end', runId: 'a', status: 'completed', text: big })],
    [
      'the history an agent starts from',
      (big) => ({ type: 'harness_start', runId: 'a', setup: { ...setup, messages: [{ role: 'user', content: big }] } }),
    ],
    ['a message', (big) => ({ type: 'message', runId: 'a', message: { role: 'user', content: big } })],
    [
      'a turn',
      (big) => ({ type: 'turn', runId: 'a', number: 1, messages: [{ role: 'assistant', content: big }], taken: 0 }),
    ],
    [
      'the files a call is about to change',
      (big) => ({
        type: 'tool_effect',
        runId: 'a',
        toolCallId: 'c',
        effect: { kind: 'files', changes: [], folders: [big] },
      }),
    ],
    ['an error', (big) => ({ type: 'error', runId: 'a', code: 'x', message: big })],
    [
      'an edited answer',
      (big) => ({
        type: 'relay_resolved',
        runId: 'a',
        relayId: 'r',
        toolCallId: 'c',
        approved: true,
        by: 'x',
        input: { big },
      }),
    ],
  ])('keeps no more than its bytes when few events are big: %s', (_name, event) => {
    const journal = memoryJournal({ maxBytes: 1_000_000 });
    for (let seq = 1; seq <= 200; seq += 1) journal.append([entry(seq, event('x'.repeat(50_000)))]);
    expect(kept(journal)).toBeLessThanOrEqual(10);
    expect(kept(journal)).toBeGreaterThanOrEqual(5);
  });

  test('keeps no more than its bytes at any moment when events are of middling size', () => {
    const journal = memoryJournal({ maxBytes: 100_000 });
    for (let seq = 1; seq <= 300; seq += 1) {
      journal.append([entry(seq, text('x'.repeat(500)))]); // 1200 bytes as the journal counts them
      expect(kept(journal) * 1200).toBeLessThanOrEqual(100_000);
    }
    expect(kept(journal) * 1200).toBeGreaterThan(80_000);
  });

  test('always has the newest entry, even one that is bigger than all its bytes', () => {
    const journal = memoryJournal({ maxBytes: 1000 });
    const big = entry(2, text('x'.repeat(100_000)));
    journal.append([entry(1), big]);
    expect(journal.read({ since: 1, limit: 1 }).entries).toEqual([big]);
    journal.append([entry(3)]);
    expect(journal.read({ since: 2, limit: 1 }).entries).toEqual([entry(3)]);
  });

  test('a value that JSON cannot hold is kept all the same', () => {
    const journal = memoryJournal();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const odd = entry(1, { type: 'tool_call', runId: 'a', id: 'c', name: 't', input: circular });
    journal.append([odd]);
    expect(journal.read({ since: 0, limit: 1 }).entries[0]).toBe(odd);
  });
});
