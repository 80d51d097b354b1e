/**
 * Runs a harness of any kind as an agent. Its events pass through under this agent's ids, whatever ids it used; its
 * relays are decided by the orchestrator like every other call and answered through `respond`, which goes no further.
 */
import { type EventObject, fromCallback } from 'xstate';
import type { HarnessEvent } from '../events.ts';
import type { InvocationEvent } from '../harness/harness.ts';
import type { HostHarnessInput } from '../machines/agent-context.ts';
import type { AgentEvent, CallerEvent } from '../machines/protocol.ts';
import type { Clock } from './clock.ts';
import { ForeignCalls } from './external-calls.ts';
import { foreignEvent } from './external-event.ts';
import { ForeignRelays } from './external-relays.ts';
import { closeIterator, iteratorOf } from './iterators.ts';
import type { Pacer } from './pacer.ts';
import type { WorkTracker } from './work-tracker.ts';

export interface HostHarnessDeps {
  readonly tracker: WorkTracker;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly ids: () => string;
  /** False once the journal has failed: nothing that is not recorded is approved. */
  readonly isRecording: () => boolean;
  /** This system's own files, which no rule lets an agent change. */
  readonly own: readonly string[];
}

type Heard = { readonly type: 'host.stop'; readonly reason: string } | CallerEvent;

export function defineHostHarness({ tracker, pacer, clock, ids, isRecording, own }: HostHarnessDeps) {
  return fromCallback<EventObject, HostHarnessInput, HarnessEvent>(({ input, sendBack, receive, emit, self }) => {
    const { spec, orchestrator } = input;
    const controller = new AbortController();
    const tell = (event: AgentEvent) => sendBack(event);
    const calls = new ForeignCalls(spec.identity, emit);
    const stop = (status: 'cancelled' | 'failed', reason: string) => {
      end({ type: 'host.ended', status, text: run.text, reason });
      controller.abort(new Error(reason));
    };
    const fail = (reason: string) => stop('failed', reason);
    const relays = new ForeignRelays({ spec, orchestrator, emit, tell, fail, clock, ids, isRecording, own, self });
    const run = new HostedRun(input, { calls, relays, emit, tell });
    const end = (event: Extract<AgentEvent, { type: 'host.ended' | 'host.failed' }>) => {
      if (run.over) return;
      run.over = true;
      relays.withdrawAll();
      calls.closeAll(event.type === 'host.ended' && event.status === 'cancelled' ? 'cancelled' : 'unknown');
      tell(event);
    };

    receive((received) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the agent (host.stop) and the orchestrator (decisions) know this actor
      const event = received as Heard;
      if (event.type !== 'host.stop') return relays.hear(event);
      stop('cancelled', event.reason);
    });

    tracker.track(
      run.pump({ signal: controller.signal, pacer, tracker }).then(
        () => end(run.ending()),
        (error: unknown) => end({ type: 'host.failed', error, text: run.text }),
      ),
    );
    return () => {
      run.over = true;
      controller.abort(new Error('the agent ended'));
    };
  });
}

interface Ports {
  readonly calls: ForeignCalls;
  readonly relays: ForeignRelays;
  readonly emit: (event: HarnessEvent) => void;
  readonly tell: (event: AgentEvent) => void;
}

interface Pump {
  readonly signal: AbortSignal;
  readonly pacer: Pacer;
  readonly tracker: WorkTracker;
}

/** The pump: pulls events, gives them this agent's ids, and remembers how the harness said it ended. */
class HostedRun {
  over = false;
  readonly #input: HostHarnessInput;
  readonly #ports: Ports;
  #end: Extract<HarnessEvent, { type: 'harness_end' }> | undefined;
  #failure: string | undefined;
  #block: { readonly rawId: string | undefined; readonly id: string } = { rawId: undefined, id: '' };

  constructor(input: HostHarnessInput, ports: Ports) {
    this.#input = input;
    this.#ports = ports;
  }

  get text(): string {
    return this.#input.draft.text;
  }

  ending(): Extract<AgentEvent, { type: 'host.ended' }> {
    const status = this.#end?.status ?? (this.#failure === undefined ? 'completed' : 'failed');
    const reason = this.#end?.reason ?? this.#failure;
    return {
      type: 'host.ended',
      status,
      text: this.#end?.text ?? this.text,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  async pump({ signal, pacer, tracker }: Pump): Promise<void> {
    const { spec } = this.#input;
    const { id, parentId } = spec.identity;
    await Promise.resolve(); // a step later: a harness's own code never runs inside an actor's transition
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
        if (this.#end !== undefined) return; // what it yields after its own end is nobody's any more
        const pause = pacer.step();
        if (pause !== undefined) await pause;
      }
    } finally {
      signal.removeEventListener('abort', close);
      if (parked && !signal.aborted) close(); // it is not waited for any more: it gets to clean up all the same
    }
  }

  /** Deltas of one block come in a row, so the last id is nearly always the right one. */
  #blockId(rawId: string): string {
    if (this.#block.rawId !== rawId) this.#block = { rawId, id: `${this.#input.spec.identity.id}/${rawId}` };
    return this.#block.id;
  }

  #pass(given: InvocationEvent): void {
    const { emit, calls, relays, tell } = this.#ports;
    const { id: runId, parentId } = this.#input.spec.identity;
    const event = foreignEvent(given, { runId, failed: this.#failure !== undefined });
    const origin = parentId === undefined ? { runId } : { runId, parentId };
    switch (event.type) {
      case 'text':
      case 'reasoning': {
        if (event.type === 'text') this.#input.draft.text += event.content;
        const id = this.#blockId(event.id);
        // a literal per type: spreading here costs most of the throughput
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
        // a question may be the first that is heard of its call
        calls.open({ type: 'tool_call', runId, id: event.toolCallId, name: event.tool, input: event.params });
        if (!calls.isOpen(event.toolCallId)) return relays.refuse(event);
        return relays.ask(event, calls.fullId(event.toolCallId));
      case 'usage': {
        const { inputTokens, outputTokens, reasoningTokens, cachedInputTokens } = event;
        const usage = { inputTokens, outputTokens, reasoningTokens, cachedInputTokens };
        emit({ type: 'usage', ...origin, ...usage });
        return tell({ type: 'host.usage', usage });
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
        return; // the orchestrator says these itself
      default:
        event satisfies never;
    }
  }
}
