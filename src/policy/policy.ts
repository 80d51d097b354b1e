/** A policy file: rules that outlive a run, each with its own tests. */
import * as z from 'zod';
import { GreenroomError, messageOf } from '../errors.ts';
import { ToolPermission } from '../events.ts';
import { formatRule, parseRule } from '../permissions/rule-text.ts';
import { compileRule } from '../permissions/rules.ts';
import { unusable } from './private-file.ts';

/** A call in a test: the text of the rule's main parameter, or all arguments. */
const PolicyCall = z.union([
  z.string(),
  z.strictObject({ tool: z.string().min(1).optional(), params: z.record(z.string(), z.unknown()) }),
]);
export type PolicyCall = z.infer<typeof PolicyCall>;

const notes = {
  /** Calls that the rule must cover. */
  match: z.array(PolicyCall).optional(),
  /** Calls that it must not cover. */
  notMatch: z.array(PolicyCall).optional(),
  /** Why the rule is there; of a deny rule, what the model is told. */
  because: z.string().min(1).max(2000).optional(),
  /** The rule holds only where this folder is the workspace. Default: everywhere. */
  workspace: z.string().startsWith('/', 'an absolute path').optional(),
};

const RuleEntry = z.union([z.string(), z.strictObject({ rule: z.string(), ...notes }), ToolPermission.extend(notes)]);
type RuleEntry = z.infer<typeof RuleEntry>;

/** What a policy file holds. */
const PolicyFile = z.strictObject({
  version: z.literal(1),
  allowlist: z.array(RuleEntry).optional(),
  deny: z.array(RuleEntry).optional(),
});

/** One rule of a file, checked. */
export interface PolicyRule {
  readonly permission: ToolPermission;
  readonly match: readonly PolicyCall[];
  readonly notMatch: readonly PolicyCall[];
  readonly because?: string | undefined;
  readonly workspace?: string | undefined;
  /** Where it stands, e.g. `deny.0`. */
  readonly place: string;
}

/** A policy file, read. */
export interface Policy {
  readonly file: string;
  readonly allowlist: readonly PolicyRule[];
  readonly deny: readonly PolicyRule[];
}

/**
 * Reads a policy: all of it, or an error.
 * @param tools The tools there are; a rule for another one is an error. Default: any name.
 * @throws GreenroomError `invalid_params` (no JSON, or not of this shape) or `invalid_rule`; the message names the file and
 * the rule, `path` is the rule's place.
 */
export function parsePolicy(bytes: Uint8Array, file: string, tools?: readonly string[]): Policy {
  const parsed = PolicyFile.safeParse(jsonOf(bytes, file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String).join('.');
    throw new GreenroomError('invalid_params', `${file}: ${path}: ${issueText(issue)}.`, { path });
  }
  const { allowlist = [], deny = [] } = parsed.data;
  const read = (list: string) => (entry: RuleEntry, index: number) => ruleOf(entry, `${list}.${index}`, file, tools);
  return { file, allowlist: allowlist.map(read('allowlist')), deny: deny.map(read('deny')) };
}

function jsonOf(bytes: Uint8Array, file: string): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value;
  } catch (cause) {
    throw unusable(file, `it is not JSON: ${messageOf(cause)}`, cause);
  }
}

/** Of a union the closest form is the one that got furthest into the value. */
function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'invalid_union') return issue?.message ?? 'not a policy';
  const inner = issue.errors.flat().toSorted((a, b) => b.path.length - a.path.length);
  const texts = new Set(
    inner.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)),
  );
  return [...texts].join('; or ');
}

function ruleOf(entry: RuleEntry, place: string, file: string, tools: readonly string[] | undefined): PolicyRule {
  try {
    const permission = permissionOf(entry, place);
    if (tools !== undefined && !tools.includes(permission.tool)) {
      throw new GreenroomError(
        'invalid_rule',
        `there is no tool "${permission.tool}" for ${formatRule(permission)}; there are: ${tools.join(', ')}.`,
        { path: `${place}.tool` },
      );
    }
    const { match = [], notMatch = [], because, workspace } = typeof entry === 'string' ? {} : entry;
    return { permission, match, notMatch, because, workspace, place };
  } catch (error) {
    if (!(error instanceof GreenroomError)) throw error;
    throw new GreenroomError(error.code, `${file}: ${place}: ${error.message}`, {
      path: error.path ?? place,
      cause: error,
    });
  }
}

function permissionOf(entry: RuleEntry, place: string): ToolPermission {
  if (typeof entry === 'string') return parseRule(entry, place);
  if ('rule' in entry) return parseRule(entry.rule, place);
  const { tool, params, exact } = entry;
  const given = { tool, ...(params && { params }), ...(exact !== undefined && { exact }) };
  return compileRule(given, place).permission;
}
