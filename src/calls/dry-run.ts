/** Decides a call under given permissions, without running anything. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { callRequest } from './call-request.ts';
import { type CallExplanation, explainDecision, explainInvalid, placedRules } from './explanation.ts';
import { GreenroomError, messageOf } from '../errors.ts';
import type { Permissions, ToolPermission } from '../events.ts';
import { decide } from '../permissions/decide.ts';
import { compilePermissions, NO_PERMISSIONS } from '../permissions/parse.ts';
import { formatRule } from '../permissions/rule-text.ts';
import { isPlainObject } from '../permissions/value.ts';
import { agentTool } from '../tools/agent.ts';
import { bashTool } from '../tools/bash.ts';
import { patchTool } from '../tools/patch.ts';
import { parsePatch, pathsOf } from '../tools/patch-format.ts';
import { readTool } from '../tools/read.ts';
import { searchTool } from '../tools/search.ts';
import type { Tool } from '../tools/tool.ts';
import { writeTool } from '../tools/write.ts';

/** A call to explain, and the permissions to explain it under. */
export interface DryRun {
  /** The permissions of one agent. Default: none, so every call asks. */
  readonly permissions?: Permissions | undefined;
  /**
   * `params` are the tool's arguments. For `read`, `write`, `patch` and `search` a `path` is enough: a patch is then one of
   * that file.
   */
  readonly call: { readonly tool: string; readonly params?: unknown };
  /** The base of relative paths in the call. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** The root of relative patterns. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The known tools. Default: the six that come with Greenroom. */
  readonly tools?: readonly Tool[] | undefined;
}

/** The agent of a dry run; rules are named by it, e.g. `permissions.allowlist[0]`. */
const OWNER = 'permissions';
const BUILT_IN: readonly Tool[] = [readTool, writeTool, patchTool, bashTool, searchTool, agentTool];
/** The names of the tools that come with Greenroom. */
export const BUILT_IN_TOOLS: readonly string[] = BUILT_IN.map(({ name }) => name);

/**
 * Decides a call as a running orchestrator would, by the same code, and says why. Reads the disk to resolve paths; runs and
 * changes nothing. `orchestrator.explainCall` does the same for a call of one of its agents.
 * @throws GreenroomError (as a rejection) `invalid_params` or `invalid_rule` (a rule that cannot be used, or that names an
 *   unknown tool); `path` names the place.
 */
export async function explainCall(dryRun: DryRun): Promise<CallExplanation> {
  const { call, tools = BUILT_IN } = dryRun;
  const permissions = compilePermissions(dryRun.permissions, OWNER);
  for (const { permission, place } of placedRules(permissions, OWNER)) assertKnown(permission, place, tools);
  const cwd = resolve(dryRun.cwd ?? process.cwd());
  const root = resolve(cwd, dryRun.workspace ?? cwd);
  const workspace = realFolder(root);
  const input = fullInput(call.tool, cwd === root ? call.params : startingAt(cwd, call.tool, call.params));
  const described = { tool: call.tool, input: input ?? call.params };
  const ask = (why: string): CallExplanation => ({ ...described, decision: 'ask', why, proposal: null, relays: [] });
  if (workspace === null) return ask(`the workspace ${root} is not a folder that can be read`);
  if (input === null) return ask('a path like this cannot be written in a patch');
  const caller = { callId: `${OWNER}/`, rawCallId: '', agentId: OWNER, lineage: [OWNER] };
  try {
    const judged = await callRequest({ tool: call.tool, input, tools, caller, workspace, root });
    if (!judged.ok) return explainInvalid(described, judged.problem);
    const under = { policy: NO_PERMISSIONS, layers: [{ agentId: OWNER, permissions }], grants: [] };
    const once = (permissions.allowOnce ?? []).map((rule) => rule.permission);
    const decision = decide(judged.request, {
      ...under,
      once: (agentId) => (agentId === OWNER ? once : []),
      now: Date.now(),
    });
    return explainDecision(described, decision, { proposal: judged.proposal, under });
  } catch (error) {
    return ask(`this call could not be checked: ${messageOf(error)}`);
  }
}

function assertKnown(permission: ToolPermission, place: string, tools: readonly Tool[]): void {
  if (tools.some(({ name }) => name === permission.tool)) return;
  const known = tools.map(({ name }) => name).join(', ');
  throw new GreenroomError(
    'invalid_rule',
    `Rule ${formatRule(permission)} (${place}): there is no tool "${permission.tool}". Known: ${known}.`,
    { path: `${place}.tool` },
  );
}

function realFolder(path: string): string | null {
  try {
    const real = realpathSync(path);
    return statSync(real).isDirectory() ? real : null;
  } catch {
    return null;
  }
}

/** The arguments relative to the workspace, for a call with another `cwd`. */
function startingAt(cwd: string, tool: string, params: unknown): unknown {
  if (!isPlainObject(params)) return params;
  const key = tool === 'bash' ? 'cwd' : 'path';
  const given = params[key] ?? (key === 'cwd' || tool === 'search' ? '.' : undefined);
  if (typeof given !== 'string' || given === '' || isAbsolute(given)) return params;
  return { ...params, [key]: `${cwd}/${given}` };
}

/** Adds the arguments that the tool requires besides the path; `null` when the path cannot be written in a patch. */
function fullInput(tool: string, params: unknown): unknown {
  if (!isPlainObject(params) || !Object.hasOwn(params, 'path')) return params ?? {};
  if (tool === 'write' && !Object.hasOwn(params, 'content')) return { ...params, content: '' };
  if (tool === 'search' && !Object.hasOwn(params, 'pattern')) return { ...params, pattern: '.' };
  const { path, ...rest } = params;
  if (tool !== 'patch' || typeof path !== 'string' || Object.keys(rest).length > 0) return params;
  const patch = `*** Begin Patch\n*** Delete File: ${path}\n*** End Patch\n`;
  const parsed = parsePatch(patch);
  const names = parsed.ok ? parsed.sections.flatMap(pathsOf) : [];
  return names.length === 1 && names[0] === path ? { patch } : null;
}
