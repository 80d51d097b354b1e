/** The `bash` tool of a run, sandboxed where the machine allows it. */
import { checkSandbox, createBashTool, GreenroomError } from '../../index.ts';
import type { OutputFlags } from '../options.ts';

export interface BashChoice {
  readonly tool: ReturnType<typeof createBashTool>;
  /** Required again when the session is resumed. Absent: no sandbox was available. */
  readonly sandbox?: 'none' | 'bwrap';
  /** Says that commands run without a sandbox, when the flags did not request that. */
  readonly notice?: string;
}

interface SandboxFlags {
  readonly sandbox?: OutputFlags['sandbox'] | undefined;
  readonly sandboxNetwork?: boolean | undefined;
}

/** @throws GreenroomError `invalid_params` when the flags require a sandbox and none is available. */
export async function chooseBash({ sandbox, sandboxNetwork }: SandboxFlags): Promise<BashChoice> {
  if (sandbox === 'none') {
    if (sandboxNetwork !== true) return { tool: createBashTool(), sandbox };
    throw new GreenroomError(
      'invalid_params',
      '--sandbox-network has no effect with --sandbox none. Remove one of them.',
    );
  }
  const found = await checkSandbox();
  if (found.available) {
    return { tool: createBashTool({ sandbox: 'bwrap', network: sandboxNetwork === true }), sandbox: 'bwrap' };
  }
  if (sandbox === 'bwrap') {
    throw new GreenroomError('invalid_params', `--sandbox bwrap: ${found.reason}. Fix that, or use --sandbox none.`);
  }
  return { tool: createBashTool(), notice: `Commands run without a sandbox: ${found.reason}.` };
}
