/**
 * Runs an external harness as an agent. Its events are passed on under this agent's ids, whatever ids it used. Its relays are
 * decided by the orchestrator like every other call, and answered through `respond`, which is not passed on.
 */
import { type EventObject, fromCallback } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { InvocationEvent } from '../harness/harness.ts';
import type { ExternalHarnessInput } from '../machines/agent-context.ts';
import { originOf } from '../machines/agent-spec.ts';
import type { AgentActors } from '../machines/machine-types.ts';
import type { AgentEvent, CallerEvent } from '../machines/protocol.ts';
import { ExternalCalls } from './external-calls.ts';
import { externalEvent } from './external-event.ts';
import { ExternalRelays, type ExternalRelayServices } from './external-relays.ts';
import { closeIterator, iteratorOf } from './iterators.ts';
import type { Pacer } from './pacer.ts';
import type { FindServices, Services } from './services.ts';
import type { WorkTracker } from './work-tracker.ts';

/** The services that an external harness needs. */
export type ExternalHarnessServices = ExternalRelayServices & Pick<Services, 'tracker' | 'pacer'>;

type Received = { readonly type: 'harness.stop'; readonly reason: string } | CallerEvent;

/** The actor `externalHarness`. */
export function defineExternalHarness(find: FindServices<ExternalHarnessServices>): AgentActors['externalHarness'] {
  return fromCallback<EventObject, ExternalHarnessInput, HarnessEvent>(
    ({ input, sendBack, receive, emit, self, system }) => {
      const services = find(system);
      const { tracker, pacer } = services;
      const { spec, orchestrator } = input;
      const controller = new AbortController();
      const tell = (event: AgentEvent) => sendBack(event);
      const calls = new ExternalCalls(spec.identity, emit);
      const stop = (status: 'cancelled' | 'failed', reason: string) => {
        end({ type: 'harness.ended', status, text: run.text, reason });
        controller.abort(new Error(reason));
      };
      const fail = (reason: string) => stop('failed', reason);
      const relays = new ExternalRelays({ spec, orchestrator, emit, tell, fail, self, services });
      const run = new ExternalRun(input, { calls, relays, emit, tell });
      const end = (event: Extract<AgentEvent, { type: 'harness.ended' | 'harness.failed' }>) => {
        if (run.over) return;
        run.over = true;
        relays.withdrawAll();
        calls.closeAll(event.type === 'harness.ended' && event.status === 'cancelled' ? 'cancelled' : 'unknown');
        tell(event);
      };

      receive((received) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the agent (harness.stop) and the orchestrator (decisions) know this actor
        const event = received as Received;
        if (event.type !== 'harness.stop') return relays.receive(event);
        stop('cancelled', event.reason);
      });

      tracker.track(
        run.pump({ signal: controller.signal, pacer, tracker }).then(
          () => end(run.ending()),
          (error: unknown) => end({ type: 'harness.failed', error, text: run.text }),
        ),
      );
      return () => {
        if (run.over) return;
        run.over = true;
        controller.abort(new Error('the agent ended'));
      };
    },
  );
}

interface Ports {
  readonly calls: ExternalCalls;
  readonly relays: ExternalRelays;
  readonly emit: (event: HarnessEvent) => void;
  readonly tell: (event: AgentEvent) => void;
}

interface Pump {
  readonly signal: AbortSignal;
  readonly pacer: Pacer;
  readonly tracker: WorkTracker;
}

/** Pulls events, gives them this agent's ids, and keeps the text and how the harness reported its end. */
class ExternalRun {
  over = false;
  /** The text streamed so far. */
  text = '';
  readonly #input: ExternalHarnessInput;
  readonly #ports: Ports;
  #end: Extract<HarnessEvent, { type: 'harness_end' }> | undefined;
  #failure: string | undefined;
  #block: { readonly rawId: string | undefined; readonly id: string } = { rawId: undefined, id: '' };

  constructor(input: ExternalHarnessInput, ports: Ports) {
    this.#input = input;
    this.#ports = ports;
  }

