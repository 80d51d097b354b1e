/** How a call was decided, or would be, in words: one shape for calls that were made and calls that were not. */
import type { CallStatus, DecidedBy, Grant, ToolPermission } from '../events.ts';
import type { Decision } from '../permissions/decide.ts';
import type { CompiledPermissions, PermissionLayer } from '../permissions/parse.ts';
import { formatRule } from '../permissions/rule-text.ts';

/** How a call was decided (`explain`), or would be decided now (`explainCall`). */
export interface CallExplanation {
  /** The full id, `<agentId>/<raw id>`. Absent for a call that was not made. */
  readonly callId?: string;
  /** Absent where no agent makes the call: in `explainCall` of `greenroom/policy`. */
  readonly agentId?: string;
  readonly tool: string;
  /** The arguments: as the model wrote them, as a human changed them, or as they were given to `explainCall`. */
  readonly input: unknown;
  /**
   * `ask`: a human must answer. `invalid`: the call cannot run, whatever the rules say (unknown tool, wrong arguments).
   * `undecided`: it is being checked, or it was cancelled before it was decided.
   */
  readonly decision: 'allow' | 'ask' | 'deny' | 'invalid' | 'undecided';
  /** The reason, in words. */
  readonly why: string;
  /** The rule, grant, limit or human that decided. Absent while nothing did. */
  readonly decidedBy?: DecidedBy;
  /** The rules that decided, as `formatRule` writes them, joined by ` and `. Only from `explainCall`. */
  readonly rule?: string;
  /**
   * What "always" would save. `null` when the call cannot be made permanent or is denied, and for a call that was made and
   * asked no question.
   */
  readonly proposal: readonly ToolPermission[] | null;
  /** Where a call that was made is; `checking` comes before its decision. */
  readonly state?: 'checking' | 'waiting' | 'running' | CallStatus;
  /** Every question about the call, oldest first, with its answer. Empty for a call that was not made. */
  readonly relays: readonly AskedRelay[];
}

/** A question about a call, and its answer once there is one. */
export interface AskedRelay {
  readonly id: string;
  readonly why?: string;
  readonly proposal?: readonly ToolPermission[] | null;
  readonly approved?: boolean;
  /** Who answered: a name, or `rule`, `grant` or `cancel`. */
  readonly by?: string;
  readonly reason?: string;
  /** How long the question waited, in milliseconds. */
  readonly waitedMs?: number;
}

/** The permissions that a decision was made under. */
interface DecidedUnder {
  readonly policy: CompiledPermissions;
  readonly layers: readonly PermissionLayer[];
  readonly grants: readonly Grant[];
}

type Described = Pick<CallExplanation, 'agentId' | 'tool' | 'input'>;

/** Explains what `decide` decided about a call that was not made. */
export function explainDecision(
  call: Described,
  decision: Decision,
  { proposal, under }: { readonly proposal: readonly ToolPermission[] | null; readonly under: DecidedUnder },
): CallExplanation {
  const { type } = decision;
  if (type === 'ask') return { ...call, decision: type, why: decision.why, proposal, relays: [] };
  const { decidedBy } = decision;
  const rule = rulesOf(decidedBy, under);
  return {
    ...call,
    decision: type,
    why: type === 'deny' ? decision.reason : whyAllowed(decidedBy),
    decidedBy,
    ...(rule === undefined ? {} : { rule }),
    // no saved rule beats a deny, so "always" is not on offer
    proposal: type === 'deny' ? null : proposal,
    relays: [],
  };
}

/** Explains a call that cannot run. */
export function explainInvalid(call: Described, reason: string): CallExplanation {
  const decidedBy: DecidedBy = { kind: 'input', reason };
  return { ...call, decision: 'invalid', why: reason, decidedBy, proposal: null, relays: [] };
}

/** The `why` of a call that was let run. */
export function whyAllowed({ kind, id, by }: DecidedBy): string {
  if (kind === 'human') return `allowed by ${by ?? 'a human'}`;
  return id === undefined ? `allowed by ${kind}` : `allowed by ${kind} ${id}`;
}

function rulesOf({ kind, id }: DecidedBy, under: DecidedUnder): string | undefined {
  const named = (label: string): boolean => `, ${id}, `.includes(`, ${label}, `);
  const owners = [
    { name: 'orchestrator', permissions: under.policy },
    ...under.layers.map(({ agentId, permissions }) => ({ name: agentId, permissions })),
  ];
  const placed = owners.flatMap(({ name, permissions }) => placedRules(permissions, name));
  const granted =
    kind === 'rule' ? [] : under.grants.map((grant) => ({ label: grant.id, permission: grant.permission }));
  const texts = [...placed, ...granted].filter(({ label }) => named(label)).map((rule) => formatRule(rule.permission));
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' and ');
}

/** Every rule with its path in the value that was given, and with the label by which a decision names it. */
export function placedRules({ deny, allowlist = [], allowOnce = [] }: CompiledPermissions, owner: string) {
  const placed = (list: string, permission: ToolPermission, index: number) => ({
    permission,
    place: `${owner}.${list}.${index}`,
    label: list === 'allowOnce' ? `${owner}.allowOnce ${formatRule(permission)}` : `${owner}.${list}[${index}]`,
  });
  return [
    ...deny.flatMap((entry, index) => (entry.kind === 'rule' ? [placed('deny', entry.rule.permission, index)] : [])),
    ...allowlist.map(({ permission }, index) => placed('allowlist', permission, index)),
    ...allowOnce.map(({ permission }, index) => placed('allowOnce', permission, index)),
  ];
}
