/**
 * Questions at a terminal: turns keys into moves, typed lines and answers, for the plain prompt and the terminal view. Rules and
 * order come from the question queue. Guarantees besides those of the queue:
 * - after an answer no question is current until the stream has told of it, so that no key meets the next question;
 * - pasted text is no key: it only goes into a line that is being typed.
 */
import type { AgentOrchestrator, PendingRelay, RelayAnswer } from '../../index.ts';
import {
  argumentsName,
  argumentsText,
  type DraftKind,
  isFree,
  type KeyMeaning,
  keyMeaning,
  typedAnswer,
} from '../../read-model/answers.ts';
import {
  createGuard,
  EMPTY_QUEUE,
  forgotten,
  type Guard,
  movedBy,
  type QuestionQueue,
  withDraft,
  withOpen,
} from '../../read-model/question-queue.ts';
import { edited, editLine, type EditLine, inserted, type KeyPress, textOf } from './edit-line.ts';

export interface TerminalQuestionsOptions {
  readonly orchestrator: Pick<AgentOrchestrator, 'getPendingRelays' | 'resolveRelay'>;
  /** Prints a message. */
  readonly say: (text: string) => void;
  /** Prints the whole question above. */
  readonly showWhole: (relay: PendingRelay) => void;
  /** Whether "always" can be saved for later runs, with a capital A. */
  readonly canSave: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** A line that is being typed for an answer. */
export interface TypedLine {
  readonly what: DraftKind;
  readonly line: EditLine;
  /** Why the line was not accepted. */
  readonly problem?: string;
}

/** The question on the screen. */
export interface CurrentQuestion {
  readonly relay: PendingRelay;
  /** Number of open questions, this one included. */
  readonly count: number;
  readonly draft: TypedLine | undefined;
  /** Whether it takes answers now. */
  readonly isOpen: boolean;
  readonly canSave: boolean;
}

/** Help for the keys that answer a question, one text a key. */
export function answerKeys({ relay, canSave }: Pick<CurrentQuestion, 'relay' | 'canSave'>): readonly string[] {
  if (relay.kind === 'unknown_outcome') return ['y run it again', 'd it ran', 'n give up', 'r give up, with a reason'];
  const frees = relay.releases.length === 0 ? '' : ` (frees ${relay.releases.length} more)`;
  const always = relay.proposal === null ? [] : [`a always${frees}`, ...(canSave ? ['A always, and saved'] : [])];
  return ['y yes', ...always, 'n no', 'r no, with a reason', 'e edit'];
}

/** Stands before a line that is typed. */
export function draftPrompt(what: DraftKind, relay: PendingRelay): string {
  if (what === 'arguments') return `${argumentsName(relay)} to run instead`;
  return what === 'reason' ? 'no, because' : 'it ran, with the result';
}

export class TerminalQuestions {
  readonly #options: TerminalQuestionsOptions;
  readonly #guard: Guard;
  #queue: QuestionQueue = EMPTY_QUEUE;
  /** Id of the question that was answered here and is not settled in the stream yet. */
  #sent: string | undefined;
  /** The draft of the queue, with its cursor. */
  #draft: TypedLine | undefined;
  /** Whether the surface knows when the current question takes answers. */
  #isTimed = false;

  constructor(options: TerminalQuestionsOptions) {
    this.#options = options;
    this.#guard = createGuard(options.now);
  }

