/** `greenroom check`: explain the decision about a call without running it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { formatRule, GreenroomError, messageOf, parseRule, type ToolPermission } from '../../index.ts';
import {
  BUILT_IN_TOOLS,
  explainCall,
  parsePolicy,
  type Policy,
  policyFilePaths,
  readPolicies,
  testPolicy,
} from '../../policy/index.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { visibleLine } from '../../text/visible.ts';
import { checkLines, decisionOf } from '../check/check-lines.ts';
import { EXIT } from '../exit-codes.ts';
import { repeatable } from '../options.ts';

const NOTES = `
Prints the decision about a call, the reason, and the rules that "always" would save. Nothing runs. --allow and --deny
take rules such as 'bash(npm test)', or a bare pattern for the tool of the call:
  greenroom check --tool bash --command 'git log --oneline' --allow 'git log *'

--jsonl reads one question a line from standard input and prints one answer a line, in the same order:
  {"id":1,"permissions":{"allowlist":[…],"allowOnce":[…],"deny":[…]},"call":{"tool":"bash","params":{…}},"cwd":"/…"}
  {"id":1,"decision":"allow|ask|deny","why":"…","rule":"…","proposal":[…]}
An invalid line is answered with {"error":"…"}, and the exit code is then 2.

--policy runs the tests (match, notMatch) of the user's and the workspace's policy files, or of FILE. Exit code 1: a test
failed.
`;

interface CheckFlags {
  readonly tool?: string;
  readonly command?: string;
  readonly path?: string;
  /** All arguments as JSON. */
  readonly params?: string;
  /** Whole rules, or patterns for `tool`. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly cwd?: string;
  readonly workspace?: string;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  /** A file; `true` for the files of user and workspace. */
  readonly policy?: string | true;
}

export function defineCheck(command: Command): void {
  const single = ['tool', 'command', 'path', 'params', 'allow', 'deny'];
  command
    .option('--tool <name>', 'tool of the call (default: bash when --command is given)')
    .option('--command <text>', 'command, for bash')
    .option('--path <path>', 'file, for read, write, patch and search')
    .addOption(new Option('--params <json>', 'all arguments of the call').conflicts(['command', 'path']))
    .addOption(repeatable('--allow <rule>', 'rule, or pattern for the tool'))
    .addOption(repeatable('--deny <rule>', 'the same, for denied calls'))
    .option('--cwd <dir>', 'base of relative paths in the call (default: the current folder)')
    .option('--workspace <dir>', 'root of relative patterns (default: the folder of --cwd)')
    .option('--json', 'print JSON')
    .addOption(new Option('--jsonl', 'answer the lines of standard input').conflicts([...single, 'policy', 'json']))
    .addOption(new Option('--policy [file]', 'run the tests of policy files').conflicts(single))
    .addHelpText('after', NOTES)
    .action(async (flags: CheckFlags) => {
      process.exitCode = await check(flags);
    });
}

/**
 * Answers one question, the questions of standard input, or the tests of policy files; resolves with the exit code.
 * @throws GreenroomError for invalid flags or rules.
 */
async function check(flags: CheckFlags): Promise<number> {
  const { cwd, workspace } = flags;
  if (flags.policy !== undefined) return await checkPolicies(flags);
  if (flags.jsonl === true) return await checkLines({ input: process.stdin, output: process.stdout, cwd, workspace });
  const call = callOf(flags);
  const explained = await explainCall({
    permissions: {
      allowlist: flags.allow.map((text) => ruleOf(text, call.tool, '--allow')),
      deny: flags.deny.map((text) => ruleOf(text, call.tool, '--deny')),
    },
    call,
    cwd,
    workspace,
  });
  const decision = decisionOf(explained);
  const lines = flags.json === true ? [JSON.stringify(decision)] : textOf(call, decision);
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.completed;
}

function callOf({ tool: named, command, path, params }: CheckFlags) {
  const tool = named ?? (command === undefined ? undefined : 'bash');
  if (tool === undefined) throw misuse("name the call, e.g. --tool bash --command 'git log', or use --jsonl");
  if (params !== undefined) return { tool, params: parsedParams(params) };
  if (command !== undefined && tool !== 'bash') throw misuse('--command is only for --tool bash');
  if (path !== undefined && tool === 'bash') throw misuse('--path is only for read, write, patch and search');
  if (command === undefined && path === undefined) throw misuse('give the call --command, --path or --params');
  return { tool, params: command === undefined ? { path } : { command } };
}

function parsedParams(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw misuse(`--params is not JSON: ${visibleLine(text)}`);
  }
}

function misuse(problem: string): GreenroomError {
  return new GreenroomError('invalid_params', `greenroom check: ${problem}.`);
}

/** Reads a whole rule, or a pattern for the tool of the call: `git log *` is `bash(git log *)`. */
function ruleOf(text: string, tool: string, where: string): ToolPermission {
  if (isWholeRule(text)) return parseRule(text, where);
  if (tool === 'bash') return { tool, params: { command: text } };
  if (['read', 'write', 'patch', 'search'].includes(tool)) return { tool, params: { path: text } };
  return parseRule(text, where);
}

function isWholeRule(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return isJson(trimmed);
  return BUILT_IN_TOOLS.some(
    (tool) => trimmed === tool || [`${tool}(`, `${tool} exactly {`].some((start) => trimmed.startsWith(start)),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function textOf(
  call: { readonly tool: string; readonly params: unknown },
  found: ReturnType<typeof decisionOf>,
): string[] {
  const { decision, why, rule, proposal } = found;
  const always =
    proposal === null ? 'is not possible for this call' : `would save ${proposal.map(formatRule).join(' and ')}`;
  return [
    `${decision}: ${callLabel(call.tool, call.params)}`,
    `  why     ${why.split('\n').map(visibleLine).join(' ')}`,
    ...(rule === undefined ? [] : [`  rule    ${visibleLine(rule)}`]),
    decision === 'deny' ? '  always  does not lift a denial' : `  always  ${visibleLine(always)}`,
  ];
}

/**
 * Runs the tests of the named policy file, or of the user's and the workspace's; resolves with the exit code.
 * @throws GreenroomError for an invalid file.
 */
async function checkPolicies(flags: CheckFlags): Promise<number> {
  const workspace = resolve(flags.workspace ?? flags.cwd ?? process.cwd());
  const options = { workspace, env: process.env, tools: BUILT_IN_TOOLS };
  const policies =
    typeof flags.policy === 'string' ? [policyAt(flags.policy)] : readPolicies(options).map(({ policy }) => policy);
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

function policyAt(path: string): Policy {
  try {
    return parsePolicy(readFileSync(path), path, BUILT_IN_TOOLS);
  } catch (cause) {
    if (cause instanceof GreenroomError) throw cause;
    throw new GreenroomError('invalid_params', `--policy ${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
