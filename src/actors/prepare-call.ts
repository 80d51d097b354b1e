/**
 * Checks a call before anybody is asked about it: the tool is known, its schema takes the arguments, and what it would
 * touch is worked out. A call that cannot run never reaches a human.
 */
import { fromPromise } from 'xstate';
import * as z from 'zod';
import { isToolError, messageOf, ToolError } from '../errors.ts';
import type { HarnessEvent } from '../events.ts';
import type { PrepareCallInput, Preparation } from '../machines/tool-call-context.ts';
import type { CallRequest } from '../permissions/decide.ts';
import { proposalFor } from '../permissions/proposal.ts';
import { prepareSubjects } from '../permissions/subjects.ts';
import type { PermissionContext, Subject, Tool } from '../tools/tool.ts';
import { callDigest } from './call-digest.ts';
import type { Clock } from './clock.ts';
import { sealFiles } from './sealed-files.ts';

export interface PrepareCallDeps {
  readonly clock: Clock;
  readonly ids: () => string;
  /** This system's own files: see `ownFiles`. */
  readonly own: readonly string[];
}

export function definePrepareCall(deps: PrepareCallDeps) {
  return fromPromise<Preparation, PrepareCallInput, HarnessEvent>(({ input }) => prepare(input, deps));
}

/** What the actor does, for those who only want to know. */
export async function prepare(given: PrepareCallInput, { clock, ids, own }: PrepareCallDeps): Promise<Preparation> {
  const { call, agent, tools, workspace } = given;
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) return { ok: false, problem: unknownTool(call.name, tools) };
  const parsed = await tool.schema.safeParseAsync(given.input);
  if (!parsed.success) return { ok: false, problem: invalidInput(call.name, given.input, parsed.error) };
  const input: unknown = parsed.data;
  const context: PermissionContext = { agentId: agent.id, workspace };
  const subjects = await subjectsNow({ tool, input, context, own });
  if (subjects instanceof ToolError) return { ok: false, problem: subjects.message };
  const request: CallRequest = {
    tool: tool.name,
    callId: call.id,
    rawCallId: call.rawId,
    agentId: agent.id,
    lineage: agent.lineage,
    input,
    subjects,
    workspace,
  };
  const proposal = await proposalOf(tool, request, context);
  return {
    ok: true,
    prepared: {
      tool,
      input,
      request,
      proposal,
      digest: callDigest({ tool: tool.name, input, workspace, subjects }),
      files: await sealFiles(tool, input, context),
      relayId: ids(),
      at: clock.now(),
    },
  };
}

/** What the call touches as the disk is now; an error when the tool already knows that the call cannot run. */
export async function subjectsNow(call: {
  readonly tool: Tool;
  readonly input: unknown;
  readonly context: PermissionContext;
  readonly own: readonly string[];
}): Promise<readonly Subject[] | null | ToolError> {
  const { tool, input, context, own } = call;
  const subjects = await subjectsOf(tool, input, context);
  return subjects instanceof ToolError ? subjects : prepareSubjects(tool.name, input, subjects, context.workspace, own);
}

/**
 * `undefined`: the tool says nothing, its parameters are its subjects; `null`: it cannot say, so the call asks; an error:
 * the tool already knows that the call cannot run.
 */
async function subjectsOf(
  tool: Tool,
  input: unknown,
  context: PermissionContext,
): Promise<readonly Subject[] | null | undefined | ToolError> {
  if (tool.subjects === undefined) return undefined;
  try {
    return await tool.subjects(input, context);
  } catch (error) {
    return isToolError(error) ? error : null;
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

function invalidInput(name: string, input: unknown, error: z.ZodError): string {
  if (typeof input === 'string') {
    try {
      JSON.parse(input);
    } catch (thrown) {
      return `The arguments of "${name}" are not valid JSON (${messageOf(thrown)}). Call it again with a JSON object.`;
    }
  }
  return `The arguments of "${name}" do not fit its schema:\n${z.prettifyError(error)}\nCorrect them and call it again.`;
}
