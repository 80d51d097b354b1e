/**
 * The vocabulary: Zod schemas of everything that crosses a boundary (stream, journal, API, harnesses), and the types
 * inferred from them. Nothing here does anything.
 */
import * as z from 'zod';

// ---------------------------------------------------------------- messages

/** A piece of text. */
export const TextPart = z.object({ type: z.literal('text'), text: z.string() });
/** An image: `data` is base64 (or an http(s)/data URL), `mediaType` e.g. `image/png`. */
export const ImagePart = z.object({ type: z.literal('image'), data: z.string(), mediaType: z.string() });
/** Another file, e.g. a PDF: `data` is base64 (or an http(s)/data URL). */
export const FilePart = z.object({
  type: z.literal('file'),
  data: z.string(),
  mediaType: z.string(),
  filename: z.string().optional(),
});
/** A model's reasoning; `providerMetadata` is opaque and is sent back as it came. */
export const ReasoningPart = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  providerMetadata: z.record(z.string(), z.unknown()).optional(),
});

export const ContentPart = z.discriminatedUnion('type', [TextPart, ImagePart, FilePart]);
export type ContentPart = z.infer<typeof ContentPart>;
export const Content = z.union([z.string(), z.array(ContentPart)]);
/** What a user says or a tool answers: text, or parts when there is more than text. */
export type Content = z.infer<typeof Content>;

/** A call as it stands in the model's own history: `id` is the raw id the model gave. */
export const ToolCall = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** The parsed arguments; the raw string when the model wrote something that is not JSON. */
  arguments: z.unknown(),
  /** Opaque provider data of this call (e.g. thought signatures), sent back as it came. */
  providerMetadata: z.record(z.string(), z.unknown()).optional(),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const AssistantMessage = z.object({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.null(), z.array(z.discriminatedUnion('type', [TextPart, ReasoningPart]))]),
  tool_calls: z.array(ToolCall).optional(),
});
export type AssistantMessage = z.infer<typeof AssistantMessage>;

export const Message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: Content }),
  AssistantMessage,
  z.object({
    role: z.literal('tool'),
    tool_call_id: z.string().min(1),
    content: Content,
    /** The call did not give what was asked for; providers that can are told so. Default false. */
    is_error: z.boolean().optional(),
  }),
]);
/** One entry of an agent's history. */
export type Message = z.infer<typeof Message>;

// ---------------------------------------------------------------- permissions

/**
 * A rule: this tool, with parameters that match these patterns. Without `params` it covers every call of the tool.
 * With `exact` the params are literal values and the call must have these arguments and no others.
 */
export const ToolPermission = z.strictObject({
  tool: z.string().min(1),
  params: z.record(z.string(), z.unknown()).optional(),
  exact: z.boolean().optional(),
});
export type ToolPermission = z.infer<typeof ToolPermission>;

/** A deny entry: a pattern, or one call by its id (raw, or `<agentId>/<raw>`). `reason` is shown to the model. */
export const DenyRule = z.union(
  [
    z.strictObject({ toolCallId: z.string().min(1), reason: z.string().optional() }),
    ToolPermission.extend({ reason: z.string().optional() }),
  ],
  'a deny entry is a rule { tool, params? } or one call { toolCallId }, each with an optional reason',
);
export type DenyRule = z.infer<typeof DenyRule>;

export const Permissions = z.strictObject({
  deny: z.array(DenyRule).optional(),
  allowlist: z.array(ToolPermission).optional(),
  allowOnce: z.array(ToolPermission).optional(),
});
export type Permissions = z.infer<typeof Permissions>;

export const GrantScope = z.enum(['all', 'subtree', 'agent']);
export type GrantScope = z.infer<typeof GrantScope>;

/** A standing permission, made when a human answers "always". Times are epoch milliseconds. */
export const Grant = z.object({
  id: z.string(),
  permission: ToolPermission,
  scope: GrantScope,
  /** The agent it was given for; bounds the scopes `subtree` and `agent`. */
  agentId: z.string(),
  /** The relay whose answer made it. */
  originRelayId: z.string(),
  by: z.string(),
  createdAt: z.number(),
  expiresAt: z.number().optional(),
  usesLeft: z.number().int().nonnegative().optional(),
});
export type Grant = z.infer<typeof Grant>;

/** What let a call run, or stopped it. */
export const DecidedBy = z.object({
  kind: z.enum(['rule', 'grant', 'once', 'human', 'limit', 'input', 'policy', 'cancel', 'harness']),
  /** The rule's place (e.g. `orchestrator.deny[0]`), the grant's id or the relay's id. */
  id: z.string().optional(),
  /** Who answered, for a human's decision. */
  by: z.string().optional(),
  reason: z.string().optional(),
  /** How long the call waited for a human, in milliseconds. */
  waitedMs: z.number().optional(),
});
export type DecidedBy = z.infer<typeof DecidedBy>;

