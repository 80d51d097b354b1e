/** Converts a folded session and the code it needs into what the machines are restored from. */
import { realpathSync, statSync } from 'node:fs';
import { compilePermissions } from '../permissions/parse.ts';
import { canonicalJson } from '../calls/call-digest.ts';
import type { CheckServices } from '../actors/check-call.ts';
import { effectiveLimits } from '../machines/agent-spec.ts';
import type { DecidedBy, Message, ToolPermission } from '../events.ts';
import type { AgentSpec } from '../machines/agent-spec.ts';
import type { RestoredAgent, SavedAgent, SavedCall, SavedChild, SavedOrchestrator } from '../machines/restored.ts';
import { type AgentCode, codeOf, type GivenCode, Missing, noCode } from './given-code.ts';
import { type FoldedAgent, openTurnOf } from './folded-agent.ts';
import type { FoldedCall } from './folded-call.ts';
import type { SessionFold } from './fold.ts';
import { keepsChildren, savedCall } from './saved-call.ts';

/** An agent of an opened session that cannot continue until something that it needs is given again. */
export interface ParkedAgent {
  readonly agentId: string;
  /** What is missing, and what to do. */
  readonly reason: string;
}

export interface RestoredSession {
  readonly orchestrator: SavedOrchestrator;
  /** Agents that the application had started; their subagents come with them. */
  readonly roots: readonly RestoredAgent[];
  readonly parked: readonly ParkedAgent[];
  /** All restored agents, subagents included. */
  readonly restored: readonly RestoredAgent[];
}

export interface RestoreOptions {
  readonly fold: SessionFold;
  readonly code: GivenCode;
  readonly deps: CheckServices;
  /** What was found of the effects of interrupted calls, as sentences, by call id. */
  readonly leftOvers: ReadonlyMap<string, readonly string[]>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export async function restore(options: RestoreOptions): Promise<RestoredSession> {
  const { fold } = options;
  const restorer = new Restorer(options);
  const roots: RestoredAgent[] = [];
  for (const agent of fold.open) {
    if (agent.parentId !== undefined) continue;
    const back = await restorer.agent(agent, undefined);
    if (back !== undefined) roots.push(back);
  }
  const { parked, restored } = restorer;
  const pools = new Map(restored.flatMap(({ spec }) => poolOf(spec, fold)));
  const { grants, totals, asked } = fold;
  const orchestrator = { grants: [...grants.values()], pools, totals, asked: [...asked] };
  return { orchestrator, roots, parked, restored };
}

class Restorer {
  readonly parked: ParkedAgent[] = [];
  readonly restored: RestoredAgent[] = [];
  readonly #options: RestoreOptions;

  constructor(options: RestoreOptions) {
    this.#options = options;
  }

  /** `undefined` for a parked agent. `ended` is the reason why a subagent cannot continue. */
  async agent(folded: FoldedAgent, parent: AgentSpec | undefined, ended?: string): Promise<RestoredAgent | undefined> {
    const { code, now } = this.#options;
    const ending = folded.ending ?? endingOf(folded, ended, now);
    let spec: AgentSpec;
    try {
      // an agent that only ends needs no code
      spec = specOf(folded, parent, ending === undefined ? codeOf(folded, code) : noCode(code));
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      this.#park(folded, error.message);
      return undefined;
    }
    const back = { spec, saved: await this.#saved(folded, spec, ending) };
    this.restored.push(back);
    return back;
  }

  async #saved(folded: FoldedAgent, spec: AgentSpec, ending: SavedAgent['ending']): Promise<SavedAgent> {
    const { fold, now } = this.#options;
    const isExternal = folded.setup?.loop === false;
    const savedCalls: Record<string, SavedCall> = {};
    for (const call of folded.calls.values()) {
      if (call.settlement === undefined)
        savedCalls[call.call.id] = await this.#call(call, spec, { ending: ending?.reason, isExternal });
    }
    const { maxDurationMs, maxIterations } = spec.limits;
    return {
      messages: folded.messages,
      inbox: folded.inbox,
      turns: folded.turns,
      lastTurn: folded.turns > maxIterations,
      text: folded.text,
      usage: folded.usage,
      midTurn: folded.turns > 0,
      ...openTurnOf(folded),
      savedCalls,
      seenCalls: new Set(folded.messages.flatMap(callIdsIn)),
      ...(ending === undefined ? {} : { ending }),
      isEndingKnown: folded.ending !== undefined,
      cutBlocks: isExternal ? [] : [...folded.blocks],
      generation: fold.resumed + 1,
      ...(maxDurationMs === undefined ? {} : { lifeLeftMs: Math.max(0, folded.startedAt + maxDurationMs - now) }),
    };
  }

