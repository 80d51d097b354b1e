/** Folds the events of one call. */
import type { DecidedBy, HarnessEvent, HarnessEventOf, PendingRelay, ToolEffect, UsedUp } from '../events.ts';
import type { RequestedCall, Settlement } from '../machines/call-entities.ts';

/** The content that an answer binds to. */
type Binding = NonNullable<HarnessEventOf<'relay'>['binding']>;

export interface FoldedCall {
  readonly call: RequestedCall;
  /** Its `tool_call` is in the stream. */
  announced: boolean;
  /** The arguments in force: the model's, or a human's edit. */
  input: unknown;
  edited: boolean;
  /** The last start, if any. */
  start: FoldedStart | undefined;
  /** The effects announced since then. */
  effects: ToolEffect[];
  /** The last question since then, and how it was settled. */
  question: FoldedQuestion | undefined;
  settlement: Settlement | undefined;
  /** Ids of the subagents it started, in order. */
  readonly children: string[];
}

export interface FoldedStart {
  readonly decidedBy?: DecidedBy;
  readonly used?: UsedUp;
  /** The question that a human approved, and the content it bound to. */
  readonly approved?: { readonly binding: Binding; readonly relay: PendingRelay };
}

export interface FoldedQuestion {
  readonly relay: PendingRelay;
  /** An earlier question about this start was settled. */
  readonly isAgain: boolean;
  readonly binding: Binding | undefined;
  resolution: HarnessEventOf<'relay_resolved'> | undefined;
}

export function foldedCall(call: RequestedCall): FoldedCall {
  return {
    call,
    announced: false,
    input: call.input,
    edited: false,
    start: undefined,
    effects: [],
    question: undefined,
    settlement: undefined,
    children: [],
  };
}

/** Applies an event about this call. */
export function applyToCall(folded: FoldedCall, agentId: string, event: HarnessEvent): void {
  switch (event.type) {
    case 'tool_call':
      folded.announced = true;
      return;
    case 'relay':
      // a question about the outcome: its files are settled by then, and others may have changed them since
      if (event.kind === 'unknown_outcome') folded.effects = folded.effects.filter(({ kind }) => kind !== 'files');
      folded.question = {
        relay: relayOf(agentId, event),
        isAgain: folded.question !== undefined || folded.start?.approved !== undefined,
        binding: event.binding,
        resolution: undefined,
      };
      return;
    case 'relay_resolved':
      if (folded.question?.relay.id !== event.relayId) return;
      folded.question.resolution = event;
      if (!('input' in event)) return;
      folded.input = event.input;
      folded.edited = true;
      return;
    case 'tool_start':
      folded.start = startOf(event, folded);
      folded.effects = [];
      folded.question = undefined;
      return;
    case 'tool_effect':
      folded.effects.push(event.effect);
      return;
    case 'tool_result': {
      const { id, name, status, output, decidedBy } = event;
      const judged = decidedBy === undefined ? {} : { decidedBy };
      folded.settlement = { id, rawId: folded.call.rawId, name, status, output, ...judged };
      return;
    }
    default:
      return;
  }
}

function startOf({ decidedBy, used }: HarnessEventOf<'tool_start'>, { question, start }: FoldedCall): FoldedStart {
  const approved = decidedBy?.kind === 'human' ? (approvalIn(question) ?? start?.approved) : undefined;
  return {
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(used === undefined ? {} : { used }),
    ...(approved === undefined ? {} : { approved }),
  };
}

/** The journal does not hold what edited arguments touched: the empty digest differs from every other, so they ask again. */
function approvalIn(question: FoldedQuestion | undefined): FoldedStart['approved'] {
  const { relay, resolution, binding } = question ?? {};
  if (relay === undefined || resolution === undefined) return undefined;
  const isEdited = 'input' in resolution;
  return { relay, binding: isEdited || binding === undefined ? { digest: '', files: [] } : binding };
}

function relayOf(agentId: string, event: HarnessEventOf<'relay'>): PendingRelay {
  const {
    id,
    kind,
    toolCallId,
    tool,
    params,
    path = [],
    why = '',
    proposal = null,
    releases = [],
    askedAt = 0,
  } = event;
  const covers = event.covers === undefined ? {} : { covers: event.covers };
  return { id, kind, agentId, toolCallId, tool, params, path, why, proposal, ...covers, releases, askedAt };
}
