/** The `bash` of a command: in a sandbox where there is one. */
import { checkSandbox, createBashTool, GreenroomError } from '../index.ts';
import type { OutputFlags } from './flags.ts';

export interface WalledBash {
  readonly tool: ReturnType<typeof createBashTool>;
  /** What a run that comes back has to insist on. Absent: there was none to be had. */
  readonly sandbox?: 'none' | 'bwrap';
  /** What the human has to know: there is no sandbox, and nobody asked for none. */
  readonly notice?: string;
}

interface WallFlags {
  readonly sandbox?: OutputFlags['sandbox'] | undefined;
  readonly sandboxNetwork?: boolean | undefined;
}

/** @throws GreenroomError `invalid_params` when a sandbox was asked for and there is none. */
export async function walledBash({ sandbox, sandboxNetwork }: WallFlags): Promise<WalledBash> {
  if (sandbox === 'none') {
    if (sandboxNetwork !== true) return { tool: createBashTool(), sandbox };
    throw new GreenroomError('invalid_params', '--sandbox-network means nothing with --sandbox none. Leave one out.');
  }
  const found = await checkSandbox();
  if (found.available) {
    return { tool: createBashTool({ sandbox: 'bwrap', network: sandboxNetwork === true }), sandbox: 'bwrap' };
  }
  if (sandbox === 'bwrap') {
    throw new GreenroomError('invalid_params', `--sandbox bwrap: ${found.reason}. Repair that, or use --sandbox none.`);
  }
  return { tool: createBashTool(), notice: `Commands run without a sandbox: ${found.reason}.` };
}
