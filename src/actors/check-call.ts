/**
 * Checks a call, decides it, and prepares it for a question. A call that cannot run never reaches a human; a call that rules
 * alone decide is decided in the step that checks it.
 */
import { type AnyActorRef, assign, fromPromise } from 'xstate';
import { callDigest } from '../calls/call-digest.ts';
import { callRequest, callRequestNow, type CallToJudge, subjectsNow } from '../calls/call-request.ts';
import { alteredFiles, sealFiles } from '../calls/sealed-files.ts';
import type { HarnessEvent } from '../events.ts';
import { endings } from '../machines/call-endings.ts';
import type { Preparation, PreparedCall, Verification } from '../machines/call-entities.ts';
import { consumes, decideInContext } from '../machines/decide-in-context.ts';
import type { ToolCallActors } from '../machines/machine-types.ts';
import type { OrchestratorContext } from '../machines/orchestrator-context.ts';
import { isFirstCheck, type PrepareCallInput, type ToolCallContext } from '../machines/tool-call-context.ts';
import type { CallRequest } from '../permissions/call.ts';
import { type CheckResult, outcomeOf, resultOf } from './scheduler.ts';
import type { FindServices, Services } from './services.ts';

/** The services that checks need. */
export type CheckServices = Pick<Services, 'clock' | 'ids' | 'own' | 'scheduler'>;

/** Neither ended nor decided: the call is prepared for the orchestrator. */
const UNDECIDED: Partial<ToolCallContext> = { prepared: undefined, decidedBy: undefined };

/**
 * The action `checkCall`. Applies the orchestrator's rules and grants by a function call. It leaves to the orchestrator what
 * asks a human and what uses something up, and to the actor `prepareCall` the tools that only answer asynchronously.
 */
export function defineCheckCall(find: FindServices<CheckServices>) {
  return assign(({ context, self }: { context: ToolCallContext; self: AnyActorRef }): Partial<ToolCallContext> => {
    if (context.limited !== undefined) return { ending: endings.limited(context.limited) };
    const { clock, own, scheduler } = find(self.system);
    // a scheduler chooses when checks take effect, so none happens at once
    if (scheduler !== undefined || !isFirstCheck(context)) return UNDECIDED;
    const orchestrator = rulesOf(context.orchestrator);
    if (orchestrator === undefined) return UNDECIDED;
    const checked = callRequestNow(callToJudge(context, own));
    if (checked === undefined) return UNDECIDED;
    if (!checked.ok) return { ending: endings.refused(checked.problem) };
    const { tool, input, request } = checked;
    const decision = decideInContext(orchestrator, { request, layers: context.spec.layers }, clock.now());
    if (decision.type === 'deny') return { ending: endings.denied(decision) };
    if (decision.type === 'ask' || consumes(decision.consume)) return UNDECIDED;
    return { prepared: { tool, input, request }, decidedBy: decision.decidedBy };
  });
}

/** The root's context; `undefined` for another actor in its place. */
function rulesOf(orchestrator: ToolCallContext['orchestrator']): OrchestratorContext | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the root has pools in its context
  const { context } = orchestrator.getSnapshot() as { readonly context?: OrchestratorContext };
  return context !== undefined && 'pools' in context ? context : undefined;
}

const callToJudge = ({ call, input, spec }: PrepareCallInput, own: readonly string[]): CallToJudge => ({
  tool: call.name,
  input,
  tools: spec.tools,
  caller: {
    callId: call.id,
    rawCallId: call.rawId,
    agentId: spec.identity.id,
    lineage: spec.identity.lineage,
  },
  workspace: spec.workspace,
  own,
});

/** The actor `prepareCall`: the check, and all that a question needs. */
export function definePrepareCall(find: FindServices<CheckServices>): ToolCallActors['prepareCall'] {
  return fromPromise<Preparation, PrepareCallInput, HarnessEvent>(async ({ input, system }) => {
    const services = find(system);
    const arrive = services.scheduler?.begin({ kind: 'check', id: input.call.id });
    const preparation = await outcomeOf(prepare(input, services), arrive);
    if (arrive === undefined) return preparation;
    const found = await arrive({ found: resultOf(preparation) });
    return preparationOf(found?.of === 'check' ? found : resultOf(preparation), input, services);
  });
}

/** A check whose result takes effect now. */
function preparationOf(
  found: Extract<CheckResult, { of: 'check' }>,
  { call, spec }: PrepareCallInput,
  { ids, clock }: CheckServices,
): Preparation {
  if (!found.ok) return { ok: false, problem: found.problem };
  const { of: _of, ok: _ok, ...data } = found;
  const tool = spec.tools.find(({ name }) => name === call.name);
  if (tool === undefined) return { ok: false, problem: `There is no tool "${call.name}".` };
  return { ok: true, prepared: { ...data, tool, relayId: ids(), at: clock.now() } };
}

/** Checks a call and collects what a question about it needs. */
export async function prepare(
  given: PrepareCallInput,
  { clock, ids, own }: Pick<CheckServices, 'clock' | 'ids' | 'own'>,
): Promise<Preparation> {
  const judged = await callRequest(callToJudge(given, own));
  if (!judged.ok) return judged;
  const { tool, input, request, proposal } = judged;
  const { agentId, subjects } = request;
  const { workspace } = given.spec;
  return {
    ok: true,
    prepared: {
      tool,
      input,
      request,
      proposal,
      digest: callDigest({ tool: tool.name, input, workspace, subjects }),
      files: await sealFiles(tool, input, { agentId, workspace }),
      relayId: ids(),
      at: clock.now(),
    },
  };
}

/** The actor `verifyCall`: compares a call that waited with what was approved. */
export function defineVerifyCall(find: FindServices<CheckServices>): ToolCallActors['verifyCall'] {
  return fromPromise<Verification, PreparedCall, HarnessEvent>(async ({ input, system }) => {
    const { clock, ids, own, scheduler } = find(system);
    const arrive = scheduler?.begin({ kind: 'verify', id: input.request.callId });
    const compared = await outcomeOf(compare(input, own), arrive);
    const found = await arrive?.({ found: { of: 'verify', ...compared } });
    const { moved, altered } = found?.of === 'verify' ? found : compared;
    return { moved, altered, at: clock.now(), relayId: ids() };
  });
}

async function compare({ tool, input, request, digest, files }: PreparedCall, own: readonly string[]) {
  const { agentId, workspace } = request;
  const context = { agentId, workspace };
  const subjects = await subjectsNow({ tool, input, context, own });
  const isSame = callDigest({ tool: tool.name, input, workspace, subjects }) === digest;
  const altered = files === undefined ? [] : alteredFiles(files, await sealFiles(tool, input, context));
  return { moved: isSame ? [] : movedPaths(request, subjects), altered };
}

type Subjects = CallRequest['subjects'];

/** One sentence for each path that leads elsewhere now; at least one sentence. */
function movedPaths({ subjects: before }: CallRequest, now: Subjects | Error): readonly string[] {
  const sentences: string[] = [];
  if (now !== null && !(now instanceof Error)) {
    for (const [index, subject] of (before ?? []).entries()) {
      for (const [key, real] of [
        ['path', 'realPath'],
        ['cwd', 'realCwd'],
      ] as const) {
        const leads = now[index]?.[real];
        if (typeof leads !== 'string' || leads === subject[real]) continue;
        sentences.push(`${String(subject[key])} led to ${String(subject[real])} and now leads to ${leads}`);
      }
    }
  }
  return sentences.length > 0 ? sentences : ['what this call touches is not what it was when the call was checked'];
}
