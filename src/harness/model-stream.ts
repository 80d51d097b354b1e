/**
 * The parts of one AI SDK stream, folded into harness events and the turn they come to. Pure but for its own state.
 *
 * Guarantees: every block has an id of its own within the turn, even where the provider opens the same one twice; no
 * call has an id that the turn or the history already has; text and reasoning keep their order; provider data of
 * reasoning and calls is kept whole; both V3 and V4 shapes of usage and finish reason are read.
 */
import type { LanguageModelV3StreamPart, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { AssistantMessage, Message, ToolCall, Usage } from '../events.ts';
import type { InvocationEvent, TurnResult } from './harness.ts';

/** A part of a V3 or V4 stream. */
export type ModelStreamPart = LanguageModelV3StreamPart | LanguageModelV4StreamPart;

/** The ids that every event of the call carries. */
export interface EventOrigin {
  readonly runId: string;
  readonly parentId?: string;
}

/** Folds the parts of one stream. */
export interface TurnAssembly {
  /** The event for a part, if it has one. The caller handles `error` parts. */
  accept(part: ModelStreamPart): InvocationEvent | undefined;
  /** The turn, once a `finish` part was accepted and the stream was not merely cut; else `undefined`. */
  result(): TurnResult | undefined;
}

type Metadata = Record<string, unknown>;
type BlockKind = 'text' | 'reasoning';
interface Block {
  readonly kind: BlockKind;
  readonly id: string;
  text: string;
  metadata?: Metadata;
}
type Finish = Pick<TurnResult, 'usage' | 'finishReason'> | 'interrupted';

/** Starts a turn. `history` is only read for the call ids it has. */
export function assembleTurn(origin: EventOrigin, history: readonly Message[] = []): TurnAssembly {
  const blocks = createBlocks();
  const calls: ToolCall[] = [];
  const callIds = new Set(history.flatMap(callIdsOf));
  let finish: Finish | undefined;

  const delta = (kind: BlockKind, part: { id: string; delta: string; providerMetadata?: Metadata | undefined }) => {
    const block = blocks.at(kind, part.id, part.providerMetadata);
    block.text += part.delta;
    return part.delta === '' ? undefined : { type: kind, ...origin, id: block.id, content: part.delta };
  };
  const call = (part: Extract<ModelStreamPart, { type: 'tool-call' }>): InvocationEvent | undefined => {
    // the provider runs these itself: there is nothing to run or to allow
    if (part.providerExecuted === true) return undefined;
    const id = unused(part.toolCallId || `call_${calls.length}`, callIds);
    const input = parseInput(part.input);
    calls.push({
      id,
      name: part.toolName,
      arguments: input,
      ...(part.providerMetadata === undefined ? {} : { providerMetadata: part.providerMetadata }),
    });
    return { type: 'tool_call', ...origin, id, name: part.toolName, input };
  };

  return {
    accept(part) {
      switch (part.type) {
        case 'text-start':
        case 'reasoning-start':
          blocks.open(part.type === 'text-start' ? 'text' : 'reasoning', part.id, part.providerMetadata);
          return undefined;
        case 'text-delta':
          return delta('text', part);
        case 'reasoning-delta':
          return delta('reasoning', part);
        case 'text-end':
        case 'reasoning-end':
          blocks.close(part.type === 'text-end' ? 'text' : 'reasoning', part.id, part.providerMetadata);
          return undefined;
        case 'tool-call':
          return call(part);
        case 'finish': {
          finish = readFinish(part);
          return finish === 'interrupted' ? undefined : { type: 'usage', ...origin, ...finish.usage };
        }
        default:
          // Tool input as it grows, sources, files, warnings and pings have no event of ours.
          return undefined;
      }
    },
    result() {
      if (finish === undefined || finish === 'interrupted') return undefined;
      return { message: toMessage(blocks.all, calls), ...finish };
    },
  };
}

// ---------------------------------------------------------------- blocks

function createBlocks() {
  const all: Block[] = [];
  const ids = new Set<string>();
  const current = new Map<string, Block>();
  const open = (kind: BlockKind, raw: string, metadata?: Metadata): Block => {
    const block: Block = { kind, id: unused(raw, ids), text: '' };
    all.push(block);
    current.set(`${kind} ${raw}`, block);
    addMetadata(block, metadata);
    return block;
  };
  return {
    all,
    open,
    /** The open block of that id; one that was never opened is opened now. */
    at(kind: BlockKind, raw: string, metadata?: Metadata): Block {
      const block = current.get(`${kind} ${raw}`) ?? open(kind, raw);
      addMetadata(block, metadata);
      return block;
    },
    close(kind: BlockKind, raw: string, metadata?: Metadata): void {
      const block = current.get(`${kind} ${raw}`);
      if (block !== undefined) addMetadata(block, metadata);
      current.delete(`${kind} ${raw}`);
    },
  };
}

/** Providers send a block's data in pieces (an id at its start, a signature at its end), so later ones are added. */
function addMetadata(block: Block, metadata: Metadata | undefined): void {
  if (metadata === undefined) return;
  const merged: Metadata = { ...block.metadata };
  for (const [provider, value] of Object.entries(metadata)) {
    const before = merged[provider];
    merged[provider] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
  }
  block.metadata = merged;
}

function unused(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}_${n}`;
  taken.add(id);
  return id;
}

function callIdsOf(message: Message): string[] {
  return message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
}

// ---------------------------------------------------------------- the turn

function toMessage(blocks: readonly Block[], calls: readonly ToolCall[]): AssistantMessage {
  const kept = blocks.filter(
    (block) => block.text !== '' || (block.kind === 'reasoning' && block.metadata !== undefined),
  );
  const parts = kept.map((block) =>
    block.kind === 'text'
      ? { type: 'text' as const, text: block.text }
      : {
          type: 'reasoning' as const,
          text: block.text,
          ...(block.metadata === undefined ? {} : { providerMetadata: block.metadata }),
        },
  );
  const [only] = parts;
  const content = parts.length > 1 || only?.type === 'reasoning' ? parts : (only?.text ?? null);
  return { role: 'assistant', content, ...(calls.length > 0 ? { tool_calls: [...calls] } : {}) };
}

/** Parsed arguments: `{}` for a call without any, and the model's string when it is not JSON. */
function parseInput(input: unknown): unknown {
  if (typeof input !== 'string') return input ?? {};
  if (input.trim() === '') return {};
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function readFinish(part: { readonly finishReason: unknown; readonly usage: unknown }): Finish {
  const reason = isRecord(part.finishReason) ? part.finishReason.unified : part.finishReason;
  if (reason === 'interrupted') return 'interrupted';
  return { usage: readUsage(part.usage), finishReason: REASONS.find((known) => known === reason) ?? 'other' };
}

const REASONS = ['stop', 'tool-calls', 'length', 'content-filter', 'error'] as const;

function readUsage(usage: unknown): Usage {
  const { inputTokens, outputTokens } = isRecord(usage) ? usage : {};
  const reasoningTokens = count(inside(outputTokens, 'reasoning'));
  const cachedInputTokens = count(inside(inputTokens, 'cacheRead'));
  return {
    inputTokens: count(inside(inputTokens, 'total') ?? inputTokens) ?? 0,
    outputTokens: count(inside(outputTokens, 'total') ?? outputTokens) ?? 0,
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
  };
}

function inside(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
