/**
 * The human at the terminal. Guarantees:
 * - one question at a time, in the order they came; `s` goes to the next one;
 * - questions that waited for a session to go on are asked with the first of its events;
 * - keys pressed while no question is open, and in the first 500 ms of one, answer nothing;
 * - a question that was answered elsewhere or withdrawn goes away, together with what was being typed for it;
 * - the terminal is given back by `close()`, and on every way the process can end but SIGKILL.
 */
import { StringDecoder } from 'node:string_decoder';
import type { AgentOrchestrator, Envelope, PendingRelay, RelayAnswer } from '../../index.ts';
import type { Team } from '../../read-model/team.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { charactersOf, endOfLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';
import { pathText, questionView } from '../output/question-view.ts';
import { type Paint, plainPaint, type Screen } from '../output/screen.ts';
import type { Human } from '../output/view.ts';

/** A terminal's input, as `process.stdin` is one. */
export interface KeyInput {
  setRawMode(raw: boolean): unknown;
  on(event: 'data', listener: (data: Buffer | string) => void): unknown;
  off(event: 'data', listener: (data: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface TerminalHumanOptions {
  readonly input: KeyInput;
  readonly screen: Screen;
  readonly orchestrator: Pick<AgentOrchestrator, 'getPendingRelays' | 'resolveRelay'>;
  /** Ctrl-C: a terminal in raw mode sends it as a key. */
  readonly onInterrupt: () => void;
  readonly paint?: Paint;
  /** Whether "always" can be saved for later runs, with a capital A. Default false. */
  readonly canSave?: boolean;
  /** Milliseconds. Default: the process's own monotonic clock. */
  readonly now?: () => number;
}

/** How long a new question takes no answer, in milliseconds: who is typing then means something else. */
export const QUIET_MS = 500;

/** What is typed for a question: a reason to say no, or what a call gave that had run. */
interface Typing {
  readonly what: 'reason' | 'result';
  readonly text: string;
}

const OUTCOME_KEYS = 'y run it now · d it ran · n give it up · r give it up, with a reason';

const NO_ALWAYS: Readonly<Record<PendingRelay['kind'], string>> = {
  permission: 'This call cannot be allowed for good; y allows it once.',
  unknown_outcome: 'What may have run cannot be allowed for good; y runs it now.',
};

const HOW = '(enter sends, esc goes back)';
/** Columns that are left for what is typed, at least; on a narrower line the help is left out. */
const TYPING_ROOM = 24;

const PROMPTS: Readonly<Record<Typing['what'], string>> = { reason: 'no, because', result: 'it ran, and gave' };

export class TerminalHuman implements Human {
  readonly #options: Required<TerminalHumanOptions>;
  readonly #decoder = new StringDecoder('utf8');
  readonly #onData = (data: Buffer | string) => this.#read(typeof data === 'string' ? data : this.#decoder.write(data));
  readonly #giveBack = () => this.close();
  /** Ids of relays that wait, the one that is shown first. */
  #queue: string[] = [];
  #shown: PendingRelay | undefined;
  #shownAt = 0;
  /** The one that was answered and has not been heard of since; the next question comes after it. */
  #answered: string | undefined;
  #typing: Typing | undefined;
  #closed = false;

  constructor(options: TerminalHumanOptions) {
    this.#options = { paint: plainPaint, canSave: false, now: () => performance.now(), ...options };
    const { input } = this.#options;
    input.setRawMode(true);
    input.on('data', this.#onData);
    input.resume();
    process.once('exit', this.#giveBack);
  }

  hear({ event }: Envelope, team: Pick<Team, 'relays'>): void {
    if (this.#closed) return;
    if (event.type === 'relay') this.#enqueue(event.id);
    else if (event.type === 'relay_resolved') this.#forget(event.relayId);
    else if (event.type === 'resync') this.#startOver(event.relays);
    // asked before anybody was here
    else if (event.type === 'resumed') for (const { id } of team.relays()) this.#enqueue(id);
    else return;
    this.#present();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { input, screen } = this.#options;
    process.off('exit', this.#giveBack);
    input.off('data', this.#onData);
    screen.footer(undefined);
    input.setRawMode(false);
    input.pause();
  }

  #startOver(relays: readonly PendingRelay[]): void {
    const ids = relays.map(({ id }) => id);
    for (const id of [...this.#queue, this.#answered]) if (id !== undefined && !ids.includes(id)) this.#forget(id);
    for (const id of ids) this.#enqueue(id);
  }

  #enqueue(relayId: string): void {
    if (!this.#queue.includes(relayId)) this.#queue.push(relayId);
  }

  #forget(relayId: string): void {
    if (this.#answered === relayId) this.#answered = undefined;
    this.#queue = this.#queue.filter((id) => id !== relayId);
    if (this.#shown?.id !== relayId) return;
    this.#shown = undefined;
    this.#typing = undefined;
  }

  /** Shows the first question, if none is shown, and draws the line below. */
  #present(): void {
    const { orchestrator, screen, paint, now } = this.#options;
    if (this.#shown === undefined && this.#answered === undefined) {
      const pending = orchestrator.getPendingRelays();
      // The stream may be behind: what is no longer pending is no question.
      this.#queue = this.#queue.filter((id) => pending.some((relay) => relay.id === id));
      const relay = pending.find(({ id }) => id === this.#queue[0]);
      if (relay !== undefined) {
        screen.footer(undefined);
        for (const line of questionView({ relay, pending, paint, columns: screen.columns })) screen.line(line);
        this.#shown = relay;
        this.#shownAt = now();
      }
    }
    this.#drawFooter();
  }

  #drawFooter(): void {
    const relay = this.#shown;
    const { screen } = this.#options;
    if (relay === undefined) return screen.footer(undefined);
    if (this.#typing !== undefined) return screen.footer(this.#typingLine(this.#typing));
    const keys = relay.kind === 'unknown_outcome' ? OUTCOME_KEYS : this.#permissionKeys(relay);
    const skip = this.#queue.length > 1 ? ` · s skip (${this.#queue.length - 1} more)` : '';
    const what = `${pathText(relay.path)}: ${callLabel(relay.tool, relay.params)}`;
    screen.footer(`▸ ${keys}${skip}   ${what}`);
  }

  #permissionKeys(relay: PendingRelay): string {
    const { orchestrator, canSave } = this.#options;
    const { proposal, releases } = orchestrator.getPendingRelays().find(({ id }) => id === relay.id) ?? relay;
    const frees = releases.length === 0 ? '' : ` (frees ${releases.length} more)`;
    const always = proposal === null ? '' : ` · a always${frees}${canSave ? ' · A always, and saved' : ''}`;
    return `y yes${always} · n no · r no, with a reason`;
  }

  /** The end of what is typed is always in sight. */
  #typingLine({ what, text }: Typing): string {
    const columns = this.#options.screen.columns ?? Infinity;
    const long = `${PROMPTS[what]} ${HOW}: `;
    const prompt = columns - long.length < TYPING_ROOM ? `${PROMPTS[what]}: ` : long;
    return `${prompt}${endOfLine(visibleLine(text), columns - prompt.length - 2)}▏`;
  }

  #read(keys: string): void {
    // Arrow keys and the like come as one piece that starts with an escape.
    if (keys.length > 1 && keys.startsWith(KEYS.escape)) return;
    for (const key of keys) {
      if (this.#closed) return;
      if (key === KEYS.interrupt) this.#options.onInterrupt();
      else if (this.#shown === undefined) continue;
      else if (this.#typing !== undefined) this.#type(key, this.#typing);
      else if (this.#options.now() - this.#shownAt >= QUIET_MS) this.#choose(key, this.#shown);
    }
  }

  #choose(pressed: string, relay: PendingRelay): void {
    const key = pressed.toLowerCase();
    if (key === 'y') return this.#answer({ approved: true });
    if (key === 'n') return this.#answer({ approved: false });
    if (key === 's') return this.#skip();
    if (key === 'r') return this.#startTyping('reason');
    if (key === 'd' && relay.kind === 'unknown_outcome') return this.#startTyping('result');
    if (key === 'a' && relay.proposal !== null) {
      const saved = pressed === 'A' && this.#options.canSave;
      return this.#answer({ approved: true, always: saved ? { scope: 'all', save: true } : true });
    }
    if (key === 'a') this.#options.screen.line(NO_ALWAYS[relay.kind]);
    this.#drawFooter();
  }

  #startTyping(what: Typing['what']): void {
    this.#typing = { what, text: '' };
    if (!this.#options.screen.live) this.#options.screen.line(`${PROMPTS[what]} … ${HOW}`);
    this.#drawFooter();
  }

  #type(key: string, { what, text }: Typing): void {
    const next = typed(text, key);
    if (next?.sent === true) return this.#answer(what === 'reason' ? refusal(next.text) : account(next.text));
    this.#typing = next === undefined ? undefined : { what, text: next.text };
    this.#drawFooter();
  }

  #skip(): void {
    const [first, ...rest] = this.#queue;
    if (first === undefined || rest.length === 0) return;
    this.#queue = [...rest, first];
    this.#shown = undefined;
    this.#present();
  }

  #answer(answer: RelayAnswer): void {
    const relay = this.#shown;
    if (relay === undefined) return;
    const { orchestrator, screen } = this.#options;
    this.#forget(relay.id);
    screen.footer(undefined);
    if (orchestrator.resolveRelay(relay.id, answer)) this.#answered = relay.id;
    else screen.line('That question was answered already.');
    this.#present();
  }
}

const refusal = (reason: string): RelayAnswer => ({ approved: false, ...(reason === '' ? {} : { reason }) });

/** That it ran; what it gave is told as far as it was said. */
const account = (result: string): RelayAnswer => ({
  approved: true,
  output: result === '' ? {} : { context: result },
});

export const KEYS = {
  interrupt: '\u{3}',
  enter: '\r',
  newline: '\n',
  backspace: '\u{7f}',
  erase: '\b',
  kill: '\u{15}',
  escape: '\u{1b}',
} as const;

/** The text after a key; `sent` when it is complete, `undefined` when it was given up. */
export function typed(text: string, key: string): { readonly text: string; readonly sent: boolean } | undefined {
  if (key === KEYS.enter || key === KEYS.newline) return { text: text.trim(), sent: true };
  if (key === KEYS.escape) return undefined;
  if (key === KEYS.backspace || key === KEYS.erase) {
    return { text: charactersOf(text).slice(0, -1).join(''), sent: false };
  }
  if (key === KEYS.kill) return { text: '', sent: false };
  return { text: /\p{Cc}/u.test(key) ? text : text + key, sent: false };
}
