/** Tools: plain objects that get arguments and a context. They import no XState and know no machine. */
import { GreenroomError } from '../errors.ts';
import type { AgentOutcome, Content, ToolEffect, ToolPermission } from '../events.ts';
import type { AgentFileTime } from './file-time.ts';
import { fitsSchema, type SchemaOutput, schemaProblem, type ToolSchema } from './tool-schema.ts';

/** The result of `execute`: `context` is what the model reads, `result` is for programs. */
export interface ToolOutput<R = unknown> {
  readonly context?: Content;
  readonly result?: R;
}

/** A subagent to start. The parent's value is the default of each field. */
export interface SubagentParams {
  readonly task: string;
  readonly name?: string;
  /** Names out of the parent's tools. */
  readonly tools?: readonly string[];
  readonly model?: string;
  /** Replaces the system message that the child would get. */
  readonly system?: string;
}

/** The outcome of a subagent, and its id. */
export interface SubagentOutcome extends AgentOutcome {
  readonly agentId: string;
}

/** The context of the permission functions of a tool. */
export interface PermissionContext {
  readonly agentId: string;
  /** Absolute real path of the workspace root. */
  readonly workspace: string;
}

/** The context of a running call. */
export interface ToolContext extends PermissionContext {
  /** The full id of this call, `<agentId>/<raw id>`. Its events carry it, and a subagent that it starts has it as `parentId`. */
  readonly callId: string;
  /** Aborts when the call is cancelled. The tool must stop its work and its processes then. */
  readonly signal: AbortSignal;
  /** This agent's view of the shared file table. */
  readonly fileTime: AgentFileTime;
  /** The subjects of this call with real paths, as permissions judged them. Absent where no permission applied. */
  readonly judged?: readonly Subject[] | null;
  /** Streams output while the call runs; default stream `status`. */
  progress(content: string, stream?: 'stdout' | 'stderr' | 'status'): void;
  /**
   * Records a lasting effect before the call has it: a process, or a change of several files. After a crash the process is
   * ended, and an incomplete change is put back. Stored when this returns, if the journal is on disk.
   * @throws ToolError when it cannot be recorded: the call must stop then.
   */
  effect(effect: ToolEffect): void;
  /**
   * Starts a subagent and waits for its end. Does not reject when the subagent failed: see `status`.
   * @throws ToolError with status `limited` when a limit forbids it: no subagent is started then.
   */
  spawn(params: SubagentParams): Promise<SubagentOutcome>;
}

/** One thing a call touches, as named strings that rules match: `{ command }`, `{ path }` … */
export type Subject = Readonly<Record<string, unknown>>;

/** A tool that a model can call. */
export interface Tool<S extends ToolSchema = ToolSchema, R = unknown> {
  readonly name: string;
  readonly description: string;
  /**
   * Parses the arguments before anything else happens: defaults are applied, unknown keys refused where the schema refuses
   * them. A Zod 4 schema, or one of any library that follows Standard Schema v1 and Standard JSON Schema v1.
   */
  readonly schema: S;
  /**
   * True when running it twice is the same as once (read, search): after a crash a call that was running is run again without
   * a question. Subagents that it had started are handed to it again. Default false.
   */
  readonly idempotent?: boolean;
  /** Does the work. Throw `ToolError` for failures the model should read about. */
  execute(input: SchemaOutput<S>, ctx: ToolContext): Promise<ToolOutput<R>> | ToolOutput<R>;
  /** The rule "always" would save; `null` when it cannot be made permanent. Default: exactly these arguments. */
  derivePermission?(
    input: SchemaOutput<S>,
    ctx: PermissionContext,
  ): ToolPermission | readonly ToolPermission[] | null | Promise<ToolPermission | readonly ToolPermission[] | null>;
  /**
   * The files whose content decides what the call does (scripts it runs, files it changes), absolute or relative to the
   * workspace. When one of them changes while a human is asked, the call asks again. Default: none.
   */
  files?(input: SchemaOutput<S>, ctx: PermissionContext): readonly string[];
  /**
   * What the call touches; `null` when that is unknown (the call asks). Default: its parameters.
   * Throw `ToolError` for a call that cannot run: the model reads the message, and no human is asked.
   */
  subjects?(
    input: SchemaOutput<S>,
    ctx: PermissionContext,
  ): readonly Subject[] | null | Promise<readonly Subject[] | null>;
}

/**
 * Gives `execute` its argument types from the schema, and returns the tool unchanged.
 * @throws GreenroomError `invalid_params` for a schema that gives no JSON Schema.
 */
export function defineTool<S extends ToolSchema, R>(tool: Tool<S, R>): Tool<S, R> {
  const problem = schemaProblem(tool.schema);
  if (problem === undefined) return tool;
  throw new GreenroomError('invalid_params', `defineTool(): schema of "${tool.name}": ${problem}.`, { path: 'schema' });
}

/** Whether arguments pass the schema of the tool of this name. A tool that is not among `tools` takes any object. */
export function fitsTool(tools: readonly Tool[] | undefined, name: string, input: unknown): boolean {
  const tool = tools?.find((one) => one.name === name);
  return tool === undefined ? typeof input === 'object' && input !== null : fitsSchema(tool.schema, input);
}
