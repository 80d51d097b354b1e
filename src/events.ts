/**
 * The vocabulary: Zod schemas of everything that crosses a boundary (stream, journal, API, harnesses), and the types
 * inferred from them.
 */
import * as z from 'zod';
import { AgentStatus, AgentSummary, Usage } from './schema/agents.ts';
import { Message } from './schema/messages.ts';
import { DecidedBy, Grant, ToolPermission } from './schema/permissions.ts';
import { AgentSetup, SealedFile, SeenFile, ToolEffect, UsedUp } from './schema/record.ts';
import { CallOutput, Covers, PendingRelay, RelayKind } from './schema/relays.ts';

export {
  AgentOutcome,
  AgentPhase,
  AgentState,
  AgentStatus,
  AgentSummary,
  Limits,
  OpenCall,
  Usage,
} from './schema/agents.ts';
export { AssistantMessage, Content, ContentPart, Message, ToolCall } from './schema/messages.ts';
export { DecidedBy, DenyRule, Grant, GrantScope, Permissions, ToolPermission } from './schema/permissions.ts';
export {
  AgentSetup,
  PlannedChange,
  ProcessIdentity,
  SealedFile,
  SeenFile,
  ToolEffect,
  UsedUp,
} from './schema/record.ts';
export { Always, CallOutput, Covers, NO_HUMAN, PendingRelay, RelayAnswer, RelayKind } from './schema/relays.ts';

const origin = { runId: z.string(), parentId: z.string().optional() };
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...origin, ...shape });

/** How a call ended. `unknown`: the process ended while it ran, and no human reported the outcome. */
export const CallStatus = z.enum(['ok', 'error', 'denied', 'cancelled', 'unknown', 'limited']);
export type CallStatus = z.infer<typeof CallStatus>;

const relayShape = {
  id: z.string(),
  kind: RelayKind,
  toolCallId: z.string(),
  tool: z.string(),
  params: z.unknown(),
};

/**
 * An event of an agent, as readers of the stream get it. All carry `runId`, the agent's id; those of a subagent also carry
 * `parentId`, the full id of the call that started it. `docs/events.md` says when each comes.
 */
export const HarnessEvent = z.discriminatedUnion('type', [
  event('harness_start', {
    name: z.string().optional(),
    path: z.array(z.string()).optional(),
    depth: z.number().int().nonnegative().optional(),
    model: z.string().optional(),
    /** @internal Kept for a restart. */
    setup: AgentSetup.optional(),
  }),
  event('message', { message: Message }),
  event('text', { id: z.string(), content: z.string() }),
  event('reasoning', { id: z.string(), content: z.string() }),
  event('tool_call', { id: z.string(), name: z.string(), input: z.unknown() }),
  event('relay', {
    ...relayShape,
    path: z.array(z.string()).optional(),
    why: z.string().optional(),
    proposal: z.array(ToolPermission).nullable().optional(),
    covers: Covers.nullable().optional(),
    releases: z.array(z.string()).optional(),
    askedAt: z.number().optional(),
    /** @internal What the answer binds to: a digest of tool, arguments and what they touch, and the files the call names. */
    binding: z.object({ digest: z.string(), files: z.array(SealedFile) }).optional(),
  }),
  event('relay_resolved', {
    relayId: z.string(),
    toolCallId: z.string(),
    approved: z.boolean(),
    /** `human`-given name, `grant`, `rule` or `cancel`. */
    by: z.string(),
    reason: z.string().optional(),
    /** The arguments with which the human replaced the model's. */
    input: z.unknown().optional(),
    /** Grants this answer made. */
    grants: z.array(Grant).optional(),
    waitedMs: z.number().optional(),
    /** The output that a human reported for a call of unknown outcome. */
    output: CallOutput.optional(),
  }),
  event('tool_start', {
    id: z.string(),
    decidedBy: DecidedBy.optional(),
    /** @internal What letting it run used up; kept for a restart. */
    used: UsedUp.optional(),
  }),
  event('tool_effect', { toolCallId: z.string(), effect: ToolEffect }),
  event('tool_progress', {
    toolCallId: z.string(),
    stream: z.enum(['stdout', 'stderr', 'status']),
    content: z.string(),
  }),
  event('tool_result', {
    id: z.string(),
    name: z.string(),
    output: CallOutput,
    status: CallStatus,
    decidedBy: DecidedBy.optional(),
    /** @internal The files it read or wrote, as this agent knows them now; kept for a restart. */
    files: z.array(SeenFile).optional(),
  }),
  event('usage', Usage.shape),
  event('turn', {
    number: z.number().int().positive(),
    /** The messages that this turn added to the history: those that were sent meanwhile, then the answer. */
    messages: z.array(Message),
    /** How many of the messages sent to this agent are among them. */
    taken: z.number().int().nonnegative(),
  }),
  event('turn_discarded', {
    /** Ids of the text and reasoning blocks to drop. */
    blocks: z.array(z.string()),
    attempt: z.number().int().positive(),
    reason: z.string(),
    retryInMs: z.number().nonnegative(),
  }),
  event('error', { code: z.string(), message: z.string() }),
  event('stopping', { status: AgentStatus, reason: z.string().optional() }),
  event('harness_end', {
    status: AgentStatus,
    text: z.string().optional(),
    usage: Usage.optional(),
    reason: z.string().optional(),
  }),
  event('grant_revoked', { grantId: z.string(), by: z.string() }),
  event('grant_used', { grantId: z.string(), toolCallId: z.string() }),
  event('resumed', {
    /** How often this session was resumed, this time included. */
    count: z.number().int().positive(),
    /** Agents that cannot continue because something that they need was not given again, and what that is. */
    parked: z.array(z.object({ agentId: z.string(), reason: z.string() })),
  }),
  event('resync', {
    agents: z.array(AgentSummary),
    relays: z.array(PendingRelay),
    grants: z.array(Grant),
  }),
]);
export type HarnessEvent = z.infer<typeof HarnessEvent>;

/** The event of one type: `HarnessEventOf<'relay'>`. */
export type HarnessEventOf<T extends HarnessEvent['type']> = Extract<HarnessEvent, { type: T }>;

/** The `agentId` of events that belong to no agent (`resync`, `grant_revoked`, `resumed`). */
export const ORCHESTRATOR_ID = 'orchestrator';

/** One entry of the stream: `seq` is global and without gaps, `at` is epoch milliseconds. */
export const Envelope = z.object({
  seq: z.number().int().positive(),
  at: z.number(),
  agentId: z.string(),
  event: HarnessEvent,
});
export type Envelope = z.infer<typeof Envelope>;
