/** The machines with the actors that do their work: the one place where charts and I/O meet. Built once per process. */
import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { agentMachine } from '../machines/agent.ts';
import type { AgentInput } from '../machines/agent-context.ts';
import type { AgentMachine, OrchestratorMachine, ToolCallMachine } from '../machines/machine-types.ts';
import { orchestratorMachine } from '../machines/orchestrator.ts';
import { toolCallMachine } from '../machines/tool-call.ts';
import type { ToolCallInput } from '../machines/tool-call-context.ts';
import { reportingBirths } from './births.ts';
import { defineCheckCall, definePrepareCall, defineVerifyCall } from './check-call.ts';
import { defineDeadline } from './deadline.ts';
import { defineExternalHarness } from './external-harness.ts';
import { defineModelTurn } from './model-turn.ts';
import { defineRunTool } from './run-tool.ts';
import { type Birth, servicesOf } from './services.ts';

/** Machines that an application made with `.provide()` from the exported ones. */
export interface GivenMachines {
  readonly agent?: AgentMachine | undefined;
  readonly toolCall?: ToolCallMachine | undefined;
}

const callActors = {
  prepareCall: definePrepareCall(servicesOf),
  verifyCall: defineVerifyCall(servicesOf),
  runTool: defineRunTool(servicesOf),
};
const callActions = { checkCall: defineCheckCall(servicesOf) };
const agentActors = {
  modelTurn: defineModelTurn(servicesOf),
  externalHarness: defineExternalHarness(servicesOf),
  deadline: defineDeadline(servicesOf),
};

const agentBirth = (input: unknown): Birth => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the agent machine is given nothing else
  const { id, parentId } = (input as AgentInput).spec.identity;
  return { kind: 'agent', agentId: id, ...(parentId === undefined ? {} : { parentId }) };
};
const callBirth = (input: unknown): Birth => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tool-call machine is given nothing else
  const { call, spec } = input as ToolCallInput;
  const { id: agentId, parentId } = spec.identity;
  return { kind: 'call', agentId, callId: call.id, ...(parentId === undefined ? {} : { parentId }) };
};

type Actors = Readonly<Record<string, AnyActorLogic>>;
type Implementations = Pick<AnyStateMachine, 'implementations'>;

/** All actors of a machine that do the work: the application's own, and ours for the placeholders. Each reports its birth. */
function workers(given: Implementations, chart: Implementations, ours: Actors): Actors {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- implementations.actors holds logics by name
  const [named, placeholders] = [given, chart].map(({ implementations }) => implementations.actors as Actors);
  return Object.fromEntries(
    Object.entries(ours).map(([name, worker]) => {
      const own = named?.[name] === placeholders?.[name] ? undefined : named?.[name];
      return [name, reportingBirths(own ?? worker)];
    }),
  );
}

/**
 * The machine with these implementations. XState types what `.provide()` takes by the placeholders; a machine in place of a
 * placeholder promise takes the same input and gives the same output, so it fits.
 */
function provided<M extends AnyStateMachine>(machine: M, given: Parameters<AnyStateMachine['provide']>[0]): M {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `.provide()` keeps the type of the machine
  return (machine as AnyStateMachine).provide(given) as M;
}

function wire({ agent: givenAgent = agentMachine, toolCall: givenCall = toolCallMachine }: GivenMachines) {
  const isOpen = givenCall.implementations.actions.checkCall === toolCallMachine.implementations.actions.checkCall;
  const call = provided<AnyStateMachine>(givenCall, {
    actors: workers(givenCall, toolCallMachine, callActors),
    actions: isOpen ? callActions : {},
  });
  const toolCall = reportingBirths(call, callBirth);
  const actors = { ...workers(givenAgent, agentMachine, agentActors), toolCall };
  const agent = reportingBirths(provided<AnyStateMachine>(givenAgent, { actors }), agentBirth);
  return provided(orchestratorMachine, { actors: { agent } });
}

const ordinary = wire({});

/** The root machine whose agents and calls run on the given machines. */
export const runtimeMachine = (given: GivenMachines = {}): OrchestratorMachine =>
  given.agent === undefined && given.toolCall === undefined ? ordinary : wire(given);