  async #call(
    folded: FoldedCall,
    spec: AgentSpec,
    of: { readonly ending: string | undefined; readonly isExternal: boolean },
  ): Promise<SavedCall> {
    const { fold, deps, leftOvers } = this.#options;
    const goesOn = of.ending === undefined && keepsChildren(folded, spec);
    const children: SavedChild[] = [];
    for (const id of folded.children) {
      const child = fold.agents.get(id);
      if (child !== undefined) {
        children.push(await this.#child(child, spec, goesOn ? undefined : 'the call that asked for it ended'));
      }
    }
    const found = leftOvers.get(folded.call.id) ?? [];
    return savedCall({ folded, spec, deps, children, ...of, leftOvers: found });
  }

  async #child(folded: FoldedAgent, parent: AgentSpec, ended: string | undefined): Promise<SavedChild> {
    const known = { agentId: folded.id, task: taskOf(folded), name: folded.name };
    if (folded.outcome !== undefined) return { ...known, outcome: folded.outcome };
    const back = await this.agent(folded, parent, ended);
    return back === undefined ? known : { ...known, restored: back };
  }

  #park(folded: FoldedAgent, reason: string): void {
    this.parked.push({ agentId: folded.id, reason });
    for (const call of folded.calls.values()) {
      for (const id of call.children) {
        const child = this.#options.fold.agents.get(id);
        if (child?.outcome === undefined && child !== undefined) {
          this.#park(child, `Its parent agent is parked: ${reason}`);
        }
      }
    }
  }
}

/** Why an agent cannot continue that had not begun to end. `ended`: why its call ended. */
function endingOf(folded: FoldedAgent, ended: string | undefined, now: number): SavedAgent['ending'] {
  const { setup, startedAt, calls } = folded;
  if (ended !== undefined) return { status: 'cancelled', reason: ended };
  const fatal = [...calls.values()].map(({ settlement }) => settlement?.decidedBy).find(failsItsAgent);
  if (fatal !== undefined) return { status: 'failed', reason: fatal.reason ?? '' };
  const { maxDurationMs } = setup?.limits ?? {};
  if (maxDurationMs !== undefined && startedAt + maxDurationMs <= now) {
    return { status: 'limited', reason: `Limit maxDurationMs (${maxDurationMs}) reached.` };
  }
  // the state of an external harness is not in the journal
  if (setup?.loop !== false) return undefined;
  return { status: 'failed', reason: 'the process ended, and an external harness cannot be restored' };
}

/** Whether `onAsk: 'fail'` fails the agent. */
const failsItsAgent = (by: DecidedBy | undefined): boolean => by?.kind === 'policy' && by.id === 'onAsk:fail';

/** @throws Missing */
function specOf(folded: FoldedAgent, parent: AgentSpec | undefined, code: AgentCode): AgentSpec {
  const { id, name, path, lineage, parentId, setup } = folded;
  if (setup === undefined) throw new Missing('It was recorded without its setup.');
  if (code.tools.length > 0 && !isThere(setup.workspace)) {
    throw new Missing(`Its workspace ${setup.workspace} does not exist or is a link now. Restore it and resume again.`);
  }
  const permissions = setup.permissions ?? {};
  return {
    ...code,
    identity: { id, name, path, lineage, ...(parentId === undefined ? {} : { parentId }) },
    messages: setup.messages,
    permissions: parent?.permissions ?? permissions,
    layers: parent?.layers ?? [{ agentId: id, permissions: compilePermissions(permissions, 'permissions') }],
    limits: effectiveLimits(setup.limits, setup.limits.maxIterations ?? 10),
    retry: setup.retry,
    workspace: setup.workspace,
  };
}

/** Whether it is a folder, and not a link to another: its path rules mean this folder. */
function isThere(workspace: string): boolean {
  try {
    return statSync(workspace).isDirectory() && realpathSync(workspace) === workspace;
  } catch {
    return false;
  }
}

/** The unused entries of an agent's `allowOnce`. */
function poolOf({ identity, layers }: AgentSpec, fold: SessionFold): [string, readonly ToolPermission[]][] {
  const own = layers.find(({ agentId }) => agentId === identity.id);
  const given = own?.permissions.allowOnce?.map(({ permission }) => permission) ?? [];
  if (given.length === 0) return [];
  const left = [...given];
  for (const used of fold.used.get(identity.id) ?? []) {
    const at = left.findIndex((entry) => canonicalJson(entry) === canonicalJson(used));
    if (at >= 0) left.splice(at, 1);
  }
  return [[identity.id, left]];
}

const callIdsIn = (message: Message): string[] =>
  message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [];

/** The task of a subagent: the last message of its setup. */
function taskOf({ setup }: FoldedAgent): string {
  const last = setup?.messages.at(-1);
  return last?.role === 'user' && typeof last.content === 'string' ? last.content : '';
}
