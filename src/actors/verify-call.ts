/** Looks again right before a call starts: what was judged must be what runs. */
import { fromPromise } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { PreparedCall, Verification } from '../machines/protocol.ts';
import type { CallRequest } from '../permissions/call.ts';
import { callDigest } from '../calls/call-digest.ts';
import { subjectsNow } from '../calls/call-request.ts';
import type { PrepareCallDeps } from './prepare-call.ts';
import { outcomeOf } from './scheduler.ts';
import { alteredFiles, sealFiles } from '../calls/sealed-files.ts';

export function defineVerifyCall(deps: PrepareCallDeps) {
  return fromPromise<Verification, PreparedCall, HarnessEvent>(async ({ input }) => {
    const arrive = deps.scheduler?.begin({ kind: 'verify', id: input.request.callId });
    const looked = await outcomeOf(look(input, deps), arrive);
    const found = await arrive?.({ found: { of: 'verify', ...looked } });
    const { moved, altered } = found?.of === 'verify' ? found : looked;
    return { moved, altered, at: deps.clock.now(), relayId: deps.ids() };
  });
}

async function look({ tool, input, request, digest, files }: PreparedCall, deps: PrepareCallDeps) {
  const { agentId, workspace } = request;
  const context = { agentId, workspace };
  const subjects = await subjectsNow({ tool, input, context, own: deps.own });
  const isSame = callDigest({ tool: tool.name, input, workspace, subjects }) === digest;
  const altered = files === undefined ? [] : alteredFiles(files, await sealFiles(tool, input, context));
  const moved = isSame ? [] : movedPaths(request, subjects);
  return { moved, altered };
}

type Subjects = CallRequest['subjects'];

/** Where paths lead now, in words; at least one sentence. */
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
