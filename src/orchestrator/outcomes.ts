/** The outcomes of agents, and the promises that wait for them. */
import { GreenroomError } from '../errors.ts';
import type { AgentOutcome, Envelope } from '../events.ts';

/** Outcomes kept; the oldest are dropped. */
const KEPT = 10_000;

export class Outcomes {
  readonly #known = new Map<string, AgentOutcome>();
  /** The outcome of every agent that had not ended when recording stopped. */
  #end: AgentOutcome | undefined;
  readonly #awaited = new Map<string, PromiseWithResolvers<AgentOutcome>>();

  /** Applies the end of an agent. */
  apply({ agentId, event }: Envelope): void {
    if (event.type !== 'harness_end') return;
    this.settle(agentId, {
      status: event.status,
      text: event.text ?? '',
      usage: event.usage ?? { inputTokens: 0, outputTokens: 0 },
      ...(event.reason === undefined ? {} : { reason: event.reason }),
    });
  }

  settle(agentId: string, outcome: AgentOutcome): void {
    this.#known.set(agentId, outcome);
    this.#awaited.get(agentId)?.resolve(outcome);
    this.#awaited.delete(agentId);
    if (this.#known.size <= KEPT) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** Recording has stopped: every agent that has not ended gets this outcome. */
  endAll(status: 'failed' | 'cancelled', reason: string): void {
    this.#end = { status, text: '', usage: { inputTokens: 0, outputTokens: 0 }, reason };
    for (const agentId of this.#awaited.keys()) this.settle(agentId, this.#end);
  }

  of(agentId: string, isLive: boolean): Promise<AgentOutcome> {
    const known = this.#known.get(agentId);
    if (known !== undefined) return Promise.resolve(known);
    if (!isLive) {
      const message = `result(): there is no agent "${agentId}", or it ended so long ago that its outcome was forgotten.`;
      return Promise.reject(new GreenroomError('invalid_params', message, { path: 'agentId' }));
    }
    if (this.#end !== undefined) return Promise.resolve(this.#end);
    const awaited = this.#awaited.get(agentId) ?? Promise.withResolvers<AgentOutcome>();
    this.#awaited.set(agentId, awaited);
    return awaited.promise;
  }
}
