/** The loop: makes an agent of a harness that makes single model calls. */
import { v7 as uuidv7 } from 'uuid';
import { GreenroomError } from '../errors.ts';
import { AgentOrchestrator } from './agent-orchestrator.ts';
import type {
  ModelRef,
  AgentHarness,
  Harness,
  InvocationEvent,
  InvokeParams,
  RelayResponse,
  RetryOptions,
} from '../harness/harness.ts';

/** Options of `createAgentHarness`. */
export interface AgentHarnessOptions {
  /** Makes the model calls: `createGeneratorHarness()`, or any object with `invoke`. */
  readonly harness: Harness;
  /** Turns with tools; one last turn without them follows, asking for a summary. Default 10. */
  readonly maxIterations?: number;
  /** For agents that name no model. Default: the model of `harness`. */
  readonly model?: ModelRef;
  readonly retry?: RetryOptions;
  /** See `Harness.name`. */
  readonly name?: string;
}

/**
 * Makes an agent of a model harness: turns until no tool is called or `maxIterations` is reached.
 * An `AgentOrchestrator` runs the loop as a statechart. `invoke()` runs the same statechart in an orchestrator of its own and
 * yields the events of the agent and its subagents; relays carry `respond`.
 * @throws GreenroomError `invalid_params` for a `maxIterations` that is not a whole number of at least 1.
 */
export function createAgentHarness(options: AgentHarnessOptions): AgentHarness {
  const { harness, maxIterations = 10, model, retry = {}, name } = options;
  if (!Number.isInteger(maxIterations) || maxIterations < 1) {
    throw new GreenroomError(
      'invalid_params',
      `createAgentHarness(): maxIterations must be a whole number of at least 1, not ${maxIterations}.`,
      {
        path: 'maxIterations',
      },
    );
  }
  const self: AgentHarness = {
    kind: 'agent',
    harness,
    maxIterations,
    retry,
    ...(model === undefined ? {} : { model }),
    ...(name === undefined ? {} : { name }),
    invoke: (params) => runAlone(self, params),
    supportedModels: async () => (await harness.supportedModels?.()) ?? [],
  };
  return self;
}

async function* runAlone(harness: AgentHarness, params: InvokeParams): AsyncGenerator<InvocationEvent, void, void> {
  const { signal, runId, parentId, ...rest } = params;
  signal?.throwIfAborted();
  await using orchestrator = new AgentOrchestrator(harness, runId === undefined ? {} : { ids: firstThenFresh(runId) });
  const agentId = orchestrator.spawn(rest);
  const stop = () => orchestrator.kill(agentId);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for await (const { event } of orchestrator.events()) {
      // only the agent's own events get the caller's parent; those of a subagent carry the call that started it
      const shown = parentId !== undefined && event.runId === agentId ? { ...event, parentId } : event;
      if (shown.type !== 'relay') {
        yield shown;
        continue;
      }
      const relayId = shown.id;
      yield { ...shown, respond: (response: RelayResponse) => void orchestrator.resolveRelay(relayId, response) };
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Gives the agent, which is created first, the id `first`. */
function firstThenFresh(first: string): () => string {
  let next: string | undefined = first;
  return () => {
    const id = next ?? uuidv7();
    next = undefined;
    return id;
  };
}
