/**
 * The thread of one agent: the entries that the server remembers, then those that follow. No entry is missing and none
 * appears twice, also when entries arrive while the server is asked.
 */
import { useEffect, useRef, useState } from 'react';
import type { GreenroomClient } from '../../client/index.ts';
import type { Envelope } from '../../events.ts';
import { useClient, useConnection, useFeed } from '../page-context.ts';
import { errorText } from '../ui/action.tsx';
import type { EntryFeed } from './entry-feed.ts';
import { createThreadFold, type ThreadItem } from './thread-items.ts';

export interface ThreadView {
  readonly items: readonly ThreadItem[];
  /** The server has entries before those shown. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  /** Why the server refused. */
  readonly problem: string | undefined;
}

const EMPTY: ThreadView = { items: [], hasMore: false, isLoading: true, problem: undefined };

export interface ThreadOptions {
  readonly client: Pick<GreenroomClient, 'thread'>;
  readonly feed: EntryFeed;
  readonly agentId: string;
  /** Shows the thread as it was after this entry. Default: now, and what follows. */
  readonly asOf?: number | undefined;
  readonly onChange: (view: ThreadView) => void;
}

export class LiveThread {
  readonly #options: ThreadOptions;
  readonly #unsubscribe: (() => void) | undefined;
  #view = EMPTY;
  #entries: Envelope[] = [];
  #fold = createThreadFold();
  /** Entries that arrive before the server has answered; `undefined` after it has. */
  #early: Envelope[] | undefined = [];
  #first: number | undefined;
  #last = 0;
  /** Number of the latest request; earlier ones no longer count. */
  #request = 0;
  #isClosed = false;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const { asOf, feed, agentId } = options;
    if (asOf === undefined)
      this.#unsubscribe = feed.subscribe(agentId, {
        onEntries: (more) => (this.#early === undefined ? this.#follow(more) : this.#early.push(...more)),
        onGap: () => this.reload(),
      });
    this.reload();
  }

  /** Loads everything again. */
  reload(): void {
    const { asOf } = this.#options;
    this.#early = [];
    void this.#load(asOf === undefined ? undefined : asOf + 1, (page, hasMore) => {
      this.#first = page[0]?.seq;
      this.#last = page.at(-1)?.seq ?? 0;
      this.#replace(pack([], page), hasMore);
      const missed = this.#early ?? [];
      this.#early = undefined;
      this.#follow(missed);
    });
  }

  /** Loads the page before the first entry shown. */
  loadEarlier(): void {
    if (this.#first === undefined || this.#view.isLoading) return;
    void this.#load(this.#first, (page, hasMore) => {
      this.#first = page[0]?.seq ?? this.#first;
      this.#replace(pack(pack([], page), this.#entries), hasMore);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
  }

  #show(change: Partial<ThreadView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.onChange(this.#view);
  }

  /** Shows these entries in place of those before. */
  #replace(entries: Envelope[], hasMore: boolean): void {
    this.#entries = entries;
    this.#fold = createThreadFold();
    this.#show({ items: this.#fold.take(entries), hasMore, isLoading: false });
  }

  #follow(more: readonly Envelope[]): void {
    const fresh = more.filter(({ seq }) => seq > this.#last);
    if (fresh.length === 0) return;
    this.#last = fresh.at(-1)?.seq ?? this.#last;
    pack(this.#entries, fresh);
    this.#show({ items: this.#fold.take(fresh) });
  }

  async #load(before: number | undefined, use: (page: readonly Envelope[], hasMore: boolean) => void): Promise<void> {
    const { client, agentId } = this.#options;
    this.#request += 1;
    const request = this.#request;
    const isStale = () => this.#isClosed || request !== this.#request;
    this.#show({ isLoading: true, problem: undefined });
    try {
      const page = await client.thread(agentId, before === undefined ? {} : { before });
      if (!isStale()) use(page.entries, page.more);
    } catch (error) {
      if (!isStale()) this.#show({ isLoading: false, problem: errorText(error) });
    }
  }
}

export interface ShownThread extends ThreadView {
  readonly loadEarlier: () => void;
}

/** The thread of an agent while a component shows it. Give that component a key of agent and moment. */
export function useThread(agentId: string, asOf: number | undefined): ShownThread {
  const client = useClient();
  const feed = useFeed();
  const isLive = useConnection() === 'live';
  const [view, setView] = useState<ThreadView>(EMPTY);
  const thread = useRef<LiveThread>(undefined);
  useEffect(() => {
    const opened = new LiveThread({ client, feed, agentId, asOf, onChange: setView });
    thread.current = opened;
    return () => opened.close();
  }, [client, feed, agentId, asOf]);
  const hasFailed = view.problem !== undefined;
  useEffect(() => {
    if (isLive && hasFailed) thread.current?.reload();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- load again only when the connection is back, not after a refusal
  }, [isLive]);
  return { ...view, loadEarlier: () => thread.current?.loadEarlier() };
}

/** Appends entries, the deltas of a block joined into one, so that folding them again costs little. */
function pack(into: Envelope[], more: readonly Envelope[]): Envelope[] {
  for (const entry of more) {
    const last = into.at(-1);
    const joined = last === undefined ? undefined : joinDeltas(last, entry);
    if (joined === undefined) into.push(entry);
    else into[into.length - 1] = joined;
  }
  return into;
}

/** `undefined` when the two are not deltas of one block. */
function joinDeltas(a: Envelope, b: Envelope): Envelope | undefined {
  const [one, two] = [a.event, b.event];
  if (one.type !== 'text' && one.type !== 'reasoning') return undefined;
  return one.type === two.type && one.id === two.id
    ? { ...a, event: { ...one, content: one.content + two.content } }
    : undefined;
}
