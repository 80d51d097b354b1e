/** Facts of the record from which a session is resumed after a crash. Applications need none of them, except `ToolEffect`. */
import * as z from 'zod';
import { Limits } from './agents.ts';
import { Message } from './messages.ts';
import { Permissions, ToolPermission } from './permissions.ts';

/**
 * The data that an agent was made with: enough to resume it after a restart. Tools, model objects and harnesses are code;
 * they are kept by name.
 * @internal
 */
export const AgentSetup = z.object({
  /** The history it started from. */
  messages: z.array(Message),
  /** Names of its tools. */
  tools: z.array(z.string()),
  /** In force, defaults included. */
  limits: Limits,
  /** How failed model calls are repeated; times in milliseconds. */
  retry: z.object({ maxAttempts: z.number(), baseMs: z.number(), maxMs: z.number() }),
  workspace: z.string(),
  /** The loop of this package around a model; otherwise an external harness. */
  loop: z.boolean(),
  /** Of an agent that the application started. A subagent has its parent's. */
  permissions: Permissions.optional(),
  /** The name of a harness that `spawn` was given for this agent alone; empty when it has none. */
  harness: z.string().optional(),
  /** The model was given as an object, not by its name. */
  modelObject: z.boolean().optional(),
});
export type AgentSetup = z.infer<typeof AgentSetup>;

/**
 * The uses that a call consumed when it was let run: of grants, and entries of the `allowOnce` that these agents were given.
 * @internal
 */
export const UsedUp = z.object({
  grants: z.array(z.string()),
  once: z.array(z.object({ agentId: z.string(), permission: ToolPermission })),
});
export type UsedUp = z.infer<typeof UsedUp>;

/**
 * A file at the time of a decision: equal seals mean equal contents.
 * @internal
 */
export const SealedFile = z.object({ path: z.string(), seal: z.string() });
export type SealedFile = z.infer<typeof SealedFile>;

/**
 * The state of a file that an agent knows from a call: the SHA-256 of its content, `null` for a file that does not exist.
 * @internal
 */
export const SeenFile = z.object({ path: z.string(), hash: z.string().nullable(), wrote: z.boolean().optional() });
export type SeenFile = z.infer<typeof SeenFile>;

/** A process, distinct from any later one of the same id and from those of other machines. */
export const ProcessIdentity = z.object({
  pid: z.number().int(),
  /** When it started, in the unit of the operating system. */
  started: z.string(),
  /** The machine, its boot, and the set of processes in which `pid` is numbered. */
  host: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** One file of a change of several: all of them are changed or none, also when the process is killed in between. */
export const PlannedChange = z.object({
  path: z.string(),
  /** Where the new content is written first; none for a removal. */
  next: z.string().optional(),
  /** Where the old content is kept until all are done; none for a file that is new. */
  backup: z.string().optional(),
  /** SHA-256 of the new content; `null` for a removal. */
  hash: z.string().nullable(),
});
export type PlannedChange = z.infer<typeof PlannedChange>;

/**
 * A lasting effect that a call is about to have, recorded before it: a process that leads a session of its own, or a change
 * of files. After a crash that process is ended, and that change is put back unless it is complete.
 */
export const ToolEffect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('process'), process: ProcessIdentity }),
  z.object({ kind: z.literal('files'), changes: z.array(PlannedChange), folders: z.array(z.string()) }),
]);
export type ToolEffect = z.infer<typeof ToolEffect>;
