/** Schemas of the requests and responses of the API, beyond those of `events.ts`. */
import * as z from 'zod';
import { AgentSummary, Envelope, Grant, PendingRelay, RelayAnswer } from '../events.ts';

/** Every error of the API. `code` is an `ErrorCode` or a code of the server. */
export const ApiError = z.object({
  error: z.object({
    code: z.string(),
    /** What is wrong, the value, and what to do. */
    message: z.string(),
    /** The rejected field, as a dotted path. */
    path: z.string().optional(),
  }),
});
export type ApiError = z.infer<typeof ApiError>;

/** The team as of entry `seq`. Folding later entries into it gives every later state. */
export const TeamState = z.object({
  seq: z.number().int().nonnegative(),
  agents: z.array(AgentSummary),
  relays: z.array(PendingRelay),
  grants: z.array(Grant),
});
export type TeamState = z.infer<typeof TeamState>;

/** A model that a start request may name. */
export const ModelOption = z.object({
  /** The value of `model` in a start request. */
  id: z.string(),
  title: z.string(),
  /** The only goal of this model; a start request cannot change it. */
  goal: z.string().optional(),
});
export type ModelOption = z.infer<typeof ModelOption>;

/** What a server serves. */
export const SessionInfo = z.object({
  version: z.string(),
  /** The folder in which agents work. */
  workspace: z.string(),
  /** The file that records the run; absent when it is in memory only. */
  journal: z.string().optional(),
  models: z.array(ModelOption),
  /** Whether "always" can be kept for later runs. */
  canSave: z.boolean(),
});
export type SessionInfo = z.infer<typeof SessionInfo>;

/** A request to start agents. */
export const StartRequest = z.strictObject({
  goal: z.string().trim().min(1, 'describe the goal').max(100_000),
  model: z.string().optional(),
  name: z.string().trim().min(1).max(100).optional(),
});
export type StartRequest = z.infer<typeof StartRequest>;

/** The ids of the started agents. */
export const Started = z.object({ agentIds: z.array(z.string()) });

/** A message to a running agent. */
export const SteerRequest = z.strictObject({ message: z.string().trim().min(1).max(100_000) });

/** A request to stop an agent. */
export const KillRequest = z.strictObject({ reason: z.string().max(10_000).optional() });

/** Several answers at once. */
export const GroupAnswer = z.strictObject({
  answers: z
    .array(z.strictObject({ relayId: z.string(), answer: RelayAnswer }))
    .min(1)
    .max(1000),
});

/** The result of an answer. Not accepted: another answer was first, the agent has ended, or the edited input does not fit. */
export const AnswerResult = z.object({ relayId: z.string(), accepted: z.boolean(), reason: z.string().optional() });
export type AnswerResult = z.infer<typeof AnswerResult>;

/** Entries of one agent, in order. */
export const Thread = z.object({
  entries: z.array(Envelope),
  /** Whether there are entries before the first of these. */
  more: z.boolean(),
});
export type Thread = z.infer<typeof Thread>;

/** The machine of an agent or a call, its state, and its last transitions. */
export const ActorState = z.object({
  id: z.string(),
  machine: z.string(),
  /** Dotted paths of the active states, outermost first. */
  active: z.array(z.string()),
  transitions: z.array(
    z.object({ at: z.number(), event: z.string(), from: z.array(z.string()), to: z.array(z.string()) }),
  ),
  /** The arrows of the chart that were taken last, as dotted paths. */
  lastMoves: z.array(z.object({ from: z.string(), to: z.string() })),
});
export type ActorState = z.infer<typeof ActorState>;

/** Whether a request changed something. */
export const Done = z.object({ done: z.boolean() });

/** Schemas with a name in the OpenAPI document. */
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
