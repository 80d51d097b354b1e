/** The relays of an external harness, decided by the orchestrator and answered through `respond`. */
import type { HarnessEvent, PendingRelay } from '../events.ts';
import type { InvocationEvent, RelayResponse } from '../harness/harness.ts';
import { type AgentSpec, originOf } from '../machines/agent-spec.ts';
import type { Approval, Resolution } from '../machines/call-entities.ts';
import type { AgentEvent, CallerEvent, OrchestratorEvent, Ref } from '../machines/protocol.ts';
import type { CallRequest } from '../permissions/call.ts';
import { proposalFor } from '../permissions/proposal.ts';
import { prepareSubjects } from '../permissions/subjects.ts';
import type { Services } from './services.ts';

type ExternalRelay = Extract<InvocationEvent, { type: 'relay' }>;

export type ExternalRelayServices = Pick<Services, 'clock' | 'ids' | 'isRecording' | 'own'>;

export interface ExternalRelayPorts {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
  /** The actor that receives the decisions. */
  readonly self: Ref<CallerEvent>;
  readonly emit: (event: HarnessEvent) => void;
  readonly tell: (event: AgentEvent) => void;
  /** Fails the whole agent. */
  readonly fail: (reason: string) => void;
  readonly services: ExternalRelayServices;
}

interface Question {
  readonly event: ExternalRelay;
  readonly callId: string;
  /** The arguments with which a human replaced the harness's. */
  readonly edited?: { readonly input: unknown };
  /** Set while a human is asked. */
  relay?: PendingRelay;
}

const UNRECORDED: RelayResponse = { approved: false, reason: 'the journal could not record this approval' };

export class ExternalRelays {
  readonly #ports: ExternalRelayPorts;
  readonly #open = new Map<string, Question>();

  constructor(ports: ExternalRelayPorts) {
    this.#ports = ports;
  }

  ask(event: ExternalRelay, callId: string): void {
    this.#request({ event, callId }, event.params);
  }

  /** Refuses a question about a call that already has its result. */
  refuse(event: ExternalRelay): void {
    answer({ event }, { approved: false, reason: 'the call has ended' });
  }

  /** Takes a decision of the orchestrator. */
  receive(heard: CallerEvent): void {
    const question = this.#open.get(heard.relayId);
    if (question === undefined) return;
    if (heard.type === 'call.asked') return this.#wait(question, heard.relay);
    this.#open.delete(heard.relayId);
    if (question.relay !== undefined && heard.resolution !== undefined) this.#resolve(question, heard.resolution);
    switch (heard.type) {
      case 'call.allowed':
        // an external harness starts its calls itself, so what the decision used up is recorded here
        for (const grantId of heard.receipt?.grants ?? []) {
          this.#ports.emit({
            type: 'grant_used',
            ...originOf(this.#ports.spec.identity),
            grantId,
            toolCallId: question.callId,
          });
        }
        return answer(
          question,
          this.#ports.services.isRecording() ? { approved: true, ...question.edited } : UNRECORDED,
        );
      case 'call.outcomeReported':
        return undefined; // its calls do not outlive the process, so no question about an outcome exists
      case 'call.denied':
        answer(question, { approved: false, reason: heard.reason });
        return heard.fatal === true ? this.#ports.fail(heard.reason) : undefined;
      case 'call.edited':
        // an edit is decided again: what a deny rule forbids stays forbidden
        return this.#request(
          { event: question.event, callId: question.callId, edited: { input: heard.input } },
          heard.input,
          heard.approval,
        );
      default:
        return heard satisfies never;
    }
  }

  /** The agent ends: every open question is withdrawn, so that no generator stays parked on an answer. */
  withdrawAll(): void {
    for (const [relayId, question] of this.#open) this.#withdraw(relayId, question, 'the agent was stopped');
  }

  /** The call ended without its answer. */
  withdraw(callId: string): void {
    for (const [relayId, question] of this.#open) {
      if (question.callId === callId) this.#withdraw(relayId, question, 'the call has ended');
    }
  }

  #withdraw(relayId: string, question: Question, reason: string): void {
    this.#open.delete(relayId);
    this.#ports.orchestrator.send({ type: 'call.withdrawn', relayId }); // even if it has not decided yet
    if (question.relay !== undefined) {
      this.#resolve(question, {
        relayId,
        approved: false,
        by: 'cancel',
        reason: `${reason} while it waited`,
        waitedMs: 0,
      });
    }
    answer(question, { approved: false, reason });
  }

  #request(question: Question, input: unknown, approval?: Approval): void {
    const { spec, orchestrator, self, services } = this.#ports;
    const { clock, ids, own } = services;
    const { identity, layers, workspace } = spec;
    const { event, callId } = question;
    const relayId = ids();
    this.#open.set(relayId, question);
    const request: CallRequest = {
      tool: event.tool,
      callId,
      rawCallId: event.toolCallId,
      agentId: identity.id,
      lineage: identity.lineage,
      input,
      subjects: prepareSubjects(event.tool, input, undefined, workspace, own),
      workspace,
    };
    orchestrator.send({
      type: 'call.requested',
      request,
      layers,
      proposal: proposalFor(request, event.proposal === null ? null : event.proposal),
      relayId,
      at: clock.now(),
      path: identity.path,
      ref: self,
      ...(approval === undefined ? {} : { approval }),
    });
  }

  #wait(question: Question, relay: PendingRelay): void {
    const { emit, tell, spec } = this.#ports;
    question.relay = relay;
    const { agentId: _agentId, ...shown } = relay;
    emit({ type: 'relay', ...originOf(spec.identity), ...shown });
    tell({ type: 'call.waiting', id: relay.id });
  }

  #resolve(question: Question, { grants, ...resolution }: Resolution): void {
    const { emit, tell, spec } = this.#ports;
    const granted = grants === undefined ? {} : { grants: [...grants] };
    emit({
      type: 'relay_resolved',
      ...originOf(spec.identity),
      toolCallId: question.callId,
      ...resolution,
      ...granted,
    });
    tell({ type: 'call.resumed', id: resolution.relayId });
  }
}

/** Swallows errors of `respond`: a bug of the harness must not reach other actors. */
function answer({ event }: Pick<Question, 'event'>, response: RelayResponse): void {
  try {
    event.respond(response);
  } catch {
    // the harness's own generator shows it
  }
}
