/** What the API takes and gives, beyond the vocabulary of `events.ts`. */
import * as z from 'zod';
import { AgentSummary, Envelope, Grant, PendingRelay, RelayAnswer } from '../events.ts';

/** What every refusal and failure looks like. `code` is one of `ErrorCode`, or of the server's own. */
export const ApiError = z.object({
  error: z.object({
    code: z.string(),
    /** What happened, which value, and what to do. */
    message: z.string(),
    /** The field at fault, dotted. */
    path: z.string().optional(),
  }),
});
export type ApiError = z.infer<typeof ApiError>;

/** The team at one moment. Folding the entries after `seq` into it gives every later moment. */
export const TeamState = z.object({
  seq: z.number().int().nonnegative(),
  agents: z.array(AgentSummary),
  relays: z.array(PendingRelay),
  grants: z.array(Grant),
});
export type TeamState = z.infer<typeof TeamState>;

/** A model that a start may name. */
export const ModelOption = z.object({
  /** What `model` of a start is then. */
  id: z.string(),
  title: z.string(),
  /** It has this one goal, and no other can be given. */
  goal: z.string().optional(),
});
export type ModelOption = z.infer<typeof ModelOption>;

/** What this server is serving. */
export const SessionInfo = z.object({
  version: z.string(),
  /** Where agents work. */
  workspace: z.string(),
  /** Where it is recorded; absent: in memory only. */
  journal: z.string().optional(),
  models: z.array(ModelOption),
  /** Whether "always" can be kept for later runs. */
  canSave: z.boolean(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

/** What is to be done, and by which model. */
export const StartRequest = z.strictObject({
  goal: z.string().trim().min(1, 'say what is to be done').max(100_000),
  model: z.string().optional(),
  name: z.string().trim().min(1).max(100).optional(),
});
export type StartRequest = z.infer<typeof StartRequest>;

/** The agents that were started. */
export const Started = z.object({ agentIds: z.array(z.string()) });

/** A message to a running agent. */
export const SteerRequest = z.strictObject({ message: z.string().trim().min(1).max(100_000) });

/** Why an agent is ended. */
export const KillRequest = z.strictObject({ reason: z.string().max(10_000).optional() });

/** Several answers at once. */
export const GroupAnswer = z.strictObject({
  answers: z
    .array(z.strictObject({ relayId: z.string(), answer: RelayAnswer }))
    .min(1)
    .max(1000),
});

/** What became of an answer: `false`, somebody else was first, or the edited input does not fit. */
export const AnswerResult = z.object({ relayId: z.string(), accepted: z.boolean(), reason: z.string().optional() });
export type AnswerResult = z.infer<typeof AnswerResult>;

/** Entries of one agent, in their order. */
export const Thread = z.object({
  entries: z.array(Envelope),
  /** There are earlier ones than the first of these. */
  more: z.boolean(),
});
export type Thread = z.infer<typeof Thread>;

/** What machine runs an agent or a call, the state it is in, and what brought it there. */
export const ActorState = z.object({
  id: z.string(),
  machine: z.string(),
  /** Dotted paths of the states that are active, outermost first. */
  active: z.array(z.string()),
  transitions: z.array(
    z.object({ at: z.number(), event: z.string(), from: z.array(z.string()), to: z.array(z.string()) }),
  ),
});
export type ActorState = z.infer<typeof ActorState>;

/** The server took it. */
export const Done = z.object({ done: z.boolean() });

/** Names in the OpenAPI document. */
const NAMED = {
  AgentSummary,
  Envelope,
  Grant,
  PendingRelay,
  RelayAnswer,
  ApiError,
  TeamState,
  SessionInfo,
  StartRequest,
  Thread,
  ActorState,
  AnswerResult,
};
for (const [id, schema] of Object.entries(NAMED)) z.globalRegistry.add(schema, { id });
