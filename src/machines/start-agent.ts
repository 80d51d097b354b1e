/** Starts agents as child actors of the root or of the call that asked for them. */
import { type Actor, type AnyActorLogic, type AnyActorRef, type AnyStateMachine, createActor } from 'xstate';
import type { AgentInput } from './agent-context.ts';
import { notConfiguredError } from './not-configured.ts';
import type { AgentEvent, Ref } from './protocol.ts';

/** XState types an actor's own logic on `Actor` only; every actor that reaches these functions is one. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as said
const logicOf = (actor: AnyActorRef): AnyActorLogic => (actor as Actor<AnyActorLogic>).logic;

/** The logic that a machine actor was given under the name `src`. */
export function providedLogic(actor: AnyActorRef, src: string): AnyActorLogic {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only machine actors call this
  const { actors } = (logicOf(actor) as AnyStateMachine).implementations;
  const logic: unknown = actors[src];
  if (typeof logic !== 'object' || logic === null) throw notConfiguredError('actor', src);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- implementations.actors holds logics
  return logic as AnyActorLogic;
}

/**
 * Creates an agent without starting it. Not by `spawnChild`: XState copies the table of children at every spawn and stop, so
 * n agents under one parent would cost n². An agent stops when it is done, so its parent keeps only a reference to it.
 */
export function createAgent(logic: AnyActorLogic, parent: AnyActorRef, input: AgentInput): Ref<AgentEvent> {
  return createActor(logic, { id: 'agent', parent, input });
}

/** Creates a subagent. It runs on the machine of the agent whose call asked for it. */
export function createSubagent(owner: Ref<AgentEvent>, parent: AnyActorRef, input: AgentInput): Ref<AgentEvent> {
  return createAgent(logicOf(owner), parent, input);
}

/** The child in `refs` that crashed. XState's error event names the fixed id that all of them share. */
export function crashedIn(refs: Iterable<readonly [string, Ref<AgentEvent> | undefined]>): string | undefined {
  for (const [id, ref] of refs) if (ref?.getSnapshot().status === 'error') return id;
  return undefined;
}
