/** Entries as rows of a journal on disk: deltas joined on the way in, cut where a reader stands on the way out. */
import type { Envelope, HarnessEvent, HarnessEventOf } from '../events.ts';
import { eventJson } from './event-json.ts';

export type Delta = HarnessEventOf<'text'> | HarnessEventOf<'reasoning'> | HarnessEventOf<'tool_progress'>;

/** The columns of an entry, in the order of its table. */
export type Row = readonly [
  seq: number,
  first: number,
  at: number,
  agentId: string,
  event: string,
  lengths: string | null,
];

export const isDelta = (event: HarnessEvent): event is Delta =>
  event.type === 'text' || event.type === 'reasoning' || event.type === 'tool_progress';

/** Neighbouring deltas of one block that become one entry, under the last `seq`. */
export class Joined {
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

  /** False when it is of another block. */
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

export function rowOf({ seq, at, agentId, event }: Envelope): Row {
  return [seq, seq, at, agentId, eventJson(event), null];
}

function isSameBlock(one: Delta, other: Delta): boolean {
  if (one.type === 'tool_progress') {
    return other.type === 'tool_progress' && one.toolCallId === other.toolCallId && one.stream === other.stream;
  }
  return one.type === other.type && one.id === other.id;
}

/** The entry of a row, without the part that a reader of everything up to `since` has; `undefined` when it is damaged. */
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
