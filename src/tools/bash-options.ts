/** What the tool `bash` can be given. */
import * as z from 'zod';
import { GreenroomError } from '../errors.ts';
import { PathInput } from './workspace-path.ts';

/** How commands are walled in. */
export interface BashToolOptions {
  /**
   * `bwrap`: every command runs in a sandbox, and none runs where there is no working bubblewrap. `auto`: in a sandbox
   * where that works, else without, which `warn` is told. `none` (default): with all the rights of this process.
   */
  readonly sandbox?: 'auto' | 'bwrap' | 'none';
  /** Whether commands in the sandbox share this machine's network. Default false: they have none. */
  readonly network?: boolean;
  /**
   * Further paths that commands in the sandbox cannot change, absolute or relative to the workspace. One that does not
   * exist cannot be made either; one that ends in `/` is a folder.
   */
  readonly protect?: readonly string[];
  /**
   * Guarded paths that commands in the sandbox may read and change all the same, with everything below, absolute or
   * relative to the workspace: `['.env', 'node_modules/.bin']`.
   */
  readonly unprotect?: readonly string[];
  /** Told once that `auto` found no working sandbox. Default: a process warning (`GREENROOM_NO_SANDBOX`). */
  readonly warn?: (message: string) => void;
}

const Options = z.strictObject({
  sandbox: z.enum(['auto', 'bwrap', 'none']).default('none'),
  network: z.boolean().default(false),
  protect: z.array(PathInput).default([]),
  unprotect: z.array(PathInput).default([]),
  warn: z
    .custom<(message: string) => void>((value) => typeof value === 'function', 'not a function')
    .default(() => (message: string) => process.emitWarning(message, { code: 'GREENROOM_NO_SANDBOX' })),
});

/** @throws GreenroomError `invalid_params`; `path` names the option. */
export function bashOptions(options: BashToolOptions): z.output<typeof Options> {
  const parsed = Options.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new GreenroomError('invalid_params', `createBashTool(): ${path}: ${issue?.message ?? 'invalid'}`, { path });
}

/** What the model should know of the sandbox. */
export function sandboxNote(sandbox: 'auto' | 'bwrap', network: boolean): string {
  const where = sandbox === 'bwrap' ? 'Commands run' : 'Commands may run';
  const reach = network ? '' : ', and there is no network';
  return `${where} in a sandbox: only the workspace and /tmp can be written, /tmp is empty and lasts for one call${reach}.`;
}
