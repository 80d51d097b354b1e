/** Permissions: rules, grants, and the origin of a decision. */
import * as z from 'zod';

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

/**
 * The permissions of one agent, empty by default: every call asks. `deny` wins over `allowlist`; each entry of `allowOnce`
 * allows one call and is used up by it.
 */
export const Permissions = z.strictObject({
  deny: z.array(DenyRule).optional(),
  allowlist: z.array(ToolPermission).optional(),
  allowOnce: z.array(ToolPermission).optional(),
});
export type Permissions = z.infer<typeof Permissions>;

/** Which agents a grant holds for: all, the agent it was given for with its subagents, or that agent alone. */
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
  /** Who answered. */
  by: z.string(),
  createdAt: z.number(),
  /** Default: none; it ends with the orchestrator. */
  expiresAt: z.number().optional(),
  /** Calls it still allows. Default: any number. */
  usesLeft: z.number().int().nonnegative().optional(),
});
export type Grant = z.infer<typeof Grant>;

/** The rule, grant, human or limit that let a call run, or stopped it. */
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
