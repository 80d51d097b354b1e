/**
 * Takes answers to relays, records them, and sends them to the root actor.
 *
 * Guarantees: an answer is recorded before it takes effect. The first recorded answer wins, from any process. An answer that
 * cannot be recorded is refused.
 */
import type { Actor } from 'xstate';
import type { WorkTracker } from '../actors/work-tracker.ts';
import { GreenroomError } from '../errors.ts';
import { NO_HUMAN, type PendingRelay, RelayAnswer } from '../events.ts';
import type { RecordedAnswer } from '../journal/journal.ts';
import type { orchestratorMachine } from '../machines/orchestrator.ts';
import type { EffectiveOptions } from './options.ts';
import { keepRules, savesRules, unsavable } from './saved-answers.ts';
import { parseWith } from '../schema/parse-with.ts';

const taken = (by: string): GreenroomError =>
  new GreenroomError(
    'invalid_params',
    `resolveRelay(): by: "${by.trim()}" is reserved for answers that no human gave. Use another name.`,
    { path: 'by' },
  );

export interface AnsweringOptions {
  readonly root: Actor<typeof orchestratorMachine>;
  readonly options: EffectiveOptions;
  readonly tracker: WorkTracker;
  /** Whether arguments pass the schema of the relay's tool. */
  readonly fits: (relay: PendingRelay, input: unknown) => boolean;
}

export class Answering {
  readonly #given: AnsweringOptions;
  /** Answers sent and not yet settled: an answer given inside an actor's step takes effect after it. */
  readonly #answered = new Set<string>();
  #release: (() => void) | undefined;
  #closed = false;

  constructor(given: AnsweringOptions) {
    this.#given = given;
  }

  /** Applies the answers recorded before, and from now on those of other processes. */
  open(): void {
    const { journal, logger } = this.#given.options;
    this.#release = journal.onAnswer?.((recorded) => this.#take(recorded));
    for (const recorded of journal.answers?.() ?? []) {
      if (this.#take(recorded)) logger.info({ relayId: recorded.relayId }, 'a recorded answer is applied');
    }
  }

  /** See `AgentOrchestrator.resolveRelay`. */
  resolve(relayId: string, answer: RelayAnswer): boolean {
    const given = parseWith(RelayAnswer, answer, 'resolveRelay()');
    if (NO_HUMAN.includes((given.by ?? '').trim().toLowerCase())) throw taken(given.by ?? '');
    const { options, fits } = this.#given;
    const saves = savesRules(given, options.savePolicy);
    if (this.#closed) return false;
    options.journal.drainAnswers?.(); // an answer of another process may be first
    const relay = this.#waiting(relayId);
    if (relay === undefined) return false;
    if (given.approved) {
      const wrong = misfit(relay, given);
      if (wrong !== undefined) throw wrong;
      if (saves && relay.proposal === null) throw unsavable('this call cannot be made permanent');
      if (given.input !== undefined && !fits(relay, given.input)) return false;
    }
    const at = options.clock.now();
    if (options.journal.answer?.(relayId, given, at) === false) return false;
    this.#send(relay, given, at, saves);
    return true;
  }

  /** Called when the relay is settled. */
  settled(relayId: string): void {
    this.#answered.delete(relayId);
  }

  /** Refuses further answers. */
  close(): void {
    this.#closed = true;
    this.#release?.();
  }

  /** Applies an answer recorded by another process, or before a restart. */
  #take({ relayId, answer, at }: RecordedAnswer): boolean {
    const relay = this.#closed ? undefined : this.#waiting(relayId);
    if (relay === undefined) return false;
    const { clock, logger } = this.#given.options;
    const wrong = misfit(relay, answer);
    if (wrong !== undefined) logger.warn({ relayId, error: wrong.message }, 'an answer does not fit its question');
    // its time is that of another clock, or of one that was set since
    const since = Math.min(Math.max(at, relay.askedAt), clock.now());
    this.#send(relay, wrong === undefined ? answer : refusal(answer, wrong), since, false);
    return true;
  }

  /** Pending relays that have a recorded answer. */
  #recorded(): string[] {
    const answers = this.#given.options.journal.answers?.() ?? [];
    return answers.flatMap(({ relayId }) => (this.#waiting(relayId) === undefined ? [] : [relayId]));
  }

  #waiting(relayId: string): PendingRelay | undefined {
    if (this.#answered.has(relayId)) return undefined;
    return this.#given.root.getSnapshot().context.pending.get(relayId)?.relay;
  }

  #send(relay: PendingRelay, given: RelayAnswer, at: number, saves: boolean): void {
    const { root, options, tracker } = this.#given;
    const common = { type: 'relay.answered' as const, relayId: relay.id, at, by: given.by ?? 'human' };
    this.#answered.add(relay.id);
    if (!given.approved) {
      const reason = given.reason === undefined ? {} : { reason: given.reason };
      root.send({ ...common, approved: false, grantIds: [], ...reason });
      return;
    }
    const edited = 'input' in given && given.input !== undefined ? { edited: { input: given.input } } : {};
    const always = given.always === undefined ? {} : { always: given.always };
    const output = given.output === undefined ? {} : { output: given.output };
    const grantIds = (relay.proposal ?? []).map(() => options.ids());
    const held = given.always === undefined ? {} : { held: this.#recorded() };
    root.send({ ...common, approved: true, grantIds, ...held, ...always, ...edited, ...output });
    if (saves) tracker.track(keepRules(grantIds, root.getSnapshot().context.grants, options));
  }
}

/** Why the answer does not fit this kind of question, if it does not. */
function misfit({ kind }: PendingRelay, answer: RelayAnswer): GreenroomError | undefined {
  if (!answer.approved) return undefined;
  if (kind === 'permission' && answer.output !== undefined) {
    const problem = 'output: this call has not run; it is for questions of kind "unknown_outcome".';
    return new GreenroomError('invalid_params', `resolveRelay(): ${problem}`, { path: 'output' });
  }
  if (kind === 'unknown_outcome' && answer.input !== undefined) {
    const problem = 'input: what may have run cannot be changed. Give the call up instead.';
    return new GreenroomError('invalid_params', `resolveRelay(): ${problem}`, { path: 'input' });
  }
  return undefined;
}

/** A misfit that is recorded counts as a no: nothing else can settle the question. */
function refusal({ by }: RelayAnswer, { path = '' }: GreenroomError): RelayAnswer {
  const reason = `the answer does not fit the question (${path})`;
  return { approved: false, reason, ...(by === undefined ? {} : { by }) };
}
