/**
 * An agent's entries as what a reader sees: blocks of text, messages, calls, notes.
 *
 * What you can rely on:
 * - An item that did not change is the same object as before, so that only changed ones are drawn again.
 * - The deltas of one block are one item; the blocks of a discarded turn are gone.
 * - A call is one item, from its announcement to its result, whatever part of it is among the entries.
 * - What models say and tools print holds nothing that looks like a secret, also where it came in pieces. What is asked for
 *   stays as it is: a human has to judge it.
 */
import type { AgentStatus, CallStatus, Content, DecidedBy, Envelope, HarnessEvent, Message } from '../../events.ts';
import { GrowingMask, maskedText } from './growing-mask.ts';

/** `asked`: announced, and being checked; `waiting`: a human must answer; then running, then how it ended. */
export type CallState = 'asked' | 'waiting' | 'running' | CallStatus;

export interface ProgressPiece {
  readonly stream: 'stdout' | 'stderr' | 'status';
  readonly text: string;
}

interface Placed {
  /** Unlike that of every other item. */
  readonly key: string;
  /** When its first entry happened, epoch milliseconds. */
  readonly at: number;
}

export interface BlockItem extends Placed {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

export interface MessageItem extends Placed {
  readonly kind: 'message';
  readonly role: 'user' | 'system';
  readonly text: string;
}

export interface CallItem extends Placed {
  readonly kind: 'call';
  /** `<agentId>/<callId>`; agents that it makes have it as `parentId`. */
  readonly id: string;
  readonly tool: string;
  /** What it runs with: the human's arguments when those replaced the model's. */
  readonly input: unknown;
  readonly isEdited: boolean;
  readonly state: CallState;
  /** Why a human must answer. */
  readonly why?: string;
  readonly answer?: { readonly approved: boolean; readonly by: string; readonly reason?: string };
  readonly waitedMs?: number;
  readonly decidedBy?: DecidedBy;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The last of what it printed. */
  readonly progress: readonly ProgressPiece[];
  /** More was printed than is kept. */
  readonly isProgressCut: boolean;
  readonly output?: string;
  readonly result?: unknown;
}

export interface NoteItem extends Placed {
  readonly kind: 'note';
  readonly tone: 'plain' | 'bad';
  readonly text: string;
}

export interface EndItem extends Placed {
  readonly kind: 'end';
  readonly status: AgentStatus;
  readonly reason: string | undefined;
  /** Its last answer, unless that is the block right above. */
  readonly text: string | undefined;
}

export type ThreadItem = BlockItem | MessageItem | CallItem | NoteItem | EndItem;

/** Characters kept of what a call prints. */
const PROGRESS_KEPT = 16_000;

export interface ThreadFold {
  /** Takes entries of one agent, in order, and returns all items as they are then. */
  take(entries: readonly Envelope[]): readonly ThreadItem[];
}

export function createThreadFold(): ThreadFold {
  const fold = new Fold();
  return {
    take(entries) {
      for (const entry of entries) fold.take(entry);
      return [...fold.items];
    },
  };
}

class Fold {
  items: ThreadItem[] = [];
  /** Where the open blocks and the calls stand in `items`. */
  #blocks = new Map<string, number>();
  readonly #calls = new Map<string, number>();
  /** Of the open blocks, by type and id. */
  readonly #blockMasks = new Map<string, GrowingMask>();
  /** Of what a call printed last, by its id. */
  readonly #progressMasks = new Map<string, { readonly stream: ProgressPiece['stream']; readonly mask: GrowingMask }>();
  /** Whether the model's words of this turn came as blocks. */
  #hasSpoken = false;

