/**
 * The questions that wait, one of them in front of the human. Guarantees:
 * - the oldest comes first; `tab` and `s` go to the next one and come round again, shift-tab to the one before;
 * - a question takes no answer before it was drawn and for 500 ms without a key after that, however it came to be in front;
 * - one that was answered elsewhere or withdrawn goes away; what was being typed for it stays in sight, and until it was left
 *   with escape no key means anything else;
 * - after an answer nothing is in front until the stream has told of it, so that no key meets the next question.
 */
import type { AgentOrchestrator, PendingRelay, RelayAnswer } from '../../index.ts';
import { QUIET_MS } from './plain-prompt.ts';
import { argumentsLine, changedArguments } from './arguments-line.ts';
import { edited, editLine, type EditLine, inserted, type KeyPress, textOf } from './edit-line.ts';

export interface QuestionDeskOptions {
  readonly orchestrator: Pick<AgentOrchestrator, 'getPendingRelays' | 'resolveRelay'>;
  /** Tells the human something. */
  readonly say: (text: string) => void;
  /** Prints all of a question above. */
  readonly showWhole: (relay: PendingRelay) => void;
  /** Whether "always" can be saved for later runs, with a capital A. */
  readonly canSave: boolean;
  /** Milliseconds. */
  readonly now: () => number;
}

/** What is typed: a reason to say no, what a call gave that had run, or other arguments. */
export interface Typing {
  readonly what: 'reason' | 'result' | 'arguments';
  readonly line: EditLine;
  /** Why the line was not taken. */
  readonly problem?: string;
}

/** The question in front. */
export interface FrontQuestion {
  readonly relay: PendingRelay;
  /** How many wait, this one included. */
  readonly count: number;
  readonly typing: Typing | undefined;
  /** Whether it takes answers by now. */
  readonly isOpen: boolean;
  readonly canSave: boolean;
}

const NO_ALWAYS: Readonly<Record<PendingRelay['kind'], string>> = {
  permission: 'This call cannot be allowed for good; y allows it once.',
  unknown_outcome: 'What may have run cannot be allowed for good; y runs it now.',
};

export class QuestionDesk {
  readonly #options: QuestionDeskOptions;
  #waiting: readonly PendingRelay[] = [];
  #frontId: string | undefined;
  /** When the one in front was drawn, or a key came before it took any. */
  #quietSince: number | undefined;
  /** Whether somebody was told when it takes answers. */
  #isTimed = false;
  /** Answered here, and not heard of since. */
  #answered: string | undefined;
  #typing: Typing | undefined;
  /** Was being typed for a question that went. */
  #left: Typing | undefined;

  constructor(options: QuestionDeskOptions) {
    this.#options = options;
  }

