/** Entries for journals, and a temporary folder for their files. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope, HarnessEvent } from '../../src/index.ts';
import type { Journal } from '../../src/journal/index.ts';

export const fact = (seq: number): Envelope => entry(seq, { type: 'error', runId: 'a', code: 'x', message: `${seq}` });
export const delta = (seq: number, id = 'b', content = `${seq};`): Envelope =>
  entry(seq, { type: 'text', runId: 'a', id, content });

/** Somebody asks, and the question ends. */
export const asked = (seq: number, id: string): Envelope =>
  entry(seq, { type: 'relay', runId: 'a', id, kind: 'permission', toolCallId: 'a/c', tool: 'bash', params: {} });
export const resolved = (seq: number, relayId: string): Envelope =>
  entry(seq, { type: 'relay_resolved', runId: 'a', relayId, toolCallId: 'a/c', approved: true, by: 'x' });

function entry(seq: number, event: HarnessEvent): Envelope {
  return { seq, at: seq, agentId: 'a', event };
}

export function folder(): Disposable & { readonly path: string; file(name?: string): string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-journal-')));
  return {
    path,
    file: (name = 'j.sqlite') => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Every entry of a journal behind `since`, in pages of 7. */
export function all(journal: Journal, since = 0): Envelope[] {
  const entries: Envelope[] = [];
  for (;;) {
    const page = journal.read({ since: entries.at(-1)?.seq ?? since, limit: 7 });
    if (page.entries.length === 0) return entries;
    entries.push(...page.entries);
  }
}

/** One delta as many: what a reader of either sees is the same text in the same place. */
export function joinedText(entries: readonly Envelope[]): unknown[] {
  const blocks: { seq: number; id: string; content: string }[] = [];
  const out: unknown[] = [];
  for (const { seq, event } of entries) {
    const last = out.at(-1);
    if (event.type !== 'text') out.push({ seq, event });
    else if (last !== undefined && last === blocks.at(-1) && blocks.at(-1)?.id === event.id) {
      const block = blocks.at(-1);
      if (block !== undefined) Object.assign(block, { seq, content: block.content + event.content });
    } else {
      const block = { seq, id: event.id, content: event.content };
      blocks.push(block);
      out.push(block);
    }
  }
  return out;
}
