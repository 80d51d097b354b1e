/** One call as the journal tells it. */
import type { DecidedBy, HarnessEvent, HarnessEventOf, PendingRelay, ToolEffect, UsedUp } from '../events.ts';
import type { RequestedCall, Settlement } from '../machines/call-entities.ts';

/** What an answer binds to. */
type Binding = NonNullable<HarnessEventOf<'relay'>['binding']>;

export interface FoldedCall {
  readonly call: RequestedCall;
  /** Its `tool_call` is in the stream. */
  announced: boolean;
  /** The arguments that count: the model's, or a human's edit. */
  input: unknown;
  edited: boolean;
  /** The last start; none when it has not begun. */
  start: FoldedStart | undefined;
  /** What it was about to leave in the world since then. */
  effects: ToolEffect[];
  /** The last question since then, and how it was settled. */
  question: FoldedQuestion | undefined;
  settlement: Settlement | undefined;
  /** Ids of the subagents it asked for, in order. */
  readonly children: string[];
}

export interface FoldedStart {
  readonly decidedBy?: DecidedBy;
  readonly used?: UsedUp;
  /** What a human let run, and the question about it. */
  readonly approved?: { readonly binding: Binding; readonly relay: PendingRelay };
}

export interface FoldedQuestion {
  readonly relay: PendingRelay;
  /** Another one about this start was settled before. */
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

/** Takes an event about this call in. */
export function applyToCall(folded: FoldedCall, agentId: string, event: HarnessEvent): void {
  switch (event.type) {
    case 'tool_call':
      folded.announced = true;
      return;
    case 'relay':
      // asked what became of it: its files are settled by then, and others may have changed them since
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

/** Of arguments that a human changed it is not on record what they touched: nothing equals that, so they are asked about again. */
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
