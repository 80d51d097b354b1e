/**
 * The fold of an agent's entries into the items of its thread: texts, messages, calls, notes.
 *
 * Guarantees:
 * - An unchanged item is the same object as before, so that only changed items are drawn again.
 * - The deltas of one block are one item. The blocks of a discarded turn are removed.
 * - A call is one item from its request to its result, also when some of its entries are missing.
 * - Text of models and output of tools is masked, also across pieces. Arguments of calls are not: a human judges them.
 */
import type { AgentStatus, Content, DecidedBy, Envelope, HarnessEvent, Message } from '../../events.ts';
import type { CallState } from '../team/agent-state.tsx';
import { GrowingMask, maskedText } from './growing-mask.ts';

export interface ProgressPiece {
  readonly stream: 'stdout' | 'stderr' | 'status';
  readonly text: string;
}

interface Keyed {
  /** Unique among the items. */
  readonly key: string;
  /** Time of its first entry, epoch milliseconds. */
  readonly at: number;
}

export interface BlockItem extends Keyed {
  readonly kind: 'text' | 'reasoning';
  readonly text: string;
}

export interface MessageItem extends Keyed {
  readonly kind: 'message';
  readonly role: 'user' | 'system';
  readonly text: string;
}

export interface CallItem extends Keyed {
  readonly kind: 'call';
  /** `<agentId>/<callId>`, the `parentId` of the agents that it starts. */
  readonly id: string;
  readonly tool: string;
  /** The arguments it runs with: those of the human when they replaced the model's. */
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
  /** The end of its output so far. */
  readonly progress: readonly ProgressPiece[];
  /** The beginning of its output was dropped. */
  readonly isProgressCut: boolean;
  readonly output?: string;
  readonly result?: unknown;
}

export interface NoteItem extends Keyed {
  readonly kind: 'note';
  readonly tone: 'plain' | 'bad';
  readonly text: string;
}

export interface EndItem extends Keyed {
  readonly kind: 'end';
  readonly status: AgentStatus;
  readonly reason: string | undefined;
  /** The agent's final text, unless the last text item shows it. */
  readonly text: string | undefined;
}

export type ThreadItem = BlockItem | MessageItem | CallItem | NoteItem | EndItem;

/** Characters kept of the output of a running call. */
const PROGRESS_KEPT = 16_000;

export interface ThreadFold {
  /** Takes entries of one agent, in order, and returns all items. */
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
  /** Indexes in `items` of the open blocks, by type and id, and of the calls, by id. */
  #blocks = new Map<string, number>();
  readonly #calls = new Map<string, number>();
  /** Masks of the open blocks, by type and id. */
  readonly #blockMasks = new Map<string, GrowingMask>();
  /** Mask of the last output stream of a call, by its id. */
  readonly #progressMasks = new Map<string, { readonly stream: ProgressPiece['stream']; readonly mask: GrowingMask }>();
  /** Whether this turn had text deltas. */
  #hasText = false;

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

  #note(placed: Keyed, text: string, tone: NoteItem['tone'] = 'plain'): void {
    this.items.push({ kind: 'note', ...placed, tone, text });
  }

  #message(message: Message, placed: Keyed): void {
    if (message.role !== 'user' && message.role !== 'system') return;
    this.items.push({ kind: 'message', ...placed, role: message.role, text: textOf(message.content) });
  }

  #delta({ type, id, content }: Extract<HarnessEvent, { type: 'text' | 'reasoning' }>, placed: Keyed): void {
    this.#hasText ||= type === 'text';
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

  /** Skips what the thread already shows: messages taken before, and the model's text when it came as deltas. */
  #turn({ messages, taken }: Extract<HarnessEvent, { type: 'turn' }>, placed: Keyed): void {
    for (const [index, message] of messages.slice(taken).entries()) {
      const { key } = placed;
      if (message.role !== 'assistant') this.#message(message, { ...placed, key: `${key}-${index}` });
      else if (!this.#hasText) {
        const text = maskedText(wordsOf(message.content));
        if (text !== '') this.items.push({ kind: 'text', ...placed, key: `${key}-${index}`, text });
      }
    }
    this.#hasText = false;
    this.#blocks.clear();
    this.#blockMasks.clear();
  }

  #discard({ blocks, attempt, reason, retryInMs }: Extract<HarnessEvent, { type: 'turn_discarded' }>, placed: Keyed) {
    const gone = new Set(blocks.flatMap((id) => [this.#blocks.get(`text ${id}`), this.#blocks.get(`reasoning ${id}`)]));
    this.items = this.items.filter((_item, index) => !gone.has(index));
    this.#blocks.clear();
    this.#blockMasks.clear();
    this.#hasText = false;
    for (const [index, item] of this.items.entries()) if (item.kind === 'call') this.#calls.set(item.id, index);
    const next = retryInMs > 0 ? ` Next attempt in ${(retryInMs / 1000).toFixed(1)} s.` : '';
    this.#note(placed, `Attempt ${attempt} failed: ${reason.replace(/\.$/, '')}.${next}`);
  }

  /** Changes a call, or adds one whose request is not among the entries. */
  #call(id: string, change: Partial<CallItem>, placed: Keyed): void {
    const index = this.#calls.get(id);
    const item = index === undefined ? undefined : this.items[index];
    if (index === undefined || item?.kind !== 'call') {
      this.#calls.set(id, this.items.length);
      const fresh = { tool: 'call', input: undefined, isEdited: false, state: 'requested', progress: [] } as const;
      this.items.push({ kind: 'call', ...placed, id, ...fresh, isProgressCut: false, ...change });
      return;
    }
    // the question repeats the arguments with defaults filled in: keep what the model wrote
    const { input, ...rest } = change;
    this.items[index] = { ...item, ...rest, input: item.input === undefined ? input : item.input };
  }

  #answered(event: Extract<HarnessEvent, { type: 'relay_resolved' }>, placed: Keyed): void {
    const { toolCallId, approved, by, reason, waitedMs, input } = event;
    const answer = { approved, by, ...(reason === undefined ? {} : { reason }) };
    this.#call(toolCallId, { state: 'requested', answer, ...(waitedMs === undefined ? {} : { waitedMs }) }, placed);
    if (input === undefined) return;
    const index = this.#calls.get(toolCallId) ?? -1;
    const item = this.items[index];
    if (item?.kind === 'call') this.items[index] = { ...item, input, isEdited: true };
  }

  #progress({ toolCallId, stream, content }: Extract<HarnessEvent, { type: 'tool_progress' }>, placed: Keyed): void {
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

  #end({ status, reason, text: said }: Extract<HarnessEvent, { type: 'harness_end' }>, placed: Keyed): void {
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

/** The text of a message or an output; other parts appear as `[type: media type]`. */
export function textOf(content: Content | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? '';
  return content.map((part) => (part.type === 'text' ? part.text : `[${part.type}: ${part.mediaType}]`)).join('\n');
}

function wordsOf(content: Extract<Message, { role: 'assistant' }>['content']): string {
  if (content === null || typeof content === 'string') return content ?? '';
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}
