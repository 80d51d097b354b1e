/** Converts a call as the model wrote it into what permissions decide on, for running agents and for `explainCall` alike. */
import { isToolError, messageOf, ToolError } from '../errors.ts';
import type { ToolPermission } from '../events.ts';
import type { CallRequest } from '../permissions/call.ts';
import { proposalFor } from '../permissions/proposal.ts';
import { prepareSubjects } from '../permissions/subjects.ts';
import type { PermissionContext, Subject, Tool } from '../tools/tool.ts';
import { checkInput, checkInputNow, issuesText, type SchemaIssue } from '../tools/tool-schema.ts';

export interface CallToJudge {
  readonly tool: string;
  /** The arguments, unchecked. */
  readonly input: unknown;
  /** Those the agent has. */
  readonly tools: readonly Tool[];
  readonly caller: Pick<CallRequest, 'callId' | 'rawCallId' | 'agentId' | 'lineage'>;
  /** Absolute and real. */
  readonly workspace: string;
  /** The workspace by the name that absolute patterns use. Default: the real one. */
  readonly root?: string;
  /** Files that only a human may change, besides the protected ones. Default: this user's; see `ownFiles`. */
  readonly own?: readonly string[];
}

/** A call that can run, or the problem that forbids it, as a text for the model. */
export type CheckedRequest =
  | {
      readonly ok: true;
      readonly tool: Tool;
      /** The parsed arguments. */
      readonly input: unknown;
      readonly request: CallRequest;
    }
  | { readonly ok: false; readonly problem: string };

export type JudgedCall =
  | (Extract<CheckedRequest, { ok: true }> & { readonly proposal: readonly ToolPermission[] | null })
  | Extract<CheckedRequest, { ok: false }>;

/** Finds the tool, parses the arguments and determines what the call would touch. Never rejects. */
export async function callRequest(given: CallToJudge): Promise<JudgedCall> {
  const { tools, caller, workspace, root = workspace, own } = given;
  const tool = tools.find(({ name }) => name === given.tool);
  if (tool === undefined) return { ok: false, problem: unknownTool(given.tool, tools) };
  const parsed = await checkInput(tool.schema, given.input);
  if (parsed.issues !== undefined) return { ok: false, problem: invalidInput(tool.name, given.input, parsed.issues) };
  const input = parsed.value;
  const context: PermissionContext = { agentId: caller.agentId, workspace };
  const subjects = await subjectsNow({ tool, input, context, root, own });
  const checked = checkedRequest(given, { tool, input, subjects });
  if (!checked.ok) return checked;
  return { ...checked, proposal: await proposalOf(tool, checked.request, context) };
}

/** Tools whose schema or `subjects` answered with a promise. */
const asynchronousTools = new WeakSet<Tool>();

/** The same without waiting, and without a proposal; `undefined` when the tool only answers asynchronously. */
export function callRequestNow(given: CallToJudge): CheckedRequest | undefined {
  const { tools, caller, workspace, root = workspace, own } = given;
  const tool = tools.find(({ name }) => name === given.tool);
  if (tool === undefined) return { ok: false, problem: unknownTool(given.tool, tools) };
  if (asynchronousTools.has(tool) || tool.subjects?.constructor.name === 'AsyncFunction') return undefined;
  const parsed = checkInputNow(tool.schema, given.input);
  const input = parsed !== undefined && parsed.issues === undefined ? parsed.value : undefined;
  if (parsed?.issues !== undefined) return { ok: false, problem: invalidInput(tool.name, given.input, parsed.issues) };
  const context: PermissionContext = { agentId: caller.agentId, workspace };
  const found = parsed === undefined ? undefined : subjectsOf(tool, input, context);
  if (parsed === undefined || found instanceof Promise) {
    asynchronousTools.add(tool);
    return undefined;
  }
  const subjects = found instanceof ToolError ? found : prepareSubjects(tool.name, input, found, root, own);
  return checkedRequest(given, { tool, input, subjects });
}

function checkedRequest(
  { input: written, caller, workspace, root = workspace }: CallToJudge,
  found: { readonly tool: Tool; readonly input: unknown; readonly subjects: CallRequest['subjects'] | ToolError },
): CheckedRequest {
  const { tool, input, subjects } = found;
  if (subjects instanceof ToolError) return { ok: false, problem: subjects.message };
  const { callId, rawCallId, agentId, lineage } = caller;
  return {
    ok: true,
    tool,
    input,
    request: { tool: tool.name, callId, rawCallId, agentId, lineage, input, written, subjects, workspace: root },
  };
}

/** What the call touches as the disk is now; an error when the tool already knows that the call cannot run. */
export async function subjectsNow(call: {
  readonly tool: Tool;
  readonly input: unknown;
  readonly context: PermissionContext;
  readonly root?: string;
  readonly own?: readonly string[] | undefined;
}): Promise<readonly Subject[] | null | ToolError> {
  const { tool, input, context, root = context.workspace, own } = call;
  const subjects = await subjectsOf(tool, input, context);
  return subjects instanceof ToolError ? subjects : prepareSubjects(tool.name, input, subjects, root, own);
}

type ToolSubjects = readonly Subject[] | null | undefined | ToolError;

/**
 * `undefined`: the tool has no `subjects`, so its parameters are; `null`: unknown, so the call asks; an error: the call cannot
 * run.
 */
function subjectsOf(tool: Tool, input: unknown, context: PermissionContext): ToolSubjects | Promise<ToolSubjects> {
  if (tool.subjects === undefined) return undefined;
  const failed = (error: unknown): ToolSubjects => (isToolError(error) ? error : null);
  try {
    const subjects = tool.subjects(input, context);
    if (typeof subjects !== 'object' || subjects === null || !('then' in subjects)) return subjects;
    return Promise.resolve(subjects).catch(failed);
  } catch (error) {
    return failed(error);
  }
}

async function proposalOf(tool: Tool, request: CallRequest, context: PermissionContext) {
  if (tool.derivePermission === undefined) return proposalFor(request, undefined);
  try {
    return proposalFor(request, await tool.derivePermission(request.input, context));
  } catch {
    return null;
  }
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  const known = tools.map((tool) => tool.name).join(', ');
  return `There is no tool "${name}". ${known === '' ? 'You have no tools.' : `You have: ${known}.`}`;
}

function invalidInput(name: string, input: unknown, issues: readonly SchemaIssue[]): string {
  if (typeof input === 'string') {
    try {
      JSON.parse(input);
    } catch (thrown) {
      return `The arguments of "${name}" are not valid JSON (${messageOf(thrown)}). Call it again with a JSON object.`;
    }
  }
  return `The arguments of "${name}" do not fit its schema:\n${issuesText(issues)}\nCorrect them and call it again.`;
}
