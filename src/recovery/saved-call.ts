/** Converts a folded call into what its machine is restored from. */
import { prepare, type CheckServices } from '../actors/check-call.ts';
import type { DecidedBy, HarnessEventOf } from '../events.ts';
import type { AgentSpec } from '../machines/agent-spec.ts';
import type { CallEnding, PreparedCall } from '../machines/call-entities.ts';
import type { SavedCall, SavedChild } from '../machines/restored.ts';
import { endings } from '../machines/call-endings.ts';
import type { FoldedCall } from './folded-call.ts';

export interface SavedCallOptions {
  readonly folded: FoldedCall;
  readonly spec: AgentSpec;
  readonly deps: CheckServices;
  readonly children: readonly SavedChild[];
  /** Set when the agent is about to end: the reason. */
  readonly ending: string | undefined;
  /** Its agent is an external harness. */
  readonly isExternal: boolean;
  /** What was found of its effects, as sentences. */
  readonly leftOvers: readonly string[];
}

/** Whether the subagents of a call continue; otherwise they end. */
export function keepsChildren(folded: FoldedCall, spec: AgentSpec): boolean {
  if (folded.start === undefined) return true;
  const { question } = folded;
  if (question !== undefined) return question.relay.kind === 'permission' && question.resolution?.approved !== false;
  return isIdempotent(folded, spec);
}

export async function savedCall(options: SavedCallOptions): Promise<SavedCall> {
  const { folded, spec, ending, children, isExternal } = options;
  const base = {
    announced: folded.announced,
    edited: folded.edited,
    input: folded.input,
    ran: folded.start !== undefined,
    children,
  };
  const over = (how: CallEnding): SavedCall => ({ ...base, stage: 'over', ending: how, ...withdrawn(folded) });
  // an external harness does not report when it starts a call
  const mayHaveRun = base.ran || isExternal;
  if (ending !== undefined) return over(mayHaveRun ? endings.unknown(ending) : endings.cancelled(ending));
  const answered = answerOf(folded);
  if (answered !== undefined) return over(answered);
  if (awaitsCheck(folded)) return { ...base, stage: 'unchecked', ...approvalOf(folded) };
  const prepared = await preparedAsBefore(options);
  if (typeof prepared === 'string') return over(base.ran ? endings.unknown(prepared) : endings.refused(prepared));
  const { question, start } = folded;
  if (question !== undefined) {
    const { relay, resolution, isAgain } = question;
    if (resolution === undefined) return { ...base, stage: 'waiting', relay, prepared, ...(isAgain && { isAgain }) };
    return { ...base, stage: 'cleared', prepared, relay, decidedBy: decidedBy(resolution) };
  }
  if (!isIdempotent(folded, spec)) return { ...base, stage: 'interrupted', prepared, why: whyUnknown(options) };
  const { decidedBy: by, used, approved } = start ?? {};
  return {
    ...base,
    stage: 'cleared',
    prepared,
    ...(approved === undefined ? {} : { relay: approved.relay }),
    ...(by === undefined ? {} : { decidedBy: by }),
    ...(used === undefined ? {} : { receipt: used }),
  };
}

const isIdempotent = ({ call }: FoldedCall, { tools }: AgentSpec): boolean =>
  tools.find(({ name }) => name === call.name)?.idempotent === true;

/** Whether its arguments are unchecked: the model's, or a human's edit. */
function awaitsCheck({ start, question }: FoldedCall): boolean {
  if (question === undefined) return start === undefined;
  return question.resolution !== undefined && 'input' in question.resolution;
}

function approvalOf({ question }: FoldedCall) {
  const resolution = question?.resolution;
  if (resolution === undefined) return {};
  return { approval: { relayId: resolution.relayId, by: resolution.by, waitedMs: resolution.waitedMs ?? 0 } };
}

/** The ending that an answer gives the call, if it gives one. */
function answerOf({ question }: FoldedCall): CallEnding | undefined {
  const { relay, resolution } = question ?? {};
  if (resolution === undefined || relay === undefined) return undefined;
  const by = decidedBy(resolution);
  if (resolution.output !== undefined) return endings.reported({ output: resolution.output, decidedBy: by });
  if (resolution.approved) return undefined;
  const { reason } = resolution;
  if (resolution.by === 'cancel') return endings.cancelled(reason ?? 'it was cancelled');
  if (relay.kind === 'unknown_outcome') return endings.unknown(reason ?? 'a human gave it up', by);
  const said = reason ?? (by.kind === 'human' ? 'a human said no' : 'a rule forbids this call');
  return endings.denied({ decidedBy: { ...by, reason: said }, reason: said });
}

/** An answer under the name of a rule or a grant is decided again, which is safe. */
function decidedBy({ by, relayId, waitedMs }: HarnessEventOf<'relay_resolved'>): DecidedBy {
  const waited = waitedMs === undefined ? {} : { waitedMs };
  if (by === 'grant' || by === 'rule') return { kind: by, ...waited };
  return { kind: 'human', id: relayId, by, ...waited };
}

const withdrawn = ({ question }: FoldedCall) =>
  question !== undefined && question.resolution === undefined ? { withdrawn: question.relay } : {};

/** Prepares the call again, bound to what a human saw: the comparison before the start finds any difference. */
async function preparedAsBefore({ folded, spec, deps }: SavedCallOptions): Promise<PreparedCall | string> {
  const preparation = await prepare({ call: folded.call, input: folded.input, spec }, deps);
  if (!preparation.ok) return preparation.problem;
  const binding = folded.question?.binding ?? folded.start?.approved?.binding;
  return binding === undefined ? preparation.prepared : { ...preparation.prepared, ...binding };
}

function whyUnknown({ leftOvers }: SavedCallOptions): string {
  const first = 'the process ended while this call was running, so whether it had its effect is not known';
  return [first, ...leftOvers].join('; ');
}