// ---------------------------------------------------------------- agents

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

export const AgentStatus = z.enum(['completed', 'failed', 'cancelled', 'limited']);
export type AgentStatus = z.infer<typeof AgentStatus>;

/**
 * What an agent was made with, as far as it is data: enough to go on with it after a restart. Tools, model objects and
 * harnesses are code; they stand here by name.
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
  /** Our loop around a model; otherwise its harness runs itself. */
  loop: z.boolean(),
  /** Of an agent that the application started. A subagent has its parent's. */
  permissions: Permissions.optional(),
  /** The name of a harness that `spawn` was given for this agent alone; empty when it has none. */
  harness: z.string().optional(),
  /** The model was given as an object, not by its name. */
  modelObject: z.boolean().optional(),
});
export type AgentSetup = z.infer<typeof AgentSetup>;

/** How an agent ended. `text` is its last answer, or what it had when it was stopped. */
export const AgentOutcome = z.object({
  status: AgentStatus,
  text: z.string(),
  usage: Usage,
  reason: z.string().optional(),
});
export type AgentOutcome = z.infer<typeof AgentOutcome>;

export const AgentState = z.enum(['running', 'awaitingRelay', 'done']);
export type AgentState = z.infer<typeof AgentState>;

/** A call that has no result yet. */
export const OpenCall = z.object({
  id: z.string(),
  tool: z.string(),
  /** Whether it has started; otherwise it is being checked or waits for an answer. */
  running: z.boolean(),
});
export type OpenCall = z.infer<typeof OpenCall>;

/** What the model of an agent does. */
export const AgentPhase = z.enum(['thinking', 'reasoning', 'writing']);
export type AgentPhase = z.infer<typeof AgentPhase>;

export const AgentSummary = z.object({
  id: z.string(),
  /** The id of the tool call that asked for this agent, `<agentId>/<callId>`. */
  parentId: z.string().optional(),
  name: z.string(),
  /** Agent names from the root to this agent. */
  path: z.array(z.string()),
  state: AgentState,
  status: AgentStatus.optional(),
  usage: Usage,
  /** When it started and ended, epoch milliseconds. */
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** The entry with which it ended: those that ended first are forgotten first. */
  endSeq: z.number().optional(),
  /** Of an agent that is not done, as are its calls. */
  phase: AgentPhase.optional(),
  /** Its calls that have no result yet, in the order asked for; absent when there are none. */
  calls: z.array(OpenCall).optional(),
});
export type AgentSummary = z.infer<typeof AgentSummary>;

// ---------------------------------------------------------------- relays

/**
 * Whom a plain "always" would cover: agents of this scope around `agentId`, until the orchestrator ends. An answer may
 * narrow the scope, and end it sooner.
 */
export const Covers = z.object({ scope: GrantScope, agentId: z.string(), until: z.literal('cleanup') });
export type Covers = z.infer<typeof Covers>;

/**
 * `permission`: may this call run? `unknown_outcome`: the process ended while this call ran, so nobody knows whether it
 * had its effect; what is to be done?
 */
export const RelayKind = z.enum(['permission', 'unknown_outcome']);
export type RelayKind = z.infer<typeof RelayKind>;

/** A question that waits for a human. */
export const PendingRelay = z.object({
  id: z.string(),
  kind: RelayKind,
  agentId: z.string(),
  toolCallId: z.string(),
  tool: z.string(),
  params: z.unknown(),
  /** Agent names from the root to the agent that asks. */
  path: z.array(z.string()),
  /** Why this call needs an answer. */
  why: z.string(),
  /** Exactly what "always" would save; `null` when it cannot be made permanent. */
  proposal: z.array(ToolPermission).nullable(),
  /** Whom "always" would cover; `null` when it cannot be made permanent. */
  covers: Covers.nullable().optional(),
  /** Ids of the other pending relays that "always" would release; in the event, of the first 200 that wait. */
  releases: z.array(z.string()),
  /** When it was asked, epoch milliseconds. */
  askedAt: z.number(),
});
export type PendingRelay = z.infer<typeof PendingRelay>;

export const Always = z.union([
  z.boolean(),
  z.strictObject({
    scope: GrantScope.optional(),
    expiresInMs: z.number().positive().optional(),
    uses: z.number().int().positive().optional(),
    /**
     * Also keeps the rules for later runs, through `OrchestratorOptions.savePolicy`. Only for all agents and without an end.
     * Default false.
     */
    save: z.boolean().optional(),
  }),
]);
export type Always = z.infer<typeof Always>;

/** What a call gave: `context` is what the model reads, `result` is for programs. */
export const CallOutput = z.object({ context: Content.optional(), result: z.unknown().optional() });
export type CallOutput = z.infer<typeof CallOutput>;

