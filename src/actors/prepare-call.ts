/**
 * Checks a call before anybody is asked about it: the tool is known, its schema takes the arguments, and what it would
 * touch is worked out. A call that cannot run never reaches a human.
 */
import { fromPromise } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { PrepareCallInput, Preparation } from '../machines/tool-call-context.ts';
import { callDigest } from './call-digest.ts';
import { callRequest } from './call-request.ts';
import type { Clock } from './clock.ts';

export interface PrepareCallDeps {
  readonly clock: Clock;
  readonly ids: () => string;
}

export function definePrepareCall(deps: PrepareCallDeps) {
  return fromPromise<Preparation, PrepareCallInput, HarnessEvent>(({ input }) => prepare(input, deps));
}

async function prepare(given: PrepareCallInput, { clock, ids }: PrepareCallDeps): Promise<Preparation> {
  const { call, agent, tools, workspace } = given;
  const judged = await callRequest({
    tool: call.name,
    input: given.input,
    tools,
    caller: { callId: call.id, rawCallId: call.rawId, agentId: agent.id, lineage: agent.lineage },
    workspace,
  });
  if (!judged.ok) return judged;
  const { tool, input, request, proposal } = judged;
  const digest = callDigest({ tool: tool.name, input, workspace });
  return { ok: true, prepared: { tool, input, request, proposal, digest, relayId: ids(), at: clock.now() } };
}
