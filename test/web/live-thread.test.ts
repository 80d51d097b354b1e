import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../src/events.ts';
import { createEntryFeed } from '../../src/web/thread/entry-feed.ts';
import { LiveThread, type ThreadView } from '../../src/web/thread/live-thread.ts';

const entry = (seq: number, agentId = 'a1'): Envelope => ({
  seq,
  at: seq,
  agentId,
  event: { type: 'error', runId: agentId, code: 'internal', message: String(seq) },
});
const resync: Envelope = {
  seq: 50,
  at: 0,
  agentId: 'orchestrator',
  event: { type: 'resync', runId: 'orchestrator', agents: [], relays: [], grants: [] },
};

/** A server whose answers are given by hand, and frames that come when asked for. */
function setup({ asOf }: { readonly asOf?: number } = {}) {
  const frames: (() => void)[] = [];
  const asked: { before: number | undefined; give: (seqs: readonly number[], more?: boolean) => Promise<void> }[] = [];
  let view: ThreadView | undefined;
  const feed = createEntryFeed((run) => frames.push(run));
  const thread = new LiveThread({
    client: {
      thread: (_id, { before } = {}) => {
        const { promise, resolve } = Promise.withResolvers<{ entries: Envelope[]; more: boolean }>();
        const give = async (seqs: readonly number[], more = false) => {
          resolve({ entries: seqs.map((seq) => entry(seq)), more });
          await promise;
          await Promise.resolve();
        };
        asked.push({ before, give });
        return promise;
      },
    },
    feed,
    agentId: 'a1',
    asOf,
    onChange: (next) => (view = next),
  });
  const frame = () => frames.splice(0).forEach((run) => run());
  const shown = () => view?.items.map((item) => Number(/\d+$/.exec(item.key)?.[0]));
  return { feed, thread, asked, frame, shown, view: () => view };
}

describe('a thread', () => {
  test('has what arrives while the server is asked, once', async () => {
    const { feed, asked, frame, shown } = setup();
    feed.take(entry(3));
    feed.take(entry(4));
    frame();
    await asked[0]?.give([1, 2, 3]);
    expect(shown()).toEqual([1, 2, 3, 4]);
  });

  test('grows once a frame, and only by entries of its agent', async () => {
    const { feed, asked, frame, shown } = setup();
    await asked[0]?.give([1]);
    feed.take(entry(2));
    feed.take(entry(3, 'other'));
    feed.take(entry(4));
    expect(shown()).toEqual([1]);
    frame();
    expect(shown()).toEqual([1, 2, 4]);
  });

  test('puts earlier entries before what it has', async () => {
    const { thread, asked, shown, view } = setup();
    await asked[0]?.give([5, 6], true);
    expect(view()?.hasMore).toBe(true);
    thread.loadEarlier();
    expect(asked[1]?.before).toBe(5);
    await asked[1]?.give([3, 4]);
    expect(shown()).toEqual([3, 4, 5, 6]);
    expect(view()?.hasMore).toBe(false);
  });

  test('asks for everything again when entries were skipped', async () => {
    const { feed, asked, shown } = setup();
    await asked[0]?.give([1]);
    feed.take(resync);
    await asked[1]?.give([1, 2, 40]);
    expect(shown()).toEqual([1, 2, 40]);
  });

  test('of the past has nothing that came later', async () => {
    const { feed, asked, frame, shown } = setup({ asOf: 7 });
    expect(asked[0]?.before).toBe(8);
    await asked[0]?.give([1, 7]);
    feed.take(entry(8));
    frame();
    expect(shown()).toEqual([1, 7]);
  });

  test('shows nothing any more once it is closed', async () => {
    const { thread, asked, view } = setup();
    const before = view();
    thread.close();
    await asked[0]?.give([1]);
    expect(view()).toBe(before);
  });
});