  take({ seq, at, event }: Envelope): void {
    const placed = { key: `${event.type}-${seq}`, at };
    switch (event.type) {
      case 'harness_start':
        for (const [index, message] of (event.setup?.messages ?? []).entries())
          this.#message(message, { ...placed, key: `${placed.key}-${index}` });
        if (event.model !== undefined) this.#note(placed, `Started with ${event.model}.`);
        return;
      case 'message':
        return this.#message(event.message, placed);
      case 'text':
      case 'reasoning':
        return this.#delta(event, placed);
      case 'turn':
        return this.#turn(event, placed);
      case 'turn_discarded':
        return this.#discard(event, placed);
      case 'tool_call':
        return this.#call(event.id, { tool: event.name, input: event.input }, placed);
      case 'relay':
        return this.#call(
          event.toolCallId,
          { tool: event.tool, input: event.params, state: 'waiting', ...(event.why && { why: event.why }) },
          placed,
        );
      case 'relay_resolved':
        return this.#answered(event, placed);
      case 'tool_start':
        return this.#call(event.id, { state: 'running', startedAt: at, ...decision(event.decidedBy) }, placed);
      case 'tool_progress':
        return this.#progress(event, placed);
      case 'tool_result': {
        this.#progressMasks.delete(event.id);
        const { output, status, name, decidedBy } = event;
        const given = { output: maskedText(textOf(output.context)), result: output.result };
        return this.#call(
          event.id,
          { tool: name, state: status, endedAt: at, ...given, ...decision(decidedBy) },
          placed,
        );
      }
      case 'error':
        return this.#note(placed, `Error (${event.code}): ${event.message}`, 'bad');
      case 'stopping':
        return this.#note(placed, `Stopping: ${event.status}${event.reason === undefined ? '' : `, ${event.reason}`}.`);
      case 'harness_end':
        return this.#end(event, placed);
      case 'usage':
      case 'tool_effect':
      case 'grant_used':
      case 'grant_revoked':
      case 'resumed':
      case 'resync':
        return;
      default:
        event satisfies never;
    }
  }

  #note(placed: Placed, text: string, tone: NoteItem['tone'] = 'plain'): void {
    this.items.push({ kind: 'note', ...placed, tone, text });
  }

  #message(message: Message, placed: Placed): void {
    if (message.role !== 'user' && message.role !== 'system') return;
    this.items.push({ kind: 'message', ...placed, role: message.role, text: textOf(message.content) });
  }

  #delta({ type, id, content }: Extract<HarnessEvent, { type: 'text' | 'reasoning' }>, placed: Placed): void {
    this.#hasSpoken ||= type === 'text';
    const index = this.#blocks.get(`${type} ${id}`);
    const item = index === undefined ? undefined : this.items[index];
    const mask = new GrowingMask();
    if (index === undefined || item?.kind !== type) {
      this.#blocks.set(`${type} ${id}`, this.items.length);
      this.#blockMasks.set(`${type} ${id}`, mask);
      this.items.push({ kind: type, ...placed, text: mask.add(content) });
      return;
    }
    this.items[index] = { ...item, text: (this.#blockMasks.get(`${type} ${id}`) ?? mask).add(content) };
  }

  /** Messages that were taken up stand there already, and so do the model's words when they came as blocks. */
  #turn({ messages, taken }: Extract<HarnessEvent, { type: 'turn' }>, placed: Placed): void {
    for (const [index, message] of messages.slice(taken).entries()) {
      const { key } = placed;
      if (message.role !== 'assistant') this.#message(message, { ...placed, key: `${key}-${index}` });
      else if (!this.#hasSpoken) {
        const text = maskedText(wordsOf(message.content));
        if (text !== '') this.items.push({ kind: 'text', ...placed, key: `${key}-${index}`, text });
      }
    }
    this.#hasSpoken = false;
    this.#blocks.clear();
    this.#blockMasks.clear();
  }

  #discard({ blocks, attempt, reason, retryInMs }: Extract<HarnessEvent, { type: 'turn_discarded' }>, placed: Placed) {
    const gone = new Set(blocks.flatMap((id) => [this.#blocks.get(`text ${id}`), this.#blocks.get(`reasoning ${id}`)]));
    this.items = this.items.filter((_item, index) => !gone.has(index));
    this.#blocks.clear();
    this.#blockMasks.clear();
    this.#hasSpoken = false;
    for (const [index, item] of this.items.entries()) if (item.kind === 'call') this.#calls.set(item.id, index);
    const next = retryInMs > 0 ? ` The next try is in ${(retryInMs / 1000).toFixed(1)} s.` : '';
    this.#note(placed, `Try ${attempt} was discarded: ${reason.replace(/\.$/, '')}.${next}`);
  }

  /** Changes a call, or begins one whose announcement is not among the entries. */
  #call(id: string, change: Partial<CallItem>, placed: Placed): void {
    const index = this.#calls.get(id);
    const item = index === undefined ? undefined : this.items[index];
    if (index === undefined || item?.kind !== 'call') {
      this.#calls.set(id, this.items.length);
      const fresh = { tool: 'call', input: undefined, isEdited: false, state: 'asked', progress: [] } as const;
      this.items.push({ kind: 'call', ...placed, id, ...fresh, isProgressCut: false, ...change });
      return;
    }
    // what the model wrote stays, when the question shows the same with its defaults filled in
    const { input, ...rest } = change;
    this.items[index] = { ...item, ...rest, input: item.input === undefined ? input : item.input };
  }

  #answered(event: Extract<HarnessEvent, { type: 'relay_resolved' }>, placed: Placed): void {
    const { toolCallId, approved, by, reason, waitedMs, input } = event;
    const answer = { approved, by, ...(reason === undefined ? {} : { reason }) };
    this.#call(toolCallId, { state: 'asked', answer, ...(waitedMs === undefined ? {} : { waitedMs }) }, placed);
    if (input === undefined) return;
    const index = this.#calls.get(toolCallId) ?? -1;
    const item = this.items[index];
    if (item?.kind === 'call') this.items[index] = { ...item, input, isEdited: true };
  }

  #progress({ toolCallId, stream, content }: Extract<HarnessEvent, { type: 'tool_progress' }>, placed: Placed): void {
    const index = this.#calls.get(toolCallId);
    const item = index === undefined ? undefined : this.items[index];
    const { progress = [], isProgressCut = false } = item?.kind === 'call' ? item : {};
    const before = this.#progressMasks.get(toolCallId);
    const isJoined = before?.stream === stream && progress.at(-1)?.stream === stream;
    const mask = isJoined ? before.mask : new GrowingMask();
    this.#progressMasks.set(toolCallId, { stream, mask });
    const text = mask.add(content);
    mask.keepLast(PROGRESS_KEPT);
    const kept = lastOf([...(isJoined ? progress.slice(0, -1) : progress), { stream, text }]);
    this.#call(toolCallId, { progress: kept.pieces, isProgressCut: isProgressCut || kept.isCut }, placed);
  }

  #end({ status, reason, text: said }: Extract<HarnessEvent, { type: 'harness_end' }>, placed: Placed): void {
    const text = said === undefined ? undefined : maskedText(said);
    const last = this.items.findLast(({ kind }) => kind === 'text');
    const isShown = text === undefined || text === '' || (last?.kind === 'text' && last.text.trim() === text.trim());
    this.items.push({ kind: 'end', ...placed, status, reason, text: isShown ? undefined : text });
  }
}

const decision = (decidedBy: DecidedBy | undefined) => (decidedBy === undefined ? {} : { decidedBy });

function lastOf(pieces: readonly ProgressPiece[]): {
  readonly pieces: readonly ProgressPiece[];
  readonly isCut: boolean;
} {
  let left = PROGRESS_KEPT;
  const kept: ProgressPiece[] = [];
  for (const piece of pieces.toReversed()) {
    if (left <= 0) return { pieces: kept, isCut: true };
    kept.unshift(piece.text.length > left ? { ...piece, text: piece.text.slice(-left) } : piece);
    left -= piece.text.length;
  }
  return { pieces: kept, isCut: left < 0 };
}

/** The text of a message or an output; what is no text stands there by its type. */
export function textOf(content: Content | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? '';
  return content.map((part) => (part.type === 'text' ? part.text : `[${part.type}: ${part.mediaType}]`)).join('\n');
}

function wordsOf(content: Extract<Message, { role: 'assistant' }>['content']): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}
