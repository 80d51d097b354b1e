/**
 * A supervisor of a few dozen actors. XState copies a parent's whole child table at every spawn and stop, so a
 * parent with n children pays n² in all; spread over crews the price per child stays flat. A crew reaps what has
 * ended, turns a crash into messages to whoever must know, and ends itself after its last member.
 */
import { Map as PersistentMap } from 'immutable';
import { type AnyActorLogic, assign, enqueueActions, setup } from 'xstate';
import type { AgentOutcome } from '../events.ts';
import { unprovidedRoles } from './not-configured.ts';
import type { AgentEvent, OrchestratorEvent, Ref, SubagentEvent, ToolCallEvent } from './protocol.ts';

/** Members a crew takes in its life. Measured: between 16 and 64 the cost of an agent's life is flat and lowest. */
export const CREW_CAPACITY = 64;

/** Who is told what when a member dies of an error that it should have handled itself. */
export type CrashNotice =
  | { readonly to: Ref<OrchestratorEvent>; readonly event: OrchestratorEvent }
  | { readonly to: Ref<AgentEvent>; readonly event: AgentEvent }
  | { readonly to: Ref<SubagentEvent>; readonly event: SubagentEvent };

export interface Hire {
  readonly role: 'agent' | 'toolCall';
  /** The actor's id; minted once, never reused. */
  readonly id: string;
  readonly input: unknown;
  readonly onCrash: readonly CrashNotice[];
  /** Hears how an agent ended, once it is gone: what hangs on that may take the whole crew down. */
  readonly heir?: Ref<SubagentEvent>;
}

export interface CrewInput {
  /** How many members it will take before it closes. */
  readonly capacity: number;
  readonly hires: readonly Hire[];
}

export type CrewEvent =
  | { readonly type: 'hire'; readonly hires: readonly Hire[] }
  | { readonly type: 'broadcast'; readonly event: ToolCallEvent | AgentEvent };

/** The logics a crew can employ, looked up when they are needed: an agent's crews employ agents. */
export interface Roles {
  readonly agent: () => AnyActorLogic;
  readonly toolCall: () => AnyActorLogic;
}

export interface CrewContext {
  readonly capacity: number;
  readonly hired: number;
  readonly arriving: readonly Hire[];
  readonly members: PersistentMap<string, Pick<Hire, 'onCrash' | 'heir'>>;
}

const memberIdOf = (event: { type: string }): string => event.type.replace(/^xstate\.(?:done|error)\.actor\./, '');

/** XState's done events are not among the typed ones; a member with an heir is an agent, whose output is its outcome. */
const outputIn = (event: object): AgentOutcome | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as said
  'output' in event ? (event.output as AgentOutcome) : undefined;

/** Builds the crew machine for the given roles. */
export function createCrewMachine(roles: Roles) {
  return setup({
    types: { context: {} as CrewContext, events: {} as CrewEvent, input: {} as CrewInput },
    actors: {
      // getters: an agent employs crews that employ agents, so neither can be complete before the other
      get agent(): AnyActorLogic {
        return roles.agent();
      },
      get toolCall(): AnyActorLogic {
        return roles.toolCall();
      },
    },
    actions: {
      announce: assign(({ context, event }) =>
        event.type === 'hire' ? { arriving: [...context.arriving, ...event.hires] } : {},
      ),
      hire: enqueueActions(({ context, enqueue }) => {
        for (const { role, id, input } of context.arriving) enqueue.spawnChild(role, { id, input });
        enqueue.assign({
          arriving: [],
          hired: context.hired + context.arriving.length,
          members: context.members.concat(context.arriving.map((hire) => [hire.id, hire] as const)),
        });
      }),
      reap: enqueueActions(({ context, event, enqueue }) => {
        const id = memberIdOf(event);
        enqueue.stopChild(id);
        enqueue.assign({ members: context.members.delete(id) });
      }),
      reportCrash: enqueueActions(({ context, event, enqueue }) => {
        for (const { to, event: notice } of context.members.get(memberIdOf(event))?.onCrash ?? []) {
          enqueue.sendTo(to, notice);
        }
      }),
      reportEnd: enqueueActions(({ context, event, enqueue }) => {
        const agentId = memberIdOf(event);
        const heir = context.members.get(agentId)?.heir;
        const outcome = outputIn(event);
        if (heir !== undefined && outcome !== undefined) {
          enqueue.sendTo(heir, { type: 'subagent.ended' as const, agentId, outcome });
        }
      }),
      passOn: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'broadcast') return;
        for (const id of context.members.keys()) enqueue.sendTo(id, event.event);
      }),
    },
    guards: {
      isSpent: ({ context }) =>
        context.hired >= context.capacity && context.arriving.length === 0 && context.members.isEmpty(),
    },
  }).createMachine({
    id: 'crew',
    description: 'Supervises a few dozen actors, reaps them, and ends with the last one.',
    context: ({ input }) => ({ capacity: input.capacity, hired: 0, arriving: input.hires, members: PersistentMap() }),
    initial: 'employing',
    states: {
      employing: {
        description: 'Members come and go.',
        entry: 'hire',
        always: { guard: 'isSpent', target: 'spent' },
        on: {
          hire: { actions: ['announce', 'hire'] },
          broadcast: { actions: 'passOn' },
          'xstate.done.actor.*': { actions: ['reportEnd', 'reap'] },
          'xstate.error.actor.*': { actions: ['reportCrash', 'reap'] },
        },
      },
      spent: { description: 'Full once, empty now.', type: 'final' },
    },
    options: { maxIterations: 1000 },
  });
}

/** The crew as a chart: to run, it needs the roles that the orchestrator gives it. */
export const crewMachine = createCrewMachine(unprovidedRoles);