  /** Takes the open questions of the stream. Those that the orchestrator has settled already are left out. */
  take(relays: readonly PendingRelay[]): void {
    const pending = new Set(this.#options.orchestrator.getPendingRelays().map(({ id }) => id));
    const before = this.#queue.current?.id;
    this.#queue = withOpen(
      this.#queue,
      relays.filter(({ id }) => id === this.#sent || pending.has(id)),
    );
    if (this.#queue.current?.id !== before) this.#moved();
  }

  current(): CurrentQuestion | undefined {
    const relay = this.#current();
    if (relay === undefined) return undefined;
    const { canSave, orchestrator } = this.#options;
    // `releases` changes while the question waits
    const fresh = orchestrator.getPendingRelays().find(({ id }) => id === relay.id) ?? relay;
    const count = this.#queue.waiting.length;
    return { relay: fresh, count, draft: this.#draft, isOpen: this.#isOpen(), canSave };
  }

  /** The line that was being typed for a question that is settled, until escape. */
  left(): EditLine | undefined {
    const { left } = this.#queue;
    return left && editLine(left.text);
  }

  /** The current question is on the screen. Returns the milliseconds until it takes answers, when they start again. */
  drawn(relayId: string): number | undefined {
    if (relayId !== this.#current()?.id) return undefined;
    this.#guard.show(relayId);
    if (this.#isTimed) return undefined;
    this.#isTimed = true;
    return Math.ceil(this.#guard.remaining());
  }

  press(press: KeyPress): void {
    const isOpen = this.#isOpen();
    this.#keepQuiet();
    const name = 'name' in press ? press.name : undefined;
    if (this.#queue.left !== undefined) {
      if (name === 'escape') this.#queue = forgotten(this.#queue);
      return;
    }
    const relay = this.#current();
    if (relay === undefined) return;
    if (this.#draft !== undefined) return this.#type(relay, this.#draft, press);
    const meaning = keyMeaning('name' in press ? press.name : press.character, relay, this.#options.canSave);
    if (meaning !== undefined && (isOpen || isFree(meaning))) this.#follow(relay, meaning);
  }

  paste(text: string): void {
    this.#keepQuiet();
    const draft = this.#draft;
    if (draft !== undefined) this.#write({ what: draft.what, line: inserted(draft.line, text) });
  }

  #current(): PendingRelay | undefined {
    const { current } = this.#queue;
    return current?.id === this.#sent ? undefined : current;
  }

  #isOpen(): boolean {
    return this.#queue.left === undefined && this.#guard.isOpen();
  }

  /** A key while no answer is taken starts the 500 ms again. */
  #keepQuiet(): void {
    if (this.#isOpen()) return;
    if (this.#queue.left === undefined) this.#guard.typed();
    else this.#guard.restart();
    this.#isTimed = false;
  }

  #write(draft: TypedLine | undefined): void {
    const id = this.#queue.current?.id;
    this.#draft = draft;
    this.#queue = withDraft(
      this.#queue,
      draft === undefined || id === undefined ? undefined : { about: [id], text: textOf(draft.line) },
    );
  }

  #moved(): void {
    this.#write(undefined);
    this.#isTimed = false;
    // only drawing starts the 500 ms
    this.#guard.show(undefined);
  }

  #follow(relay: PendingRelay, meaning: KeyMeaning): void {
    switch (meaning.does) {
      case 'answer':
        return this.#answer(relay, meaning.answer);
      case 'write':
        return this.#write({
          what: meaning.what,
          line: editLine(meaning.what === 'arguments' ? argumentsText(relay) : ''),
        });
      case 'explain':
        return this.#options.say(meaning.text);
      case 'show':
        return this.#options.showWhole(relay);
      case 'move':
        this.#queue = movedBy(this.#queue, meaning.by);
        if (this.#queue.current?.id !== relay.id) this.#moved();
        return;
      default:
        meaning satisfies never;
    }
  }

  #type(relay: PendingRelay, { what, line }: TypedLine, press: KeyPress): void {
    const name = 'name' in press ? press.name : undefined;
    if (name === 'escape') this.#write(undefined);
    else if (name === 'enter') this.#send(relay, { what, line });
    else this.#write({ what, line: edited(line, press) });
  }

  #send(relay: PendingRelay, { what, line }: TypedLine): void {
    const typed = typedAnswer(what, textOf(line), relay);
    if ('answer' in typed) this.#answer(relay, typed.answer);
    else this.#write({ what, line, problem: `${typed.problem} Change it, or press esc.` });
  }

  #answer(relay: PendingRelay, answer: RelayAnswer): void {
    const { orchestrator, say } = this.#options;
    if (!orchestrator.resolveRelay(relay.id, answer)) {
      const draft = this.#draft;
      if (draft?.what === 'arguments' && orchestrator.getPendingRelays().some(({ id }) => id === relay.id)) {
        this.#write({
          ...draft,
          problem: `${relay.tool} does not accept these arguments. Change them, or press esc.`,
        });
        return;
      }
      say('The question was already answered.');
    }
    this.#sent = relay.id;
    this.#moved();
  }
}
