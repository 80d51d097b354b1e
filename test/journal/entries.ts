/** Entries for journals, and a temporary folder for their files. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope, HarnessEvent } from '../../src/index.ts';

export const fact = (seq: number): Envelope => entry(seq, { type: 'error', runId: 'a', code: 'x', message: `${seq}` });
export const delta = (seq: number, id = 'b', content = `${seq};`): Envelope =>
  entry(seq, { type: 'text', runId: 'a', id, content });

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
