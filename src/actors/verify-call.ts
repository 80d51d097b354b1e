/** Looks again right before a call starts: what was judged must be what runs. */
import { fromPromise } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { PreparedCall } from '../machines/protocol.ts';
import { callDigest } from './call-digest.ts';

export function defineVerifyCall() {
  return fromPromise<{ same: boolean }, PreparedCall, HarnessEvent>(
    async ({ input: { tool, input, request, digest } }) => ({
      same: callDigest({ tool: tool.name, input, workspace: request.workspace }) === digest,
    }),
  );
}
