/** The context of the root actor, and the results of its transitions. */
import { Map as PersistentMap, OrderedMap } from 'immutable';
import type { Grant, PendingRelay, ToolPermission } from '../events.ts';
import type { CallRequest } from '../permissions/call.ts';
import type { CompiledPermissions, PermissionLayer } from '../permissions/parse.ts';
import type { AgentEvent, CallerEvent, Ref, SubagentEvent } from './protocol.ts';
import type { ResumedSession } from './restored.ts';

/** What happens to a call that no rule allows: it waits, it is denied, or its agent fails. */
export type OnAsk = 'wait' | 'deny' | 'fail';

/** A call that waits for a human. */
export interface WaitingCall {
  readonly relay: PendingRelay;
  readonly request: CallRequest;
  readonly layers: readonly PermissionLayer[];
  readonly ref: Ref<CallerEvent>;
  /** A human approved something else before: no rule and no grant lets it run. */
  readonly mustAsk: boolean;
}

/** The number of agents in one tree: alive, and ever. */
interface Tree {
  readonly live: number;
  readonly total: number;
}

/** The input of the root actor. */
export interface OrchestratorInput {
  readonly policy: CompiledPermissions;
  readonly onAsk: OnAsk;
  /** Set after a restart. */
  readonly saved?: ResumedSession;
}

/** The context of the root actor: everything that decisions depend on. */
export interface OrchestratorContext extends OrchestratorInput {
  /** The shared allowlist that humans made with "always"; it holds for present and later agents. */
  readonly grants: readonly Grant[];
  /** In request order. */
  readonly pending: OrderedMap<string, WaitingCall>;
  /** The unused entries of each agent's `allowOnce`. */
  readonly pools: PersistentMap<string, readonly ToolPermission[]>;
  readonly trees: PersistentMap<string, Tree>;
  /** Agents alive, subagents included. */
  readonly liveAgents: number;
  /** The root agents alive, by id. */
  readonly agents: PersistentMap<string, Ref<AgentEvent>>;
}

/** One message that a transition sends. */
export type Message =
  | { readonly to: Ref<CallerEvent>; readonly event: CallerEvent }
  | { readonly to: Ref<SubagentEvent>; readonly event: SubagentEvent };

/** The result of a transition: what changes in the context, and the messages to send. */
export interface Step {
  readonly patch: Partial<OrchestratorContext>;
  readonly messages: readonly Message[];
}

export function initialOrchestratorContext(input: OrchestratorInput): OrchestratorContext {
  const { saved } = input;
  return {
    ...input,
    grants: saved?.grants ?? [],
    pending: OrderedMap(),
    pools: PersistentMap(saved?.pools),
    trees: PersistentMap([...(saved?.totals ?? [])].map(([id, total]) => [id, { live: 0, total }] as const)),
    liveAgents: 0,
    agents: PersistentMap(),
  };
}