  /** Takes the questions that wait now, oldest first. */
  take(waiting: readonly PendingRelay[]): void {
    if (waiting === this.#waiting && this.#frontId !== undefined) return;
    this.#waiting = waiting;
    const isThere = (id: string | undefined) => waiting.some((relay) => relay.id === id);
    if (!isThere(this.#answered)) this.#answered = undefined;
    if (isThere(this.#frontId)) return;
    this.#left = this.#typing ?? this.#left;
    if (waiting.length === 0) return this.#put(undefined);
    this.#put(this.#answered === undefined ? this.#open()[0]?.id : undefined);
  }

  front(): FrontQuestion | undefined {
    const relay = this.#front();
    if (relay === undefined) return undefined;
    const { canSave, orchestrator } = this.#options;
    // which others "always" would let go on changes while it waits
    const fresh = orchestrator.getPendingRelays().find(({ id }) => id === relay.id) ?? relay;
    return { relay: fresh, count: this.#open().length, typing: this.#typing, isOpen: this.#isOpen(), canSave };
  }

  /** What was being typed for a question that went, until it is left with escape. */
  left(): Typing | undefined {
    return this.#left;
  }

  /** The question in front is on the screen. Returns the milliseconds until it takes answers, if they begin anew. */
  drawn(relayId: string): number | undefined {
    if (relayId !== this.#frontId) return undefined;
    this.#quietSince ??= this.#options.now();
    if (this.#isTimed) return undefined;
    this.#isTimed = true;
    return Math.max(0, Math.ceil(this.#quietSince + QUIET_MS - this.#options.now()));
  }

  press(press: KeyPress): void {
    const isOpen = this.#isOpen();
    if (!isOpen) this.#beginQuiet();
    if (this.#left !== undefined) {
      if ('name' in press && press.name === 'escape') this.#left = undefined;
      return;
    }
    const relay = this.#front();
    if (relay === undefined) return;
    if (this.#typing !== undefined) return this.#type(relay, this.#typing, press);
    if ('name' in press) {
      if (press.name === 'tab') this.#go(1);
      else if (press.name === 'backtab') this.#go(-1);
    } else if (press.character === 'v') this.#options.showWhole(relay);
    else if (press.character.toLowerCase() === 's') this.#go(1);
    else if (isOpen) this.#choose(relay, press.character);
  }

  /** Text that was pasted is no key: it only goes where something is typed. */
  paste(text: string): void {
    const typing = this.#typing;
    if (!this.#isOpen()) this.#beginQuiet();
    if (typing !== undefined) this.#typing = { what: typing.what, line: inserted(typing.line, text) };
  }

  #front(): PendingRelay | undefined {
    return this.#waiting.find(({ id }) => id === this.#frontId);
  }

  /** Those that can be answered: the stream may be behind. */
  #open(): readonly PendingRelay[] {
    const pending = new Set(this.#options.orchestrator.getPendingRelays().map(({ id }) => id));
    return this.#waiting.filter(({ id }) => pending.has(id));
  }

  #isOpen(): boolean {
    if (this.#left !== undefined || this.#quietSince === undefined) return false;
    return this.#options.now() - this.#quietSince >= QUIET_MS;
  }

  /** Whoever is typing has not read it yet. */
  #beginQuiet(): void {
    if (this.#quietSince === undefined) return;
    this.#quietSince = this.#options.now();
    this.#isTimed = false;
  }

  #put(id: string | undefined): void {
    this.#frontId = id;
    this.#quietSince = undefined;
    this.#isTimed = false;
    this.#typing = undefined;
  }

  #go(step: 1 | -1): void {
    const open = this.#open();
    const at = open.findIndex(({ id }) => id === this.#frontId);
    const next = open.at((at + step) % open.length);
    if (next !== undefined && next.id !== this.#frontId) this.#put(next.id);
  }

  #choose(relay: PendingRelay, pressed: string): void {
    const isPermission = relay.kind === 'permission';
    switch (pressed.toLowerCase()) {
      case 'y':
        return this.#answer(relay, { approved: true });
      case 'n':
        return this.#answer(relay, { approved: false });
      case 'r':
        return this.#startTyping('reason');
      case 'd':
        return isPermission ? undefined : this.#startTyping('result');
      case 'e':
        return isPermission ? this.#startTyping('arguments', argumentsLine(relay)) : undefined;
      case 'a':
        return this.#always(relay, pressed === 'A');
      default:
        return undefined;
    }
  }

  #always(relay: PendingRelay, isCapital: boolean): void {
    if (relay.proposal === null) return this.#options.say(NO_ALWAYS[relay.kind]);
    const isSaved = isCapital && this.#options.canSave;
    this.#answer(relay, { approved: true, always: isSaved ? { scope: 'all', save: true } : true });
  }

  #startTyping(what: Typing['what'], text = ''): void {
    this.#typing = { what, line: editLine(text) };
  }

  #type(relay: PendingRelay, { what, line }: Typing, press: KeyPress): void {
    const name = 'name' in press ? press.name : undefined;
    if (name === 'escape') this.#typing = undefined;
    else if (name === 'enter') this.#send(relay, { what, line });
    else this.#typing = { what, line: edited(line, press) };
  }

  #send(relay: PendingRelay, { what, line }: Typing): void {
    const text = textOf(line).trim();
    if (what === 'reason') return this.#answer(relay, refusal(text));
    if (what === 'result') return this.#answer(relay, account(text));
    if (textOf(line) === argumentsLine(relay)) return this.#answer(relay, { approved: true });
    const changed = changedArguments(relay, textOf(line));
    if ('problem' in changed) this.#typing = { what, line, problem: changed.problem };
    else this.#answer(relay, { approved: true, input: changed.input });
  }

  #answer(relay: PendingRelay, answer: RelayAnswer): void {
    const { orchestrator, say } = this.#options;
    if (orchestrator.resolveRelay(relay.id, answer)) {
      this.#answered = relay.id;
      return this.#put(undefined);
    }
    const typing = this.#typing;
    if (typing?.what === 'arguments' && orchestrator.getPendingRelays().some(({ id }) => id === relay.id)) {
      const problem = `${relay.tool} does not take these arguments. Change them, or go back with esc.`;
      this.#typing = { ...typing, problem };
      return;
    }
    this.#answered = relay.id;
    this.#put(undefined);
    say('That question was answered already.');
  }
}

const refusal = (reason: string): RelayAnswer => ({ approved: false, ...(reason === '' ? {} : { reason }) });

/** That it ran; what it gave is told as far as it was said. */
const account = (result: string): RelayAnswer => ({ approved: true, output: result === '' ? {} : { context: result } });
