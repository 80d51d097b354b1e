/**
 * The human at the terminal. Guarantees:
 * - one question at a time, in the order they came; `s` goes to the next one;
 * - keys pressed while no question is open, and in the first 500 ms of one, answer nothing;
 * - a question that was answered elsewhere or withdrawn goes away, together with what was being typed for it;
 * - the terminal is given back by `close()`, and on every way the process can end but SIGKILL.
 */
import { StringDecoder } from 'node:string_decoder';
import type { AgentOrchestrator, Envelope, PendingRelay, RelayAnswer } from '../index.ts';
import { callLabel } from './call-text.ts';
import { pathText, questionCard } from './question-card.ts';
import type { Screen } from './screen.ts';
import { type Paint, plainPaint } from './styles.ts';
import { charactersOf, visibleLine } from './visible-lines.ts';
import type { Human } from './view.ts';

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

const KEYS = {
  interrupt: '\u{3}',
  enter: '\r',
  newline: '\n',
  backspace: '\u{7f}',
  erase: '\b',
  kill: '\u{15}',
  escape: '\u{1b}',
} as const;

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
  /** The reason that is being typed. */
  #reason: string | undefined;
  #closed = false;

  constructor(options: TerminalHumanOptions) {
    this.#options = { paint: plainPaint, canSave: false, now: () => performance.now(), ...options };
    const { input } = this.#options;
    input.setRawMode(true);
    input.on('data', this.#onData);
    input.resume();
    process.once('exit', this.#giveBack);
  }

  hear({ event }: Envelope): void {
    if (this.#closed) return;
    if (event.type === 'relay') this.#queue.push(event.id);
    else if (event.type === 'relay_resolved') this.#forget(event.relayId);
    else if (event.type === 'resync') this.#startOver(event.relays);
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
    this.#queue = [...this.#queue, ...ids.filter((id) => !this.#queue.includes(id))];
  }

  #forget(relayId: string): void {
    if (this.#answered === relayId) this.#answered = undefined;
    this.#queue = this.#queue.filter((id) => id !== relayId);
    if (this.#shown?.id !== relayId) return;
    this.#shown = undefined;
    this.#reason = undefined;
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
        for (const line of questionCard({ relay, pending, paint })) screen.line(line);
        this.#shown = relay;
        this.#shownAt = now();
      }
    }
    this.#drawFooter();
  }

  #drawFooter(): void {
    const relay = this.#shown;
    const { orchestrator, screen, canSave } = this.#options;
    if (relay === undefined) return screen.footer(undefined);
    if (this.#reason !== undefined)
      return screen.footer(`no, because (enter sends, esc goes back): ${visibleLine(this.#reason)}▏`);
    const { proposal, releases } = orchestrator.getPendingRelays().find(({ id }) => id === relay.id) ?? relay;
    const frees = releases.length === 0 ? '' : ` (frees ${releases.length} more)`;
    const always = proposal === null ? '' : ` · a always${frees}${canSave ? ' · A always, and saved' : ''}`;
    const skip = this.#queue.length > 1 ? ` · s skip (${this.#queue.length - 1} more)` : '';
    const what = `${pathText(relay.path)}: ${callLabel(relay.tool, relay.params)}`;
    screen.footer(`▸ y yes${always} · n no · r no, with a reason${skip}   ${what}`);
  }

  #read(keys: string): void {
    // Arrow keys and the like come as one piece that starts with an escape.
    if (keys.length > 1 && keys.startsWith(KEYS.escape)) return;
    for (const key of keys) {
      if (this.#closed) return;
      if (key === KEYS.interrupt) this.#options.onInterrupt();
      else if (this.#shown === undefined) continue;
      else if (this.#reason !== undefined) this.#type(key, this.#reason);
      else if (this.#options.now() - this.#shownAt >= QUIET_MS) this.#choose(key, this.#shown);
    }
  }

  #choose(pressed: string, relay: PendingRelay): void {
    const key = pressed.toLowerCase();
    const saved = pressed === 'A' && this.#options.canSave;
    if (key === 'y') return this.#answer({ approved: true });
    if (key === 'n') return this.#answer({ approved: false });
    if (key === 's') return this.#skip();
    if (key === 'r') {
      this.#reason = '';
      if (!this.#options.screen.live) this.#options.screen.line('No, because … (type it; enter sends, esc goes back)');
    }
    if (key === 'a' && relay.proposal !== null) {
      return this.#answer({ approved: true, always: saved ? { scope: 'all', save: true } : true });
    }
    if (key === 'a') this.#options.screen.line('This call cannot be allowed for good; y allows it once.');
    this.#drawFooter();
  }

  #type(key: string, reason: string): void {
    if (key === KEYS.enter || key === KEYS.newline) {
      return this.#answer({ approved: false, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });
    }
    if (key === KEYS.escape) this.#reason = undefined;
    else if (key === KEYS.backspace || key === KEYS.erase) this.#reason = charactersOf(reason).slice(0, -1).join('');
    else if (key === KEYS.kill) this.#reason = '';
    else if (!/\p{Cc}/u.test(key)) this.#reason = reason + key;
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
