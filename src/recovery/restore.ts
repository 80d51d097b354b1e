/** A folded session and the code it needs → what the machines start from. */
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

export interface RevivedSession {
  readonly orchestrator: SavedOrchestrator;
  /** Agents that the application had started; their subagents come with them. */
  readonly roots: readonly RestoredAgent[];
  readonly parked: readonly ParkedAgent[];
  /** All that come back, subagents included. */
  readonly returning: readonly RestoredAgent[];
}

export interface ReviveOptions {
  readonly fold: SessionFold;
  readonly code: GivenCode;
  readonly deps: CheckServices;
  /** What was found of the effects of calls that were running, by their ids. */
  readonly aftermath: ReadonlyMap<string, readonly string[]>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export async function revive(options: ReviveOptions): Promise<RevivedSession> {
  const { fold } = options;
  const reviver = new Reviver(options);
  const roots: RestoredAgent[] = [];
  for (const agent of fold.open) {
    if (agent.parentId !== undefined) continue;
    const back = await reviver.agent(agent, undefined);
    if (back !== undefined) roots.push(back);
  }
  const { parked, returning } = reviver;
  const pools = new Map(returning.flatMap(({ spec }) => poolOf(spec, fold)));
  const { grants, totals, asked } = fold;
  const orchestrator = { grants: [...grants.values()], pools, totals, asked: [...asked] };
  return { orchestrator, roots, parked, returning };
}

class Reviver {
  readonly parked: ParkedAgent[] = [];
  readonly returning: RestoredAgent[] = [];
  readonly #options: ReviveOptions;

  constructor(options: ReviveOptions) {
    this.#options = options;
  }

  /** `undefined`: it is parked. `ended` says why a subagent cannot go on. */
  async agent(folded: FoldedAgent, parent: AgentSpec | undefined, ended?: string): Promise<RestoredAgent | undefined> {
    const { code, now } = this.#options;
    const ending = folded.ending ?? endingOf(folded, ended, now);
    let spec: AgentSpec;
    try {
      // one that ends needs nothing more, or nothing that we could give
      spec = specOf(folded, parent, ending === undefined ? codeOf(folded, code) : noCode(code));
    } catch (error) {
      if (!(error instanceof Missing)) throw error;
      this.#park(folded, error.message);
      return undefined;
    }
    const back = { spec, saved: await this.#saved(folded, spec, ending) };
    this.returning.push(back);
    return back;
  }

  async #saved(folded: FoldedAgent, spec: AgentSpec, ending: SavedAgent['ending']): Promise<SavedAgent> {
    const { fold, now } = this.#options;
    const isForeign = folded.setup?.loop === false;
    const savedCalls: Record<string, SavedCall> = {};
    for (const call of folded.calls.values()) {
      if (call.settlement === undefined)
        savedCalls[call.call.id] = await this.#call(call, spec, { ending: ending?.reason, isForeign });
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
      cutBlocks: isForeign ? [] : [...folded.blocks],
      generation: fold.resumed + 1,
      ...(maxDurationMs === undefined ? {} : { lifeLeftMs: Math.max(0, folded.startedAt + maxDurationMs - now) }),
    };
  }

  async #call(
    folded: FoldedCall,
    spec: AgentSpec,
    of: { readonly ending: string | undefined; readonly isForeign: boolean },
  ): Promise<SavedCall> {
    const { fold, deps, aftermath } = this.#options;
    const goesOn = of.ending === undefined && keepsChildren(folded, spec);
    const children: SavedChild[] = [];
    for (const id of folded.children) {
      const child = fold.agents.get(id);
      if (child !== undefined) {
        children.push(await this.#child(child, spec, goesOn ? undefined : 'the call that asked for it ended'));
      }
    }
    const found = aftermath.get(folded.call.id) ?? [];
    return savedCall({ folded, spec, deps, children, ...of, aftermath: found });
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
          this.#park(child, `The agent that asked for it is parked: ${reason}`);
        }
      }
    }
  }
}

/** Why an agent does not go on that had not begun to end. `ended`: the call that asked for it did. */
function endingOf(folded: FoldedAgent, ended: string | undefined, now: number): SavedAgent['ending'] {
  const { setup, startedAt, calls } = folded;
  if (ended !== undefined) return { status: 'cancelled', reason: ended };
  const fatal = [...calls.values()].map(({ settlement }) => settlement?.decidedBy).find(failsItsAgent);
  if (fatal !== undefined) return { status: 'failed', reason: fatal.reason ?? '' };
  const { maxDurationMs } = setup?.limits ?? {};
  if (maxDurationMs !== undefined && startedAt + maxDurationMs <= now) {
    return { status: 'limited', reason: `Limit maxDurationMs (${maxDurationMs}) reached.` };
  }
  // a harness that runs itself keeps its state where nobody can see it
  if (setup?.loop !== false) return undefined;
  return { status: 'failed', reason: 'the process ended, and a harness that runs itself cannot go on after that' };
}

/** Nobody was there to be asked, and then its agent fails. */
const failsItsAgent = (by: DecidedBy | undefined): boolean => by?.kind === 'policy' && by.id === 'onAsk:fail';

/** @throws Missing */
function specOf(folded: FoldedAgent, parent: AgentSpec | undefined, code: AgentCode): AgentSpec {
  const { id, name, path, lineage, parentId, setup } = folded;
  if (setup === undefined) throw new Missing('It was recorded without its setup.');
  if (code.tools.length > 0 && !isThere(setup.workspace)) {
    throw new Missing(`Its workspace ${setup.workspace} is not there any more. Put it back and resume again.`);
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

/** The folder that the rules of its paths speak of, and no link to another by now. */
function isThere(workspace: string): boolean {
  try {
    return statSync(workspace).isDirectory() && realpathSync(workspace) === workspace;
  } catch {
    return false;
  }
}

/** What is left of the `allowOnce` that an agent was given. */
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

/** The task that a subagent was given: the last thing it was told at its start. */
function taskOf({ setup }: FoldedAgent): string {
  const last = setup?.messages.at(-1);
  return last?.role === 'user' && typeof last.content === 'string' ? last.content : '';
}
