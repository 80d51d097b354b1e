/** The questions of a harness that runs itself, put to the orchestrator and answered through `respond`. */
import type { HarnessEvent, PendingRelay } from '../events.ts';
import type { InvocationEvent, RelayResponse } from '../harness/harness.ts';
import type {
  AgentEvent,
  AgentSpec,
  Approval,
  CallerEvent,
  OrchestratorEvent,
  Ref,
  Resolution,
} from '../machines/protocol.ts';
import type { CallRequest } from '../permissions/call.ts';
import { proposalFor } from '../permissions/proposal.ts';
import { prepareSubjects } from '../permissions/subjects.ts';
import type { Clock } from './clock.ts';

type ForeignRelay = Extract<InvocationEvent, { type: 'relay' }>;

export interface ForeignRelayPorts {
  readonly spec: AgentSpec;
  readonly orchestrator: Ref<OrchestratorEvent>;
  /** The actor that hears the decisions. */
  readonly self: Ref<CallerEvent>;
  readonly emit: (event: HarnessEvent) => void;
  readonly tell: (event: AgentEvent) => void;
  /** The whole agent is to fail. */
  readonly fail: (reason: string) => void;
  readonly clock: Clock;
  readonly ids: () => string;
  /** False once the journal has failed: nothing that is not recorded is approved. */
  readonly isRecording: () => boolean;
  /** This system's own files, which no rule lets an agent change. */
  readonly own: readonly string[];
}

interface Question {
  readonly event: ForeignRelay;
  readonly callId: string;
  /** The arguments a human put in the place of the harness's. */
  readonly edited?: { readonly input: unknown };
  /** Set while a human is asked. */
  relay?: PendingRelay;
}

const UNRECORDED: RelayResponse = { approved: false, reason: 'the journal could not record this approval' };

export class ForeignRelays {
  readonly #ports: ForeignRelayPorts;
  readonly #open = new Map<string, Question>();

  constructor(ports: ForeignRelayPorts) {
    this.#ports = ports;
  }

  ask(event: ForeignRelay, callId: string): void {
    this.#request({ event, callId }, event.params);
  }

  /** A question about a call that already has its result is nobody's to answer. */
  refuse(event: ForeignRelay): void {
    answer({ event }, { approved: false, reason: 'the call has ended' });
  }

  /** What the orchestrator ruled. */
  hear(heard: CallerEvent): void {
    const question = this.#open.get(heard.relayId);
    if (question === undefined) return;
    if (heard.type === 'call.asked') return this.#wait(question, heard.relay);
    this.#open.delete(heard.relayId);
    if (question.relay !== undefined && heard.resolution !== undefined) this.#resolve(question, heard.resolution);
    switch (heard.type) {
      case 'call.allowed':
        // a harness says itself when its call starts, so what that used up is told here
        for (const grantId of heard.receipt?.grants ?? []) {
          this.#ports.emit({ type: 'grant_used', ...originOf(this.#ports.spec), grantId, toolCallId: question.callId });
        }
        return answer(question, this.#ports.isRecording() ? { approved: true, ...question.edited } : UNRECORDED);
      case 'call.recounted':
        return undefined; // its calls do not outlive the process, so nobody is asked what became of one
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

  /** The agent ends: nothing of it waits any more, and no generator stays parked on an answer. */
  withdrawAll(): void {
    for (const [relayId, question] of this.#open) this.#withdraw(relayId, question, 'the agent was stopped');
  }

  /** The call ends: it got its result from somewhere else. */
  withdraw(callId: string): void {
    for (const [relayId, question] of this.#open) {
      if (question.callId === callId) this.#withdraw(relayId, question, 'the call has ended');
    }
  }

  #withdraw(relayId: string, question: Question, reason: string): void {
    this.#open.delete(relayId);
    this.#ports.orchestrator.send({ type: 'call.withdrawn', relayId }); // also one that it has not looked at yet
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
    const { spec, orchestrator, self, clock, ids, own } = this.#ports;
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
    emit({ type: 'relay', ...originOf(spec), ...shown });
    tell({ type: 'call.waiting' });
  }

  #resolve(question: Question, { grants, ...resolution }: Resolution): void {
    const { emit, tell, spec } = this.#ports;
    const granted = grants === undefined ? {} : { grants: [...grants] };
    emit({ type: 'relay_resolved', ...originOf(spec), toolCallId: question.callId, ...resolution, ...granted });
    tell({ type: 'call.resumed' });
  }
}

const originOf = ({ identity: { id, parentId } }: AgentSpec) =>
  parentId === undefined ? { runId: id } : { runId: id, parentId };

/** A `respond` that throws is the harness's own bug; it must not hurt anybody else. */
function answer({ event }: Pick<Question, 'event'>, response: RelayResponse): void {
  try {
    event.respond(response);
  } catch {
    // the harness's generator will show it
  }
}