  ending(): Extract<AgentEvent, { type: 'harness.ended' }> {
    const status = this.#end?.status ?? (this.#failure === undefined ? 'completed' : 'failed');
    const reason = this.#end?.reason ?? this.#failure;
    return {
      type: 'harness.ended',
      status,
      text: this.#end?.text ?? this.text,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  async pump({ signal, pacer, tracker }: Pump): Promise<void> {
    const { spec } = this.#input;
    const { id, parentId } = spec.identity;
    await Promise.resolve(); // one step later: a harness's own code never runs inside an actor's transition
    if (this.over) return;
    const events = spec.harness.invoke({
      messages: spec.messages,
      tools: spec.tools,
      permissions: spec.permissions,
      signal,
      runId: id,
      ...(parentId === undefined ? {} : { parentId }),
      ...(spec.model === undefined ? {} : { model: spec.model }),
    });
    const iterator = iteratorOf(events);
    let parked = false;
    const close = () => tracker.track(closeIterator(iterator));
    signal.addEventListener('abort', close, { once: true });
    try {
      while (!this.over) {
        parked = false;
        const step = await iterator.next();
        if (step.done === true) return;
        parked = true;
        if (this.over) return;
        this.#pass(step.value);
        if (this.#end !== undefined) return; // events after its own end are ignored
        const pause = pacer.step();
        if (pause !== undefined) await pause;
      }
    } finally {
      signal.removeEventListener('abort', close);
      if (parked && !signal.aborted) close(); // its cleanup runs, and is not awaited
    }
  }

  /** Deltas of one block come in a row, so the last id is nearly always the right one. */
  #blockId(rawId: string): string {
    if (this.#block.rawId !== rawId) this.#block = { rawId, id: `${this.#input.spec.identity.id}/${rawId}` };
    return this.#block.id;
  }

  // oxlint-disable-next-line eslint/max-lines-per-function -- one case for each kind of event
  #pass(given: InvocationEvent): void {
    const { emit, calls, relays, tell } = this.#ports;
    const { id: runId, parentId } = this.#input.spec.identity;
    const event = externalEvent(given, { runId, failed: this.#failure !== undefined });
    const origin = originOf(this.#input.spec.identity);
    switch (event.type) {
      case 'text':
      case 'reasoning': {
        if (event.type === 'text') this.text += event.content;
        const id = this.#blockId(event.id);
        // one literal per case: a spread here costs most of the throughput
        emit(
          parentId === undefined
            ? { type: event.type, runId, id, content: event.content }
            : { type: event.type, runId, parentId, id, content: event.content },
        );
        return;
      }
      case 'tool_call':
        return calls.open(event);
      case 'tool_start':
        return calls.start(event.id);
      case 'tool_progress':
        return calls.progress(event);
      case 'tool_result':
        relays.withdraw(calls.fullId(event.id));
        return calls.close(event);
      case 'relay':
        // a relay may be the first event about its call
        calls.open({ type: 'tool_call', runId, id: event.toolCallId, name: event.tool, input: event.params });
        if (!calls.isOpen(event.toolCallId)) return relays.refuse(event);
        return relays.ask(event, calls.fullId(event.toolCallId));
      case 'usage': {
        const { inputTokens, outputTokens, reasoningTokens, cachedInputTokens } = event;
        const usage = { inputTokens, outputTokens, reasoningTokens, cachedInputTokens };
        emit({ type: 'usage', ...origin, ...usage });
        return tell({ type: 'harness.usage', usage });
      }
      case 'turn_discarded': {
        const blocks = event.blocks.map((block) => `${runId}/${block}`);
        const { attempt, reason, retryInMs } = event;
        return emit({ type: 'turn_discarded', ...origin, blocks, attempt, reason, retryInMs });
      }
      case 'error':
        this.#failure = event.message;
        return emit({ type: 'error', ...origin, code: event.code, message: event.message });
      case 'harness_end':
        this.#end = event;
        return;
      case 'harness_start':
      case 'relay_resolved':
      case 'message':
      case 'turn':
      case 'tool_effect':
      case 'stopping':
      case 'grant_revoked':
      case 'grant_used':
      case 'resumed':
      case 'resync':
        return; // the orchestrator emits these itself
      default:
        event satisfies never;
    }
  }
}
