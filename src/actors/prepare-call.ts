/**
 * Checks a call before anybody is asked about it: the tool is known, its schema takes the arguments, and what it would
 * touch is worked out. A call that cannot run never reaches a human.
 */
import { fromPromise } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { PrepareCallInput, Preparation } from '../machines/tool-call-context.ts';
import { callDigest } from '../calls/call-digest.ts';
import { callRequest } from '../calls/call-request.ts';
import type { Clock } from './clock.ts';
import { type CheckResult, outcomeOf, resultOf, type Scheduler } from './scheduler.ts';
import { sealFiles } from '../calls/sealed-files.ts';

export interface PrepareCallDeps {
  readonly clock: Clock;
  readonly ids: () => string;
  /** What nobody but a human may change, besides what is protected anyway; see `ownFiles`. */
  readonly own: readonly string[];
  readonly scheduler?: Scheduler;
}

export function definePrepareCall(deps: PrepareCallDeps) {
  return fromPromise<Preparation, PrepareCallInput, HarnessEvent>(async ({ input }) => {
    const arrive = deps.scheduler?.begin({ kind: 'check', id: input.call.id });
    const preparation = await outcomeOf(prepare(input, deps), arrive);
    if (arrive === undefined) return preparation;
    const found = await arrive({ found: resultOf(preparation) });
    return asOf(found?.of === 'check' ? found : resultOf(preparation), input, deps);
  });
}

/** A check that was let in now. */
function asOf(
  found: Extract<CheckResult, { of: 'check' }>,
  { call, tools }: PrepareCallInput,
  deps: PrepareCallDeps,
): Preparation {
  if (!found.ok) return { ok: false, problem: found.problem };
  const { of: _of, ok: _ok, ...data } = found;
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) return { ok: false, problem: `There is no tool "${call.name}".` };
  return { ok: true, prepared: { ...data, tool, relayId: deps.ids(), at: deps.clock.now() } };
}

/** What the actor does, for those who only want to know. */
export async function prepare(given: PrepareCallInput, { clock, ids, own }: PrepareCallDeps): Promise<Preparation> {
  const { call, agent, tools, workspace } = given;
  const judged = await callRequest({
    tool: call.name,
    input: given.input,
    tools,
    caller: { callId: call.id, rawCallId: call.rawId, agentId: agent.id, lineage: agent.lineage },
    workspace,
    own,
  });
  if (!judged.ok) return judged;
  const { tool, input, request, proposal } = judged;
  const { subjects } = request;
  return {
    ok: true,
    prepared: {
      tool,
      input,
      request,
      proposal,
      digest: callDigest({ tool: tool.name, input, workspace, subjects }),
      files: await sealFiles(tool, input, { agentId: agent.id, workspace }),
      relayId: ids(),
      at: clock.now(),
    },
  };
}
