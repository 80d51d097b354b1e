/** The calls of an external harness: each gets one `tool_call` and one `tool_result`, in that order. */
import type { CallStatus, HarnessEvent } from '../events.ts';
import { type AgentIdentity, originOf } from '../machines/agent-spec.ts';

type Of<T extends HarnessEvent['type']> = Extract<HarnessEvent, { type: T }>;

export class ExternalCalls {
  readonly #emit: (event: HarnessEvent) => void;
  readonly #agentId: string;
  readonly #origin: { readonly runId: string; readonly parentId?: string };
  readonly #open = new Map<string, string>();
  readonly #closed = new Set<string>();

  constructor(identity: AgentIdentity, emit: (event: HarnessEvent) => void) {
    this.#emit = emit;
    this.#agentId = identity.id;
    this.#origin = originOf(identity);
  }

  fullId(rawId: string): string {
    return rawId.startsWith(`${this.#agentId}/`) ? rawId : `${this.#agentId}/${rawId}`;
  }

  isOpen(rawId: string): boolean {
    return this.#open.has(this.fullId(rawId));
  }

  open({ id: rawId, name, input }: Of<'tool_call'>): void {
    const id = this.fullId(rawId);
    if (this.#open.has(id) || this.#closed.has(id)) return;
    this.#open.set(id, name);
    this.#emit({ type: 'tool_call', ...this.#origin, id, name, input });
  }

  start(rawId: string): void {
    const id = this.fullId(rawId);
    if (this.#open.has(id)) this.#emit({ type: 'tool_start', ...this.#origin, id });
  }

  progress({ toolCallId, stream, content }: Of<'tool_progress'>): void {
    const id = this.fullId(toolCallId);
    if (this.#open.has(id)) this.#emit({ type: 'tool_progress', ...this.#origin, toolCallId: id, stream, content });
  }

  close(event: Of<'tool_result'>): void {
    const id = this.fullId(event.id);
    if (this.#closed.has(id)) return;
    if (!this.#open.has(id)) this.open({ ...event, type: 'tool_call', input: undefined });
    const output = typeof event.output === 'object' && event.output !== null ? event.output : { result: event.output };
    this.#end(id, event.name, event.status ?? 'ok', output);
  }

  /** Ends the calls that the harness left open. */
  closeAll(status: CallStatus): void {
    const context =
      status === 'cancelled'
        ? 'This call was cancelled with its agent.'
        : 'The harness ended without a result for this call.';
    for (const [id, name] of this.#open) this.#end(id, name, status, { context });
  }

  #end(id: string, name: string, status: CallStatus, output: Of<'tool_result'>['output']): void {
    this.#open.delete(id);
    this.#closed.add(id);
    const decidedBy = { kind: 'harness' as const };
    this.#emit({ type: 'tool_result', ...this.#origin, id, name, output, status, decidedBy });
  }
}
