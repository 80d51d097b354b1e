/** What "always" would save, and what that would let through. */
import type { ToolPermission } from '../events.ts';
import type { CallRequest } from './call.ts';
import { callView, type CallView } from './call-view.ts';
import { hidesText, isPlainCommand } from './readable.ts';
import { compiledRule, covers, type CompiledRule } from './rules.ts';
import { isPlainObject, ownValue } from './value.ts';

/**
 * The rules an "always" for this call would save. `derived` is what the tool says: `undefined` for tools that say
 * nothing (then: exactly these arguments), `null` when the call cannot be made permanent.
 * `null` also when a command or a rule holds characters that a human cannot see or runs of blanks, when a rule does not compile or together they do not cover this very call. The rules are frozen copies.
 */
export function proposalFor(
  request: CallRequest,
  derived: ToolPermission | readonly ToolPermission[] | null | undefined,
): readonly ToolPermission[] | null {
  const rules = derived === undefined ? exactly(request) : derived;
  if (rules === null || !isReadable(request, rules)) return null;
  const compiled = compileAll(isList(rules) ? rules : [rules]);
  if (compiled === null || !coversCall(callView(request), compiled)) return null;
  return Object.freeze(compiled.map((rule) => rule.permission));
}

/** Whether a human could see what the call does and what the rules say: nothing in them hides. */
function isReadable({ subjects, input }: CallRequest, rules: unknown): boolean {
  if (hidesText(rules)) return false;
  return [input, ...(subjects ?? [])].every((one) => {
    const command = isPlainObject(one) ? ownValue(one, 'command') : undefined;
    return typeof command !== 'string' || isPlainCommand(command);
  });
}

/** Whether these rules by themselves cover the whole call: which waiting calls they would release. Never throws. */
export function coveredBy(request: CallRequest, rules: readonly ToolPermission[]): boolean {
  const compiled = compileAll(rules);
  try {
    return compiled !== null && coversCall(callView(request), compiled);
  } catch {
    return false;
  }
}

function coversCall(call: CallView, rules: readonly CompiledRule[]): boolean {
  const targets = call.subjects ?? [null];
  return targets.every((target) => rules.some((rule) => covers(rule, call, target)));
}

function compileAll(rules: readonly ToolPermission[]): readonly CompiledRule[] | null {
  const compiled = rules.map(compiledRule);
  return compiled.every((rule) => rule !== null) ? compiled : null;
}

function exactly(request: CallRequest): ToolPermission | null {
  return isPlainObject(request.input) ? { tool: request.tool, params: request.input, exact: true } : null;
}

function isList(rules: ToolPermission | readonly ToolPermission[]): rules is readonly ToolPermission[] {
  return Array.isArray(rules);
}
