/** One reader over a journal of its own: what it asks of its source, and when it lets go. */
import { describe, expect, test } from 'vitest';
import { type Envelope } from '../../src/index.ts';
import { memoryJournal } from '../../src/journal/index.ts';
import { Channel, type ChannelSource } from '../../src/stream/channel.ts';

const entry = (seq: number): Envelope => ({
  seq,
  at: 0,
  agentId: 'a',
  event: { type: 'text', runId: 'a', id: 'b', content: `${seq}` },
});

function sourced() {
  const journal = memoryJournal();
  const wakes = new Set<() => void>();
  let over = false;
  const source: ChannelSource = {
    page: (from) => journal.read(from),
    isOver: () => over,
    failure: () => undefined,
    onChange: (wake) => void wakes.add(wake),
    offChange: (wake) => void wakes.delete(wake),
    resync: () => entry(0),
  };
  /** As the stream does: everybody who waits is woken once. */
  const wake = (): void => {
    const woken = [...wakes];
    wakes.clear();
    for (const run of woken) run();
  };
  return {
    channel: new Channel(source, 0),
    wakes,
    wake,
    append: (seq: number) => {
      journal.append([entry(seq)]);
      wake();
    },
    finish: () => {
      over = true;
      wake();
    },
  };
}

describe('a reader', () => {
  test('that waits and is left is known to nobody any more', async () => {
    const { channel, wakes } = sourced();
    const waiting = channel.next();
    expect(wakes.size).toBe(1);
    await channel.return();
    expect(wakes.size).toBe(0);
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('that is woken for nothing waits on', async () => {
    const { channel, wakes, wake, append } = sourced();
    const waiting = channel.next();
    wake();
    expect(wakes.size).toBe(1);
    append(1);
    expect((await waiting).value).toEqual(entry(1));
    expect(wakes.size).toBe(0);
  });

  test('that asked three times in advance is served in order and then told the end', async () => {
    const { channel, append, finish } = sourced();
    const results = Promise.all([channel.next(), channel.next(), channel.next()]);
    append(1);
    append(2);
    finish();
    expect(await results).toEqual([
      { done: false, value: entry(1) },
      { done: false, value: entry(2) },
      { done: true, value: undefined },
    ]);
  });

  test('that stands still registers nowhere: it costs nothing while it is not asked', async () => {
    const { channel, wakes, append } = sourced();
    append(1);
    await channel.next();
    append(2);
    expect(wakes.size).toBe(0);
  });
});
