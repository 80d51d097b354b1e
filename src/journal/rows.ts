/** Entries as rows of a journal on disk: deltas are joined when they are written, and cut at a reader's place when they are read. */
import { type Fact, factOf } from '../diagnostics/fault-points.ts';
import type { Envelope, HarnessEvent, HarnessEventOf } from '../events.ts';

type Delta = HarnessEventOf<'text'> | HarnessEventOf<'reasoning'> | HarnessEventOf<'tool_progress'>;

/** The columns of an entry, in the order of its table. */
export type Row = readonly [
  seq: number,
  first: number,
  at: number,
  agentId: string,
  event: string,
  lengths: string | null,
];

const isDelta = (event: HarnessEvent): event is Delta =>
  event.type === 'text' || event.type === 'reasoning' || event.type === 'tool_progress';

/** Neighbouring deltas of one block that become one entry, under the last `seq`. */
class Joined {
  readonly #first: Envelope;
  readonly #event: Delta;
  #last: Envelope;
  #content: string;
  #lengths: number[];

  constructor(entry: Envelope, event: Delta) {
    this.#first = entry;
    this.#last = entry;
    this.#event = event;
    this.#content = event.content;
    this.#lengths = [event.content.length];
  }

  /** False when the delta belongs to another block. */
  take(entry: Envelope, event: Delta): boolean {
    const mine = this.#event;
    if (entry.agentId !== this.#last.agentId || event.parentId !== mine.parentId || !isSameBlock(mine, event)) {
      return false;
    }
    this.#last = entry;
    this.#content += event.content;
    this.#lengths.push(event.content.length);
    return true;
  }

  row(): Row {
    const { seq, at, agentId } = this.#last;
    const lengths = this.#lengths.length === 1 ? null : JSON.stringify(this.#lengths);
    return [seq, this.#first.seq, at, agentId, eventJson({ ...this.#event, content: this.#content }), lengths];
  }
}

/** The most entries that wait, in number and UTF-16 units. */
const WAITING = 4096;
const WAITING_LENGTH = 1024 * 1024;

/** Entries that were appended and are not in the file yet, with neighbouring deltas joined. */
export class WaitingEntries {
  #rows: Row[] = [];
  #facts: Fact[] = [];
  /** Deltas after the last row. */
  #joined: Joined[] = [];
  #count = 0;
  #length = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get isFull(): boolean {
    return this.#count >= WAITING || this.#length >= WAITING_LENGTH;
  }

  get hasFacts(): boolean {
    return this.#facts.length > 0;
  }

  add(entry: Envelope): void {
    const { event } = entry;
    this.#count += 1;
    if (isDelta(event)) {
      this.#length += event.content.length;
      if (this.#joined.at(-1)?.take(entry, event) !== true) this.#joined.push(new Joined(entry, event));
      return;
    }
    const row = rowOf(entry);
    this.#length += row[4].length;
    this.#rows.push(...this.#joined.map((joined) => joined.row()), row);
    this.#joined = [];
    this.#facts.push(factOf(event));
  }

  /** Removes them all. */
  take(): { readonly rows: readonly Row[]; readonly facts: readonly Fact[] } {
    const rows = [...this.#rows, ...this.#joined.map((joined) => joined.row())];
    const facts = this.#facts;
    this.#rows = [];
    this.#facts = [];
    this.#joined = [];
    this.#count = 0;
    this.#length = 0;
    return { rows, facts };
  }
}

function rowOf({ seq, at, agentId, event }: Envelope): Row {
  return [seq, seq, at, agentId, eventJson(event), null];
}

function isSameBlock(one: Delta, other: Delta): boolean {
  if (one.type === 'tool_progress') {
    return other.type === 'tool_progress' && one.toolCallId === other.toolCallId && one.stream === other.stream;
  }
  return one.type === other.type && one.id === other.id;
}

/**
 * An event as JSON. A value of an application that JSON cannot hold must not end a run: a bigint becomes its digits, others
 * become a note in brackets.
 */
function eventJson(event: HarnessEvent): string {
  try {
    return JSON.stringify(event);
  } catch {
    return JSON.stringify(plain(event, []));
  }
}

function plain(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return '[a value that contains itself]';
  const inside = [...above, value];
  try {
    if ('toJSON' in value && typeof value.toJSON === 'function') return JSON.parse(JSON.stringify(value)) as unknown;
    if (Array.isArray(value)) return value.map((item: unknown) => plain(item, inside));
    return Object.fromEntries(Object.keys(value).map((key) => [key, plain(Reflect.get(value, key), inside)]));
  } catch {
    return '[a value that JSON cannot hold]';
  }
}

/** The entry of a row, without the part up to `since`; `undefined` when the row is damaged. */
export function entryOf(row: Readonly<Record<string, unknown>>, since: number): Envelope | undefined {
  const event = eventOf(row['event']);
  if (event === undefined) return undefined;
  const entry = { seq: Number(row['seq']), at: Number(row['at']), agentId: String(row['agent_id']), event };
  const before = since - Number(row['first']) + 1;
  if (before <= 0 || row['lengths'] === null || !isDelta(event)) return entry;
  const lengths = lengthsOf(row['lengths']);
  if (sum(lengths) !== event.content.length) return undefined;
  return { ...entry, event: { ...event, content: event.content.slice(sum(lengths.slice(0, before))) } };
}

function lengthsOf(column: unknown): number[] {
  const lengths = parsed(column);
  return Array.isArray(lengths) ? lengths.map(Number) : [];
}

const sum = (lengths: readonly number[]) => lengths.reduce((total, length) => total + length, 0);

function eventOf(column: unknown): HarnessEvent | undefined {
  const value = parsed(column);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this folder writes the column; files of others are checked where they are opened
  return typeof value === 'object' && value !== null && 'type' in value ? (value as HarnessEvent) : undefined;
}

function parsed(column: unknown): unknown {
  try {
    return typeof column === 'string' ? JSON.parse(column) : undefined;
  } catch {
    return undefined;
  }
}
