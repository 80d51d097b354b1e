/** Agents as data: their limits, their use of tokens, their state and their end. */
import * as z from 'zod';

/** Ceilings of an agent and of the tree it starts. Durations in milliseconds. */
export const Limits = z.strictObject({
  /** How deep agents may nest; a root agent has depth 0. Default 3. */
  maxDepth: z.number().int().nonnegative().optional(),
  /** Agents alive at once in one tree. Default 100. */
  maxLiveAgents: z.number().int().positive().optional(),
  /** Agents ever started in one tree. Default 1000. */
  maxAgents: z.number().int().positive().optional(),
  /** Model turns of one agent. Default: the harness's `maxIterations`. */
  maxIterations: z.number().int().positive().optional(),
  /** Input plus output tokens of one agent. Default: none. */
  maxTokens: z.number().int().positive().optional(),
  /** Wall-clock life of one agent. Default: none. */
  maxDurationMs: z.number().positive().optional(),
});
export type Limits = z.infer<typeof Limits>;

/** Tokens, as the provider counted them. */
export const Usage = z.object({
  inputTokens: z.number().nonnegative(),
  outputTokens: z.number().nonnegative(),
  reasoningTokens: z.number().nonnegative().optional(),
  cachedInputTokens: z.number().nonnegative().optional(),
});
export type Usage = z.infer<typeof Usage>;

/** How an agent ended: with an answer, by a failure, by `kill` or `cleanup`, or at one of its limits. */
export const AgentStatus = z.enum(['completed', 'failed', 'cancelled', 'limited']);
export type AgentStatus = z.infer<typeof AgentStatus>;

/** How an agent ended. `text` is its last answer, or its text so far when it was stopped. */
export const AgentOutcome = z.object({
  status: AgentStatus,
  text: z.string(),
  usage: Usage,
  /** The reason, for every status but `completed`. */
  reason: z.string().optional(),
});
export type AgentOutcome = z.infer<typeof AgentOutcome>;

/** The top state of an agent's machine. `awaitingRelay`: at least one of its calls waits for a human. */
export const AgentState = z.enum(['running', 'awaitingRelay', 'done']);
export type AgentState = z.infer<typeof AgentState>;

/** A call that has no result yet. */
export const OpenCall = z.object({
  /** The full id, `<agentId>/<raw id>`. */
  id: z.string(),
  tool: z.string(),
  /** Whether it has started; otherwise it is being checked or waits for an answer. */
  running: z.boolean(),
});
export type OpenCall = z.infer<typeof OpenCall>;

/** The activity of an agent's model. */
export const AgentPhase = z.enum(['thinking', 'reasoning', 'writing']);
export type AgentPhase = z.infer<typeof AgentPhase>;

/** An agent as a list shows it. */
export const AgentSummary = z.object({
  id: z.string(),
  /** The full id of the tool call that started this agent. Absent for an agent that the application started. */
  parentId: z.string().optional(),
  name: z.string(),
  /** Agent names from the root to this agent. */
  path: z.array(z.string()),
  state: AgentState,
  /** How it ended. Absent while it runs. */
  status: AgentStatus.optional(),
  usage: Usage,
  /** When it started and ended, epoch milliseconds. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** The `seq` of its end. Of more than 1000 ended agents, those that ended first are dropped first. */
  endSeq: z.number().optional(),
  /** Absent once it is done. */
  phase: AgentPhase.optional(),
  /** Its calls that have no result yet, in the order they were made; absent when there are none. */
  calls: z.array(OpenCall).optional(),
});
export type AgentSummary = z.infer<typeof AgentSummary>;
