/** Folds a journal into the state of its session. */
import { canonicalJson } from '../calls/call-digest.ts';
import { GreenroomError } from '../errors.ts';
import type { Envelope, Grant, HarnessEvent, ToolEffect, ToolPermission } from '../events.ts';
import type { Journal } from '../journal/journal.ts';
import { applyToAgent, type FoldedAgent, foldedAgent } from './folded-agent.ts';

const PAGE = 1024;

/** The effects that a call announced (processes, changed files), in order. */
export interface CallEffects {
  readonly callId: string;
  readonly effects: readonly ToolEffect[];
}

/** The fold; `apply` takes the entries in order. */
export class SessionFold {
  readonly agents = new Map<string, FoldedAgent>();
  /** Grants that are not revoked, used up ones included. */
  readonly grants = new Map<string, Grant>();
  /** Used entries of `allowOnce`, by the id of the agent that declared them. */
  readonly used = new Map<string, ToolPermission[]>();
  /** Pending relays, in request order. */
  readonly asked = new Set<string>();
  /** Agents each tree ever had, by the id of its root. */
  readonly totals = new Map<string, number>();
  /** The effects of calls cancelled since the last start: their tools may have continued. */
  cancelled: CallEffects[] = [];
  /** How often the session was resumed. */
  resumed = 0;
  /** When the last entry was recorded; epoch milliseconds. */
  lastAt = 0;
  readonly #callers = new Map<string, string>();

  apply({ agentId, at, event }: Envelope): void {
    this.lastAt = Math.max(this.lastAt, at);
    if (event.type === 'harness_start') {
      const parent = this.agents.get(this.#callers.get(event.parentId ?? '') ?? '');
      const agent = foldedAgent({ event, id: agentId, at, parent });
      this.agents.set(agentId, agent);
      parent?.calls.get(event.parentId ?? '')?.children.push(agentId);
      const root = agent.lineage[0] ?? agentId;
      this.totals.set(root, (this.totals.get(root) ?? 0) + 1);
      return;
    }
    const agent = this.agents.get(agentId);
    this.#giveBack(agent?.calls, event);
    if (agent !== undefined) applyToAgent(agent, event);
    switch (event.type) {
      case 'relay':
        this.asked.add(event.id);
        return;
      case 'tool_result': {
        const effects = agent?.calls.get(event.id)?.effects ?? [];
        if (event.status === 'cancelled' && effects.length > 0) this.cancelled.push({ callId: event.id, effects });
        return;
      }
      case 'tool_call':
        this.#callers.set(event.id, agentId);
        return;
      case 'relay_resolved':
        this.asked.delete(event.relayId);
        for (const grant of event.grants ?? []) this.grants.set(grant.id, grant);
        return;
      case 'grant_revoked':
        this.grants.delete(event.grantId);
        return;
      case 'grant_used':
        return this.#use(event.grantId);
      case 'tool_start':
        for (const id of event.used?.grants ?? []) this.#use(id);
        for (const { agentId: owner, permission } of event.used?.once ?? []) {
          this.used.set(owner, [...(this.used.get(owner) ?? []), permission]);
        }
        return;
      case 'harness_end':
        for (const { id, scope, agentId: bound } of this.grants.values()) {
          if (scope !== 'all' && bound === agentId) this.grants.delete(id);
        }
        return;
      case 'resumed':
        this.resumed = event.count;
        this.cancelled = [];
        return;
      default:
        return;
    }
  }

  /** The effects of cancelled and open calls, oldest first. */
  get loose(): readonly CallEffects[] {
    const open = this.open.flatMap(({ calls }) => [...calls.values()]).filter((call) => call.settlement === undefined);
    return [...this.cancelled, ...open.map(({ call, effects }) => ({ callId: call.id, effects }))];
  }

  /** Agents that have not ended. */
  get open(): readonly FoldedAgent[] {
    return [...this.agents.values()].filter(({ outcome }) => outcome === undefined);
  }

  /** Returns what the first start of a call used up when the call is decided again. */
  #giveBack(calls: FoldedAgent['calls'] | undefined, event: HarnessEvent): void {
    const id = decidedAnew(event);
    const call = id === undefined ? undefined : calls?.get(id);
    if (call?.start?.used === undefined || call.question !== undefined) return;
    const { grants, once } = call.start.used;
    for (const grantId of grants) this.#use(grantId, -1);
    for (const { agentId, permission } of once) {
      const used = this.used.get(agentId) ?? [];
      const at = used.findIndex((one) => canonicalJson(one) === canonicalJson(permission));
      if (at >= 0) this.used.set(agentId, used.toSpliced(at, 1));
    }
  }

  #use(grantId: string, uses = 1): void {
    const grant = this.grants.get(grantId);
    if (grant?.usesLeft === undefined) return;
    this.grants.set(grantId, { ...grant, usesLeft: Math.max(0, grant.usesLeft - uses) });
  }
}

/** The id of a call that this event shows to be decided again. */
function decidedAnew(event: HarnessEvent): string | undefined {
  if (event.type === 'tool_start') return event.id;
  if (event.type === 'tool_result' && event.status === 'denied') return event.id;
  return event.type === 'relay' && event.kind === 'permission' ? event.toolCallId : undefined;
}

/**
 * Reads a journal from its beginning. `onEntry` sees every entry on the way.
 * @throws GreenroomError `journal` when it cannot be read, or no longer has its beginning.
 */
export function foldJournal(journal: Pick<Journal, 'read'>, onEntry?: (entry: Envelope) => void): SessionFold {
  const fold = new SessionFold();
  for (let since = 0; ;) {
    const { entries, behind } = journal.read({ since, limit: PAGE });
    if (behind) {
      throw new GreenroomError(
        'journal',
        'This journal no longer holds the beginning of its session, so the session cannot be resumed. Use a journal in a file.',
      );
    }
    const last = entries.at(-1);
    if (last === undefined) return fold;
    for (const entry of entries) {
      fold.apply(entry);
      onEntry?.(entry);
    }
    since = last.seq;
  }
}
