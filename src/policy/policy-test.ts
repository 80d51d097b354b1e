/** Runs the tests that the rules of a policy file carry. */
import { type DryRun, explainCall } from '../calls/dry-run.ts';
import type { ToolPermission } from '../events.ts';
import { formatRule, MAIN_PARAMETER } from '../permissions/rule-text.ts';
import type { Policy, PolicyCall, PolicyRule } from './policy.ts';

/** A test that failed. */
export interface PolicyFailure {
  readonly file: string;
  /** E.g. `allowlist.0.match.1`. */
  readonly place: string;
  readonly rule: string;
  readonly call: { readonly tool: string; readonly params: unknown };
  readonly problem: string;
}

/** The outcome of the tests of a policy. */
export interface PolicyReport {
  /** How many tests there were. */
  readonly tests: number;
  readonly failures: readonly PolicyFailure[];
}

/**
 * Holds every `match` and `notMatch` against its rule alone.
 * @param options `workspace`: where relative paths and patterns start; `tools`: default those that come with Greenroom.
 * @throws GreenroomError `invalid_rule` for a rule that names another tool.
 */
export async function testPolicy(
  policy: Policy,
  options: Pick<DryRun, 'tools'> & { readonly workspace: string },
): Promise<PolicyReport> {
  let tests = 0;
  const failures: PolicyFailure[] = [];
  for (const list of ['allowlist', 'deny'] as const) {
    for (const rule of policy[list]) {
      for (const kind of ['match', 'notMatch'] as const) {
        for (const [index, given] of rule[kind].entries()) {
          tests += 1;
          const call = callOf(given, rule.permission);
          const problem = await problemOf({ list, kind, rule, call, options });
          const place = `${rule.place}.${kind}.${index}`;
          if (problem !== null)
            failures.push({ file: policy.file, place, rule: formatRule(rule.permission), call, problem });
        }
      }
    }
  }
  return { tests, failures };
}

function callOf(given: PolicyCall, { tool }: ToolPermission) {
  if (typeof given === 'string') return { tool, params: { [MAIN_PARAMETER.get(tool) ?? 'value']: given } };
  return { tool: given.tool ?? tool, params: given.params };
}

interface Trial {
  readonly list: 'allowlist' | 'deny';
  readonly kind: 'match' | 'notMatch';
  readonly rule: PolicyRule;
  readonly call: { readonly tool: string; readonly params: unknown };
  readonly options: Parameters<typeof testPolicy>[1];
}

async function problemOf({ list, kind, rule, call, options }: Trial): Promise<string | null> {
  const found = await explainCall({
    permissions: { [list]: [rule.permission] },
    call,
    cwd: options.workspace,
    tools: options.tools,
  });
  const wanted = list === 'allowlist' ? 'allow' : 'deny';
  const covered = found.decision === wanted;
  if (covered === (kind === 'match')) return null;
  return covered ? 'the rule covers this call, and must not' : `the rule does not cover this call: ${found.why}`;
}
