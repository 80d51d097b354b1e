/** `greenroom check --policy`: the tests that policy files carry. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GreenroomError, messageOf } from '../index.ts';
import {
  BUILT_IN_TOOLS,
  parsePolicy,
  type Policy,
  policyFilePaths,
  readPolicies,
  testPolicy,
} from '../policy/index.ts';
import { callLabel } from '../read-model/call-text.ts';
import { EXIT } from './exit-codes.ts';
import type { CheckFlags } from './flags.ts';
import { visibleLine } from '../text/visible.ts';

/**
 * Tests the named file, or the user's and the workspace's; resolves with the exit code.
 * @throws GreenroomError for a file that cannot be used.
 */
export async function checkPolicies(flags: CheckFlags): Promise<number> {
  const workspace = resolve(flags.workspace ?? flags.cwd ?? process.cwd());
  const options = { workspace, env: process.env, tools: BUILT_IN_TOOLS };
  const policies =
    typeof flags.policy === 'string' ? [named(flags.policy)] : readPolicies(options).map(({ policy }) => policy);
  const reports = [];
  for (const policy of policies) reports.push({ policy, report: await testPolicy(policy, { workspace }) });
  const tests = reports.reduce((sum, { report }) => sum + report.tests, 0);
  const failures = reports.flatMap(({ report }) => report.failures);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (flags.json === true) {
    print(JSON.stringify({ files: policies.map(({ file }) => file), tests, failures }));
  } else {
    if (policies.length === 0) {
      const { user, workspace: own } = policyFilePaths(options);
      print(`There is no policy file: neither ${visibleLine(user)} nor ${visibleLine(own)}.`);
    }
    for (const { file, place, rule, call, problem } of failures) {
      print(visibleLine(`${file}: ${place}: ${rule}: ${callLabel(call.tool, call.params)}`));
      print(`  ${problem.split('\n').map(visibleLine).join(' ')}`);
    }
    for (const { policy, report } of reports) print(summary(policy, report.tests, report.failures.length));
  }
  return failures.length === 0 ? EXIT.completed : EXIT.failed;
}

function summary({ file, allowlist, deny }: Policy, tests: number, failed: number): string {
  const counts = `${allowlist.length} allowed, ${deny.length} denied`;
  return visibleLine(`${failed === 0 ? 'ok' : 'failed'}: ${file} (${counts}): ${failed} of ${tests} tests failed`);
}

function named(path: string): Policy {
  try {
    return parsePolicy(readFileSync(path), path, BUILT_IN_TOOLS);
  } catch (cause) {
    if (cause instanceof GreenroomError) throw cause;
    throw new GreenroomError('invalid_params', `--policy ${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
