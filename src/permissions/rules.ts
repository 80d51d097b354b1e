/** Rules, compiled once and held against calls. */
import { GreenroomError, messageOf } from '../errors.ts';
import type { ToolPermission } from '../events.ts';
import type { CallView, SubjectView } from './call-view.ts';
import { compileParam, type ParamMatcher, type Verdict } from './params.ts';
import { deepEqual, frozenCopy, isPlainObject } from './value.ts';

/** A rule ready to match. `permission` is a frozen copy of what it was made from. */
export type CompiledRule = { readonly permission: ToolPermission } & (
  | { readonly kind: 'tool' }
  | { readonly kind: 'exact'; readonly input: Readonly<Record<string, unknown>> }
  | { readonly kind: 'params'; readonly matchers: readonly ParamMatcher[]; readonly needsRoot: boolean }
);

const FILE_TOOLS = new Set(['read', 'write', 'patch', 'search']);

/** By permission object, so that 1 000 grants are compiled once. Never trusted blindly: see `compiledRule`. */
const cache = new WeakMap<object, CompiledRule>();

/**
 * Compiles a rule, keeping no reference to what it was given.
 * @throws GreenroomError `invalid_rule`; its `path` is `where` plus the place in the rule, e.g.
 * `permissions.allowlist.0.params.command`.
 */
export function compileRule(permission: ToolPermission, where: string): CompiledRule {
  const copy = ownCopy(permission, where);
  const rule = compileCopy(copy, where);
  cache.set(copy, rule);
  return rule;
}

/**
 * The compiled form of a permission, from the cache when the object still says what it said then; `null` when it does
 * not compile. Never throws.
 */
export function compiledRule(permission: ToolPermission): CompiledRule | null {
  const known = cache.get(permission);
  if (known !== undefined && (known.permission === permission || deepEqual(known.permission, permission))) return known;
  try {
    const rule = compileRule(permission, 'rule');
    cache.set(permission, rule);
    return rule;
  } catch {
    return null;
  }
}

/** Whether the rule certainly covers this subject; `null` stands for a call whose subjects are unknown. */
export function covers(rule: CompiledRule, call: CallView, view: SubjectView | null): boolean {
  if (rule.permission.tool !== call.request.tool) return false;
  if (view === null ? namesPath(call) : !opens(rule, view)) return false;
  if (rule.kind === 'tool') return true;
  if (rule.kind === 'exact') return isExactly(call, rule.input);
  if (view === null || (rule.needsRoot && !view.runsInRoot)) return false;
  for (const matcher of rule.matchers) if (!matcher.covers(view)) return false;
  return true;
}

/** A path that cannot be resolved asks under every rule: it may lead to a protected file. */
function namesPath({ request: { tool, input } }: CallView): boolean {
  return FILE_TOOLS.has(tool) || (isPlainObject(input) && Object.hasOwn(input, 'path'));
}

/** Whether the rule may speak about a protected file. */
function opens(rule: CompiledRule, { guard }: SubjectView): boolean {
  if (guard === null || rule.kind === 'exact') return guard !== 'never';
  if (guard === 'never' || rule.kind === 'tool') return false;
  return rule.matchers.some(({ key, namesOnePath }) => key === 'path' && namesOnePath === true);
}

/** Whether a deny rule hits the call: any one subject is enough. */
export function hits(rule: CompiledRule, call: CallView): Verdict {
  if (rule.permission.tool !== call.request.tool) return 'no';
  if (rule.kind === 'tool') return 'yes';
  if (rule.kind === 'exact') return isExactly(call, rule.input) ? 'yes' : 'no';
  if (call.subjects === null) return 'unknown';
  const verdicts = call.subjects.map((view) => allOf(rule.matchers.map((matcher) => matcher.hits(view))));
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
}

/** A person who writes an exact rule does not write the schema's defaults. */
function isExactly({ request }: CallView, input: unknown): boolean {
  return deepEqual(request.input, input) || (request.written !== undefined && deepEqual(request.written, input));
}

function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

function ownCopy(permission: ToolPermission, where: string): ToolPermission {
  try {
    const { tool, exact } = permission;
    const params = isPlainObject(permission.params) ? frozenRecord(permission.params) : undefined;
    return Object.freeze({ tool, ...(params && { params }), ...(exact !== undefined && { exact }) });
  } catch (error) {
    throw invalidRule(permission, `${where}.params`, `its params hold ${messageOf(error)}`);
  }
}

function frozenRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.freeze(Object.fromEntries(Object.entries(record).map(([key, value]) => [key, frozenCopy(value)])));
}

function compileCopy(permission: ToolPermission, where: string): CompiledRule {
  const { params, exact } = permission;
  // without params an exact rule means a call without arguments, not every call
  if (exact === true) return Object.freeze({ permission, kind: 'exact', input: params ?? Object.freeze({}) });
  if (params === undefined) return Object.freeze({ permission, kind: 'tool' });
  const entries = Object.entries(params).filter(([, pattern]) => pattern !== undefined);
  if (entries.length === 0) {
    throw invalidRule(
      permission,
      `${where}.params`,
      'its params are empty; leave them out to cover every call of the tool',
    );
  }
  const matchers = entries.map(([key, pattern]) => {
    try {
      return compileParam(key, pattern);
    } catch (error) {
      const shown = JSON.stringify(pattern);
      throw invalidRule(
        permission,
        `${where}.params.${key}`,
        `the pattern ${shown} cannot be used: ${messageOf(error)}`,
      );
    }
  });
  const needsRoot = Object.hasOwn(params, 'command') && !Object.hasOwn(params, 'cwd');
  return Object.freeze({ permission, kind: 'params', matchers: Object.freeze(matchers), needsRoot });
}

function invalidRule(permission: ToolPermission, path: string, problem: string): GreenroomError {
  return new GreenroomError('invalid_rule', `Rule for "${permission.tool}" (${path}): ${problem}.`, { path });
}
