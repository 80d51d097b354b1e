/** What would happen to a call under some permissions, without running anything. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { callRequest } from './call-request.ts';
import { GreenroomError, messageOf } from '../errors.ts';
import type { DecidedBy, Permissions, ToolPermission } from '../events.ts';
import { decide, type CallRequest, type Decision } from '../permissions/decide.ts';
import { type CompiledPermissions, compilePermissions, NO_PERMISSIONS } from '../permissions/parse.ts';
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

export interface DryRun {
  /** Those of one agent. Default: none, so everything asks. */
  readonly permissions?: Permissions | undefined;
  /**
   * `params` are the tool's arguments. For `read`, `write`, `patch` and `search` a `path` is enough: a patch is then one of
   * that file.
   */
  readonly call: { readonly tool: string; readonly params?: unknown };
  /** Where relative paths of the call start. Default: the working directory. */
  readonly cwd?: string | undefined;
  /** The root of relative patterns. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The tools there are. Default: the six that come with Greenroom. */
  readonly tools?: readonly Tool[] | undefined;
}

/** A decision in words. */
export interface Explanation {
  readonly decision: 'allow' | 'ask' | 'deny';
  readonly why: string;
  /** The rules that decided, as `formatRule` writes them; several are joined by ` and `. */
  readonly rule?: string;
  /** Exactly what "always" would save; `null` when the call cannot be made permanent. */
  readonly proposal: readonly ToolPermission[] | null;
}

/** The agent of a dry run; rules are named by it, e.g. `permissions.allowlist[0]`. */
const OWNER = 'permissions';
const BUILT_IN: readonly Tool[] = [readTool, writeTool, patchTool, bashTool, searchTool, agentTool];
/** The names of the tools that come with Greenroom. */
export const BUILT_IN_TOOLS: readonly string[] = BUILT_IN.map(({ name }) => name);

/**
 * Decides a call as a running orchestrator would, by the same code, and says why. Looks at the disk for what the paths
 * really are; runs and changes nothing. A call that could not run (unknown tool, wrong arguments) asks.
 * @throws GreenroomError `invalid_params` or `invalid_rule` (a rule that cannot be used, or names a tool there is not);
 * `path` names the place.
 */
export async function explainCall(dryRun: DryRun): Promise<Explanation> {
  const { call, tools = BUILT_IN } = dryRun;
  const permissions = compilePermissions(dryRun.permissions, OWNER);
  for (const { permission, place } of placedRules(permissions)) assertKnown(permission, place, tools);
  const cwd = resolve(dryRun.cwd ?? process.cwd());
  const root = resolve(cwd, dryRun.workspace ?? cwd);
  const workspace = realFolder(root);
  if (workspace === null) return ask(`the workspace ${root} is no folder that can be looked at`);
  const input = fullInput(call.tool, cwd === root ? call.params : startingAt(cwd, call.tool, call.params));
  if (input === null) return ask('a path like this cannot stand in a patch');
  const caller = { callId: `${OWNER}/`, rawCallId: '', agentId: OWNER, lineage: [OWNER] };
  try {
    const judged = await callRequest({ tool: call.tool, input, tools, caller, workspace, root });
    if (!judged.ok) return ask(judged.problem);
    return explanation(decideWith(permissions, judged.request), permissions, judged.proposal);
  } catch (error) {
    return ask(`this call could not be checked: ${messageOf(error)}`);
  }
}

function decideWith(permissions: CompiledPermissions, request: CallRequest): Decision {
  const once = (permissions.allowOnce ?? []).map((rule) => rule.permission);
  return decide(request, {
    policy: NO_PERMISSIONS,
    layers: [{ agentId: OWNER, permissions }],
    grants: [],
    once: (agentId) => (agentId === OWNER ? once : []),
    now: Date.now(),
  });
}

function ask(why: string): Explanation {
  return { decision: 'ask', why, proposal: null };
}

function explanation(
  decision: Decision,
  permissions: CompiledPermissions,
  proposal: readonly ToolPermission[] | null,
): Explanation {
  if (decision.type === 'ask') return { decision: 'ask', why: decision.why, proposal };
  const rule = rulesOf(decision.decidedBy, permissions);
  const found = rule === undefined ? {} : { rule };
  // no saved rule beats a deny, so "always" is not on offer
  if (decision.type === 'deny') return { decision: 'deny', why: decision.reason, ...found, proposal: null };
  return { decision: 'allow', why: `allowed by ${decision.decidedBy.id ?? 'a rule'}`, ...found, proposal };
}

function rulesOf({ id = '' }: DecidedBy, permissions: CompiledPermissions): string | undefined {
  const texts = placedRules(permissions)
    .filter(({ permission, label }) => [label, onceLabel(permission)].some((one) => `, ${id}, `.includes(`, ${one}, `)))
    .map(({ permission }) => formatRule(permission));
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' and ');
}

function onceLabel(permission: ToolPermission): string {
  return `${OWNER}.allowOnce ${formatRule(permission)}`;
}

/** Every rule with its path in the given value, and as a decision names it. */
function placedRules({ deny, allowlist = [], allowOnce = [] }: CompiledPermissions) {
  const placed = (list: string, permission: ToolPermission, index: number) => ({
    permission,
    place: `${OWNER}.${list}.${index}`,
    label: `${OWNER}.${list}[${index}]`,
  });
  return [
    ...deny.flatMap((entry, index) => (entry.kind === 'rule' ? [placed('deny', entry.rule.permission, index)] : [])),
    ...allowlist.map(({ permission }, index) => placed('allowlist', permission, index)),
    ...allowOnce.map(({ permission }, index) => placed('allowOnce', permission, index)),
  ];
}

function assertKnown(permission: ToolPermission, place: string, tools: readonly Tool[]): void {
  if (tools.some(({ name }) => name === permission.tool)) return;
  const known = tools.map(({ name }) => name).join(', ');
  throw new GreenroomError(
    'invalid_rule',
    `Rule ${formatRule(permission)} (${place}): there is no tool "${permission.tool}". There are: ${known}.`,
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

/** The arguments as seen from the workspace, when the call starts elsewhere. */
function startingAt(cwd: string, tool: string, params: unknown): unknown {
  if (!isPlainObject(params)) return params;
  const key = tool === 'bash' ? 'cwd' : 'path';
  const given = params[key] ?? (key === 'cwd' || tool === 'search' ? '.' : undefined);
  if (typeof given !== 'string' || given === '' || isAbsolute(given)) return params;
  return { ...params, [key]: `${cwd}/${given}` };
}

/** The arguments with all that the tool wants besides the path; `null` when the path cannot be written down for it. */
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
