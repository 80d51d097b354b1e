/**
 * Plain prompt: prints each question and takes answers from a terminal in raw mode. Guarantees besides those of the questions:
 * - questions that were open before a session was resumed are asked with the first event;
 * - `close()` restores the terminal, and so does every end of the process except SIGKILL.
 */
import { StringDecoder } from 'node:string_decoder';
import type { AgentOrchestrator, Envelope, PendingRelay } from '../../index.ts';
import { callLabel } from '../../read-model/call-text.ts';
import type { Team } from '../../read-model/team.ts';
import { endOfLine } from '../../text/columns.ts';
import { questionView } from '../output/question-view.ts';
import { type Paint, plainPaint, type Screen } from '../output/screen.ts';
import type { Human } from '../output/view.ts';
import { pathText } from '../../read-model/words.ts';
import { type EditLine, keyPressesOf, shownLine } from './edit-line.ts';
import { answerKeys, draftPrompt, TerminalQuestions, type TypedLine } from './terminal-questions.ts';

/** Input of a terminal, such as `process.stdin`. */
export interface KeyInput {
  setRawMode(raw: boolean): unknown;
  on(event: 'data', listener: (data: Buffer | string) => void): unknown;
  off(event: 'data', listener: (data: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface PlainPromptOptions {
  readonly input: KeyInput;
  readonly screen: Screen;
  readonly orchestrator: Pick<AgentOrchestrator, 'getPendingRelays' | 'resolveRelay'>;
  /** Called for Ctrl-C, which a terminal in raw mode sends as a key. */
  readonly onInterrupt: () => void;
  readonly paint?: Paint;
  /** Whether "always" can be saved for later runs, with a capital A. Default false. */
  readonly canSave?: boolean;
  /** Milliseconds. Default: the monotonic clock of the process. */
  readonly now?: () => number;
}

const ESCAPE = '\u{1b}';
const HOW = '(enter sends, esc goes back)';
/** Fewest columns for the typed text; a narrower line leaves the help out. */
const TYPING_ROOM = 24;

export class PlainPrompt implements Human {
  readonly #options: PlainPromptOptions & { readonly paint: Paint };
  readonly #questions: TerminalQuestions;
  readonly #decoder = new StringDecoder('utf8');
  readonly #onData = (data: Buffer | string) => this.#read(typeof data === 'string' ? data : this.#decoder.write(data));
  readonly #restore = () => this.close();
  /** Id of the question that is printed. */
  #printed: string | undefined;
  /** Prompt that is printed, where the line below is not redrawn. */
  #prompt: string | undefined;
  #closed = false;

  constructor(options: PlainPromptOptions) {
    const { input, screen, orchestrator, canSave = false, now = () => performance.now() } = options;
    this.#options = { paint: plainPaint, ...options };
    this.#questions = new TerminalQuestions({
      orchestrator,
      canSave,
      now,
      say: (text) => screen.line(text),
      showWhole: (relay) => this.#print(relay),
    });
    input.setRawMode(true);
    input.on('data', this.#onData);
    input.resume();
    process.once('exit', this.#restore);
  }

  hear({ event }: Envelope, team: Pick<Team, 'relays'>): void {
    if (this.#closed || !['relay', 'relay_resolved', 'resync', 'resumed'].includes(event.type)) return;
    this.#questions.take(team.relays());
    this.#present();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { input, screen } = this.#options;
    process.off('exit', this.#restore);
    input.off('data', this.#onData);
    screen.footer(undefined);
    input.setRawMode(false);
    input.pause();
  }

  #read(keys: string): void {
    // arrow keys and their kind arrive as one piece that begins with an escape
    if (keys.length > 1 && keys.startsWith(ESCAPE)) return;
    for (const press of keyPressesOf(keys)) {
      if (this.#closed) return;
      if ('name' in press && press.name === 'interrupt') this.#options.onInterrupt();
      else this.#questions.press(press);
      this.#present();
    }
  }

  /** Prints the current question, if it is not printed yet, and draws the line below. */
  #present(): void {
    if (this.#closed) return;
    const { screen } = this.#options;
    const current = this.#questions.current();
    if (current?.relay.id !== this.#printed) {
      this.#printed = current?.relay.id;
      screen.footer(undefined);
      if (current !== undefined) this.#print(current.relay);
    }
    if (current !== undefined) this.#questions.drawn(current.relay.id);
    const left = this.#questions.left();
    if (left !== undefined) return this.#write('That question is gone; esc continues: ', left);
    if (current?.draft !== undefined)
      return this.#write(this.#promptOf(current.draft, current.relay), current.draft.line);
    this.#prompt = undefined;
    if (current === undefined) return screen.footer(undefined);
    const { relay, count } = current;
    const keys = [...answerKeys(current), ...(count > 1 ? [`s skip (${count - 1} more)`] : [])];
    screen.footer(`▸ ${keys.join(' · ')}   ${pathText(relay.path)}: ${callLabel(relay.tool, relay.params)}`);
  }

  #print(relay: PendingRelay): void {
    const { orchestrator, screen, paint } = this.#options;
    const view = questionView({ relay, pending: orchestrator.getPendingRelays(), paint, columns: screen.columns });
    for (const line of view) screen.line(line);
  }

  #promptOf({ what, problem }: TypedLine, relay: PendingRelay): string {
    const { screen } = this.#options;
    const short = draftPrompt(what, relay);
    const long = problem === undefined ? `${short} ${HOW}: ` : `${problem} ${short}: `;
    return (screen.columns ?? Infinity) - long.length < TYPING_ROOM ? `${short}: ` : long;
  }

  /** Shows the end of a typed line: the cursor stays in sight. */
  #write(prompt: string, line: EditLine): void {
    const { screen } = this.#options;
    if (!screen.live && prompt !== this.#prompt) screen.line(prompt);
    this.#prompt = prompt;
    const room = (screen.columns ?? Infinity) - prompt.length - 1;
    screen.footer(`${prompt}${endOfLine(shownLine(line), room)}`);
  }
}
