/** Relays: the questions that wait for a human, and their answers. */
import * as z from 'zod';
import { Content } from './messages.ts';
import { GrantScope, ToolPermission } from './permissions.ts';

/**
 * Whom a plain "always" would cover: agents of this scope around `agentId`, until the orchestrator ends. An answer may
 * narrow the scope and set an earlier end.
 */
export const Covers = z.object({ scope: GrantScope, agentId: z.string(), until: z.literal('cleanup') });
export type Covers = z.infer<typeof Covers>;

/**
 * What a relay asks. `permission`: may this call run? `unknown_outcome`: the process ended while this call ran, so it is
 * unknown whether it had its effect; a human must report the outcome.
 */
export const RelayKind = z.enum(['permission', 'unknown_outcome']);
export type RelayKind = z.infer<typeof RelayKind>;

/** A question that waits for a human. */
export const PendingRelay = z.object({
  id: z.string(),
  kind: RelayKind,
  agentId: z.string(),
  /** The full id of the call, `<agentId>/<raw id>`. */
  toolCallId: z.string(),
  tool: z.string(),
  /** The arguments of the call. */
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

/**
 * "Always": `true` grants the proposal to all agents until the orchestrator ends; an object narrows the grant. `false`: this
 * call only.
 */
export const Always = z.union([
  z.boolean(),
  z.strictObject({
    /** Default `all`. */
    scope: GrantScope.optional(),
    /** Milliseconds from now. Default: until the orchestrator ends. */
    expiresInMs: z.number().positive().optional(),
    /** Further calls that the grant allows. Default: any number. */
    uses: z.number().int().positive().optional(),
    /**
     * Also keeps the rules for later runs, through `OrchestratorOptions.savePolicy`. Only for all agents and without an end.
     * Default false.
     */
    save: z.boolean().optional(),
  }),
]);
export type Always = z.infer<typeof Always>;

/** The output of a call: `context` is what the model reads, `result` is for programs. */
export const CallOutput = z.object({ context: Content.optional(), result: z.unknown().optional() });
export type CallOutput = z.infer<typeof CallOutput>;

/** Values of `by` for a question that no human settled; refused as the name of a human. */
export const NO_HUMAN: readonly string[] = ['rule', 'grant', 'cancel'];

/**
 * A human's answer to a relay. To one of kind `unknown_outcome`: with `output`, the call ran and gave this; approved
 * without it, the call did not run and is run now; not approved, it is given up.
 */
export const RelayAnswer = z.discriminatedUnion('approved', [
  z.strictObject({
    approved: z.literal(true),
    /** Only for a call whose outcome is unknown: it ran, and this is its output. Nothing is run. */
    output: CallOutput.optional(),
    /** Default: this call only. */
    always: Always.optional(),
    /** Replaces the call's arguments. */
    input: z.unknown().optional(),
    /** Who answers; recorded in grants and results. Default `human`. Reserved: `rule`, `grant` and `cancel`. */
    by: z.string().optional(),
  }),
  z.strictObject({
    approved: z.literal(false),
    /** Shown to the model. */
    reason: z.string().optional(),
    /** As above. */
    by: z.string().optional(),
  }),
]);
export type RelayAnswer = z.infer<typeof RelayAnswer>;