/** What `by` says of a question that no human settled; nobody answers under these names. */
export const NO_HUMAN: readonly string[] = ['rule', 'grant', 'cancel'];

/**
 * A human's answer to a relay. To one of kind `unknown_outcome`: with `output`, the call ran and gave this; approved
 * without it, the call did not run and is run now; not approved, it is given up.
 */
export const RelayAnswer = z.discriminatedUnion('approved', [
  z.strictObject({
    approved: z.literal(true),
    /** Only for a call whose outcome is unknown: it ran, and this is what it gave. Nothing is run. */
    output: CallOutput.optional(),
    /** `true` saves the proposal for all agents; an object narrows it. Default: this call only. */
    always: Always.optional(),
    /** Replaces the call's arguments. */
    input: z.unknown().optional(),
    /** Who answers; recorded in grants and results. Default `human`; not `rule`, `grant` or `cancel`, which are no humans. */
    by: z.string().optional(),
  }),
  z.strictObject({ approved: z.literal(false), reason: z.string().optional(), by: z.string().optional() }),
]);
export type RelayAnswer = z.infer<typeof RelayAnswer>;

// ---------------------------------------------------------------- harness events

const origin = { runId: z.string(), parentId: z.string().optional() };
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...origin, ...shape });

export const CallStatus = z.enum(['ok', 'error', 'denied', 'cancelled', 'unknown', 'limited']);
export type CallStatus = z.infer<typeof CallStatus>;

/** What letting a call run used up: uses of grants, and entries of the `allowOnce` that these agents were given. */
export const UsedUp = z.object({
  grants: z.array(z.string()),
  once: z.array(z.object({ agentId: z.string(), permission: ToolPermission })),
});
export type UsedUp = z.infer<typeof UsedUp>;

/** A file as it was judged: two equal seals mean equal contents. */
export const SealedFile = z.object({ path: z.string(), seal: z.string() });
export type SealedFile = z.infer<typeof SealedFile>;

/** What an agent knows of a file from a call: the SHA-256 of its content, `null` for "there is none". */
export const SeenFile = z.object({ path: z.string(), hash: z.string().nullable(), wrote: z.boolean().optional() });
export type SeenFile = z.infer<typeof SeenFile>;

/** A process, told from all others: also from a later one of the same id, and from those of another machine. */
export const ProcessIdentity = z.object({
  pid: z.number().int(),
  /** When it started, in whatever the system counts. */
  started: z.string(),
  /** The machine, this start of it, and the set of processes that its ids are numbered in. */
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

/** What a call is about to leave in the world, recorded before it does. */
export const ToolEffect = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('process'), process: ProcessIdentity }),
  z.object({ kind: z.literal('files'), changes: z.array(PlannedChange), folders: z.array(z.string()) }),
]);
export type ToolEffect = z.infer<typeof ToolEffect>;

const relayShape = {
  id: z.string(),
  kind: RelayKind,
  toolCallId: z.string(),
  tool: z.string(),
  params: z.unknown(),
};

export const HarnessEvent = z.discriminatedUnion('type', [
  event('harness_start', {
    name: z.string().optional(),
    path: z.array(z.string()).optional(),
    depth: z.number().int().nonnegative().optional(),
    model: z.string().optional(),
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
    /** What the answer binds to: a digest of tool, arguments and what they touch, and the files the call names. */
    binding: z.object({ digest: z.string(), files: z.array(SealedFile) }).optional(),
  }),
  event('relay_resolved', {
    relayId: z.string(),
    toolCallId: z.string(),
    approved: z.boolean(),
    /** `human`-given name, `grant`, `rule` or `cancel`. */
    by: z.string(),
    reason: z.string().optional(),
    /** The arguments the human put in the place of the model's. */
    input: z.unknown().optional(),
    /** Grants this answer made. */
    grants: z.array(Grant).optional(),
    waitedMs: z.number().optional(),
    /** What a human says that a call of unknown outcome gave. */
    output: CallOutput.optional(),
  }),
  event('tool_start', { id: z.string(), decidedBy: DecidedBy.optional(), used: UsedUp.optional() }),
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
    /** The files it read or wrote, as this agent knows them now. */
    files: z.array(SeenFile).optional(),
  }),
  event('usage', Usage.shape),
  event('turn', {
    number: z.number().int().positive(),
    /** What this turn added to the history: messages that were sent meanwhile, then the answer. */
    messages: z.array(Message),
    /** How many of the messages sent to this agent it took up. */
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
    /** Agents that cannot go on because something they need was not given again, and what that is. */
    parked: z.array(z.object({ agentId: z.string(), reason: z.string() })),
  }),
  event('resync', {
    agents: z.array(AgentSummary),
    relays: z.array(PendingRelay),
    grants: z.array(Grant),
  }),
]);
/** Everything that can happen to an agent, as readers of the stream see it. */
export type HarnessEvent = z.infer<typeof HarnessEvent>;

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
