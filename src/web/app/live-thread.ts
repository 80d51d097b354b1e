/**
 * The thread of one agent: what the server remembers, then what happens. Nothing is missing and nothing there twice,
 * whatever arrives while the server is asked.
 */
import type { GreenroomClient } from '../../client/index.ts';
import type { Envelope } from '../../events.ts';
import type { EntryFeed } from './entry-feed.ts';
import { createThreadFold, type ThreadFold, type ThreadItem } from './thread-items.ts';

export interface ThreadView {
  readonly items: readonly ThreadItem[];
  /** There are earlier entries than those shown. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Why the server did not give it. */
  readonly problem: string | undefined;
}

export const EMPTY_THREAD: ThreadView = { items: [], hasMore: false, isLoading: true, problem: undefined };

export interface ThreadOptions {
  readonly client: Pick<GreenroomClient, 'thread'>;
  readonly feed: EntryFeed;
  readonly agentId: string;
  /** The thread as it was when this entry had just happened; without it, as it is and goes on. */
  readonly asOf?: number | undefined;
  readonly onChange: (view: ThreadView) => void;
}

export interface LiveThread {
  /** Asks for what happened before. */
  earlier(): void;
  /** Asks for everything again. */
  reload(): void;
  close(): void;
}

export function followThread({ client, feed, agentId, asOf, onChange }: ThreadOptions): LiveThread {
  let view = EMPTY_THREAD;
  let entries: Envelope[] = [];
  let fold: ThreadFold = createThreadFold();
  /** What arrives before the server has answered. */
  let early: Envelope[] | undefined = [];
  let first: number | undefined;
  let last = 0;
  let asked = 0;
  let isClosed = false;

  const show = (change: Partial<ThreadView>) => {
    view = { ...view, ...change };
    onChange(view);
  };
  const takeLive = (more: readonly Envelope[]) => {
    const fresh = more.filter(({ seq }) => seq > last);
    if (fresh.length === 0) return;
    last = fresh.at(-1)?.seq ?? last;
    pack(entries, fresh);
    show({ items: fold.take(fresh) });
  };
  /** Asks for a page; what was asked before does not count any more. */
  const ask = async (before: number | undefined, use: (page: readonly Envelope[], hasMore: boolean) => void) => {
    asked += 1;
    const mine = asked;
    show({ isLoading: true, problem: undefined });
    try {
      const page = await client.thread(agentId, before === undefined ? {} : { before });
      if (isClosed || mine !== asked) return;
      use(page.entries, page.more);
    } catch (error) {
      if (isClosed || mine !== asked) return;
      show({ isLoading: false, problem: error instanceof Error ? error.message : String(error) });
    }
  };
  const reload = () => {
    early = [];
    void ask(asOf === undefined ? undefined : asOf + 1, (page, hasMore) => {
      first = page[0]?.seq;
      last = page.at(-1)?.seq ?? 0;
      entries = pack([], page);
      fold = createThreadFold();
      show({ items: fold.take(entries), hasMore, isLoading: false });
      const missed = early ?? [];
      early = undefined;
      takeLive(missed);
    });
  };
  const earlier = () => {
    if (first === undefined || view.isLoading) return;
    void ask(first, (page, hasMore) => {
      first = page[0]?.seq ?? first;
      entries = pack(pack([], page), entries);
      fold = createThreadFold();
      show({ items: fold.take(entries), hasMore, isLoading: false });
    });
  };
  const leave =
    asOf === undefined
      ? feed.subscribe(agentId, {
          onEntries: (more) => (early === undefined ? takeLive(more) : early.push(...more)),
          onGap: reload,
        })
      : undefined;
  reload();
  return {
    earlier,
    reload,
    close() {
      isClosed = true;
      leave?.();
    },
  };
}

/** Adds entries, with the pieces of a block in one: what is folded again later costs as little as can be. */
function pack(into: Envelope[], more: readonly Envelope[]): Envelope[] {
  for (const entry of more) {
    const last = into.at(-1);
    const joined = last === undefined ? undefined : together(last, entry);
    if (joined === undefined) into.push(entry);
    else into[into.length - 1] = joined;
  }
  return into;
}

function together(a: Envelope, b: Envelope): Envelope | undefined {
  const [one, two] = [a.event, b.event];
  if (one.type !== 'text' && one.type !== 'reasoning') return undefined;
  return one.type === two.type && one.id === two.id
    ? { ...a, event: { ...one, content: one.content + two.content } }
    : undefined;
}
