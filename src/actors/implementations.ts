/** Gives the machines their actors: the one place where charts and I/O meet. */
import { agentMachine } from '../machines/agent.ts';
import { createCrewMachine } from '../machines/crew.ts';
import { orchestratorMachine } from '../machines/orchestrator.ts';
import { toolCallMachine } from '../machines/tool-call.ts';
import type { FileTime } from '../tools/file-time.ts';
import type { Clock } from './clock.ts';
import { defineDeadline } from './deadline.ts';
import { defineHostHarness } from './external-harness.ts';
import { defineModelTurn } from './model-turn.ts';
import { definePrepareCall } from './prepare-call.ts';
import { defineRunTool } from './run-tool.ts';
import { defineVerifyCall } from './verify-call.ts';
import { createPacer } from './pacer.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkTracker } from './work-tracker.ts';

export interface CastDeps {
  readonly clock: Clock;
  /** Mints unique ids for agents, relays and grants. */
  readonly ids: () => string;
  readonly tracker: WorkTracker;
  readonly fileTime: FileTime;
  /** This system's own files, which no rule lets an agent change. */
  readonly own: readonly string[];
  /** False once the journal has failed: nothing may start that is not recorded. */
  readonly isRecording: () => boolean;
  readonly scheduler?: Scheduler;
}

export function createCast(deps: CastDeps) {
  const pacer = createPacer();
  const toolCall = toolCallMachine.provide({
    actors: { prepareCall: definePrepareCall(deps), verifyCall: defineVerifyCall(deps), runTool: defineRunTool(deps) },
  });
  const crew = createCrewMachine({ agent: () => agent, toolCall: () => toolCall });
  const agent = agentMachine.provide({
    actors: {
      modelTurn: defineModelTurn({ ...deps, pacer }),
      hostHarness: defineHostHarness({ ...deps, pacer }),
      deadline: defineDeadline(deps.clock),
      crew,
    },
  });
  return { orchestrator: orchestratorMachine.provide({ actors: { crew } }), agent, toolCall };
}
