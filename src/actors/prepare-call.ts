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
import { sealFiles } from './sealed-files.ts';

export interface PrepareCallDeps {
  readonly clock: Clock;
  readonly ids: () => string;
  /** What nobody but a human may change, besides what is protected anyway; see `ownFiles`. */
  readonly own: readonly string[];
}

export function definePrepareCall(deps: PrepareCallDeps) {
  return fromPromise<Preparation, PrepareCallInput, HarnessEvent>(({ input }) => prepare(input, deps));
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
