/** `greenroom check`: what would happen to a call, without running it. */
import { formatRule, GreenroomError, parseRule, type ToolPermission } from '../index.ts';
import { BUILT_IN_TOOLS, explainCall } from '../policy/index.ts';
import { callLabel } from '../read-model/call-text.ts';
import { checkLines, decisionOf } from './check-lines.ts';
import { checkPolicies } from './check-policy.ts';
import { EXIT } from './exit-codes.ts';
import type { CheckFlags } from './flags.ts';
import { visibleLine } from '../text/visible.ts';

/**
 * Answers one question, those of standard input, or the tests of policy files; resolves with the exit code.
 * @throws GreenroomError for flags or rules that cannot be used.
 */
export async function checkCommand(flags: CheckFlags): Promise<number> {
  const { cwd, workspace } = flags;
  if (flags.policy !== undefined) return await checkPolicies(flags);
  if (flags.jsonl === true) return await checkLines({ input: process.stdin, output: process.stdout, cwd, workspace });
  const call = callOf(flags);
  const explanation = await explainCall({
    permissions: {
      allowlist: flags.allow.map((text) => ruleOf(text, call.tool, '--allow')),
      deny: flags.deny.map((text) => ruleOf(text, call.tool, '--deny')),
    },
    call,
    cwd,
    workspace,
  });
  const lines = flags.json === true ? [JSON.stringify(decisionOf(explanation))] : textOf(call, decisionOf(explanation));
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.completed;
}

function callOf({ tool: named, command, path, params }: CheckFlags) {
  const tool = named ?? (command === undefined ? undefined : 'bash');
  if (tool === undefined) throw misuse("name the call, e.g. --tool bash --command 'git log', or use --jsonl");
  if (params !== undefined) return { tool, params: parsedParams(params) };
  if (command !== undefined && tool !== 'bash') throw misuse('--command belongs to --tool bash');
  if (path !== undefined && tool === 'bash') throw misuse('--path belongs to read, write, patch and search');
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

/** A whole rule, or the pattern of the tool that is asked about: `git log *` is `bash(git log *)`. */
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
  const always = proposal === null ? 'nothing: it cannot be made permanent' : proposal.map(formatRule).join(' and ');
  return [
    `${decision}: ${callLabel(call.tool, call.params)}`,
    `  why     ${why.split('\n').map(visibleLine).join(' ')}`,
    ...(rule === undefined ? [] : [`  rule    ${visibleLine(rule)}`]),
    decision === 'deny' ? '  always  is no answer to a denial' : `  always  would save ${visibleLine(always)}`,
  ];
}
