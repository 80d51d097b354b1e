/**
 * One model call. What it streams is emitted from here and bypasses every mailbox; the machine gets the whole turn at the end.
 * Stopping the actor aborts the request.
 */
import { fromPromise } from 'xstate';
import * as z from 'zod';
import { GreenroomError, ModelError } from '../errors.ts';
import { AssistantMessage, type HarnessEvent, ToolCall, Usage } from '../events.ts';
import type { InvocationEvent, TurnResult } from '../harness/harness.ts';
import type { ModelTurnInput, TurnProgress } from '../machines/agent-context.ts';
import type { AgentActors } from '../machines/machine-types.ts';
import { closeIterator, iteratorOf } from './iterators.ts';
import type { Scheduler } from './scheduler.ts';
import type { FindServices, Services } from './services.ts';

/** The services that a model turn needs. */
export type ModelTurnServices = Pick<Services, 'tracker' | 'pacer' | 'scheduler'>;

/** The actor `modelTurn`. While it runs, its snapshot has `progress`: the text and the ids of the blocks streamed so far. */
export function defineModelTurn(find: FindServices<ModelTurnServices>): AgentActors['modelTurn'] {
  const logic = fromPromise<TurnResult, ModelTurnInput, HarnessEvent>(({ input, signal, emit, self, system }) => {
    const services = find(system);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made below
    const { progress } = self.getSnapshot() as unknown as { readonly progress: Progress };
    const arrive = services.scheduler?.begin({ kind: 'model', id: input.params.runId ?? '' });
    const turn = runTurn({ input, signal, emit, progress, arrive, ...services });
    services.tracker.track(turn);
    return turn;
  });
  const { getInitialSnapshot } = logic;
  return {
    ...logic,
    getInitialSnapshot: (...given: Parameters<typeof getInitialSnapshot>) =>
      Object.assign(getInitialSnapshot(...given), { progress: new Progress() }),
  };
}

class Progress implements TurnProgress {
  text = '';
  readonly #blocks = new Set<string>();

  get blocks(): readonly string[] {
    return [...this.#blocks];
  }

  add(block: string, text: string): void {
    this.#blocks.add(block);
    this.text += text;
  }
}

interface TurnRun extends ModelTurnServices {
  readonly input: ModelTurnInput;
  readonly signal: AbortSignal;
  readonly emit: (event: HarnessEvent) => void;
  readonly progress: Progress;
  readonly arrive: ReturnType<Scheduler['begin']> | undefined;
}

async function runTurn({ input, signal, emit, progress, pacer, tracker, arrive }: TurnRun): Promise<TurnResult> {
  const { harness, params, blockPrefix } = input;
  await Promise.resolve(); // one step later: a harness's own code never runs inside an actor's transition
  signal.throwIfAborted();
  const iterator = iteratorOf(harness.invoke({ ...params, signal }));
  const assembled = new TurnAssembly();
  const { runId = '', parentId } = params;
  const origin = parentId === undefined ? {} : { parentId };
  const publish = (event: InvocationEvent) => {
    if (event.type !== 'text' && event.type !== 'reasoning') return;
    if (event.content === '') return;
    const id = `${blockPrefix}/${event.id}`;
    progress.add(id, event.type === 'text' ? event.content : '');
    emit({ type: event.type, runId, ...origin, id, content: event.content });
  };
  let parked = false;
  const close = () => tracker.track(closeIterator(iterator));
  signal.addEventListener('abort', close, { once: true }); // a parked generator gets to run its cleanup
  try {
    for (;;) {
      parked = false;
      const step: IteratorResult<InvocationEvent, unknown> = await iterator.next();
      parked = step.done !== true;
      if (arrive !== undefined) await arrive({ part: step.done !== true });
      if (signal.aborted) throw signal.reason;
      if (step.done === true) return turnOf(step.value) ?? assembled.result();
      assembled.take(step.value);
      publish(step.value);
      const pause = pacer.step();
      if (pause !== undefined) await pause;
    }
  } catch (error) {
    if (!signal.aborted) await arrive?.({});
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    if (parked && !signal.aborted) close();
  }
}

const Turn = z.object({
  // a provider may leave ids out; the agent gives its own
  message: AssistantMessage.extend({ tool_calls: z.array(ToolCall.extend({ id: z.string() })).optional() }),
  usage: Usage,
  finishReason: z.enum(['stop', 'tool-calls', 'length', 'content-filter', 'error', 'other']),
});

/** The turn that a harness returned; `undefined` when it returned none, and its events are assembled instead. */
function turnOf(value: unknown): TurnResult | undefined {
  if (typeof value !== 'object' || value === null || !('message' in value)) return undefined;
  const parsed = Turn.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GreenroomError(
    'harness',
    `The harness returned a turn that does not fit: ${z.prettifyError(parsed.error)}`,
  );
}

const ASKED =
  'The harness inside createAgentHarness() asked a question (relay), but there it only makes model calls. ' +
  'Give a harness that asks to AgentOrchestrator itself.';

/** Builds the turn from the events of a harness that only yields. */
class TurnAssembly {
  #text = '';
  readonly #calls: ToolCall[] = [];
  #usage: Usage = { inputTokens: 0, outputTokens: 0 };

  take(event: InvocationEvent): void {
    if (event.type === 'relay') throw new GreenroomError('harness', ASKED);
    if (event.type === 'text') this.#text += event.content;
    if (event.type === 'tool_call') this.#calls.push({ id: event.id, name: event.name, arguments: event.input });
    if (event.type === 'usage') {
      this.#usage = Usage.parse(event);
    }
    if (event.type === 'error') throw new ModelError(event.message, { retryable: false });
  }

  result(): TurnResult {
    const message: AssistantMessage = { role: 'assistant', content: this.#text };
    if (this.#calls.length > 0) message.tool_calls = this.#calls;
    return { message, usage: this.#usage, finishReason: this.#calls.length > 0 ? 'tool-calls' : 'stop' };
  }
}
