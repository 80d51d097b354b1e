/**
 * Terminal view: the log above, agent tree and current question below. Guarantees:
 * - the rows fit the terminal, also after its size changed;
 * - `close()` restores the terminal and leaves no half-drawn rows, and so does every end of the process except SIGKILL;
 * - when drawing fails, the log continues as plain lines and the run is interrupted, because no question can be answered.
 */
import type { ReadStream, WriteStream } from 'node:tty';
import { type Instance, render } from 'ink';
import { createElement as h } from 'react';
import { type AgentOrchestrator, type AgentSummary, messageOf } from '../../index.ts';
import type { ReadModel } from '../../read-model/read-model.ts';
import { questionView } from '../output/question-view.ts';
import type { Paint } from '../output/screen.ts';
import { visibleLine } from '../../text/visible.ts';
import { eraseReflowed } from './terminal-log.ts';
import type { Human } from '../output/view.ts';
import { keptRows } from './question-rows.ts';
import { frameRows } from './frame.ts';
import { InkScreen } from './ink-screen.ts';
import { TerminalQuestions } from './terminal-questions.ts';
import type { KeyPress } from './edit-line.ts';
import type { TerminalLog } from './terminal-log.ts';

export interface TerminalViewOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly paint: Paint;
  readonly log: TerminalLog;
  /** Fed by the view of the session. */
  readonly model: ReadModel;
  readonly orchestrator: AgentOrchestrator;
  readonly canSave: boolean;
  readonly interrupt: () => void;
}

/** Between two frames, in milliseconds. */
const FRAME_MS = 40;
const ROWS = 24;

export function openTerminalView(options: TerminalViewOptions): Human {
  return new TerminalView(options);
}

class TerminalView implements Human {
  readonly #options: TerminalViewOptions;
  readonly #questions: TerminalQuestions;
  readonly #rowsOf = keptRows();
  readonly #ink: Instance;
  readonly #onResize = () => this.#resize();
  readonly #onExit = () => this.#restore();
  readonly #onReady = (print: (text: string) => void) => {
    this.#print = print;
    this.#drawSoon();
  };
  readonly #onPress = (press: KeyPress) => {
    if ('name' in press && press.name === 'interrupt') return this.#options.interrupt();
    if (this.#state !== 'open') return;
    this.#questions.press(press);
    this.#drawSoon();
  };
  readonly #onPaste = (text: string) => {
    this.#questions.paste(text);
    this.#drawSoon();
  };
  #print: ((text: string) => void) | undefined;
  #rows: readonly string[] = [];
  #frame: NodeJS.Timeout | undefined;
  #opening: NodeJS.Timeout | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(options: TerminalViewOptions) {
    this.#options = options;
    const { input, output, log, orchestrator, canSave } = options;
    this.#questions = new TerminalQuestions({
      orchestrator,
      canSave,
      now: () => performance.now(),
      say: (text) => log.screen.line(text),
      showWhole: (relay) => {
        const pending = orchestrator.getPendingRelays();
        const { columns } = log.screen;
        for (const line of questionView({ relay, pending, columns, paint: options.paint })) log.screen.line(line);
      },
    });
    log.attach(() => this.#drawSoon());
    // before Ink's own listener: rows of the old width must be erased first
    output.on('resize', this.#onResize);
    this.#ink = render(this.#screen(), { stdin: input, stdout: output, exitOnCtrlC: false, interactive: true });
    this.#ink.waitUntilExit().catch((error: unknown) => this.#fail(error));
    // the monitor runs before the error is printed
    process.once('uncaughtExceptionMonitor', this.#onExit).once('exit', this.#onExit);
  }

  hear(): void {
    this.#questions.take(this.#options.model.store.getSnapshot().context.relays);
    this.#drawSoon();
  }

  async close(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#draw();
    await this.#ink.waitUntilRenderFlush();
    this.#restore();
  }

  #restore(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const { output, log } = this.#options;
    clearTimeout(this.#frame);
    clearTimeout(this.#opening);
    process.off('uncaughtExceptionMonitor', this.#onExit).off('exit', this.#onExit);
    output.off('resize', this.#onResize);
    this.#ink.clear();
    this.#ink.unmount();
    log.detach();
  }

  #fail(error: unknown): void {
    if (this.#state === 'closed') return;
    this.#restore();
    this.#options.log.screen.line(`The terminal view failed: ${visibleLine(messageOf(error))}`);
    this.#options.interrupt();
  }

  #drawSoon(): void {
    this.#frame ??= setTimeout(() => this.#draw(), FRAME_MS);
  }

  #draw(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    if (this.#state === 'closed') return;
    this.#rows = this.#state === 'open' ? this.#frameRows() : [];
    this.#ink.rerender(this.#screen());
    // lines wait until Ink is ready
    const lines = this.#print === undefined ? [] : this.#options.log.take();
    if (lines.length > 0) this.#print?.(`${lines.join('\n')}\n`);
  }

  #frameRows(): readonly string[] {
    const { output, log, paint, orchestrator } = this.#options;
    const { columns } = log.screen;
    // a terminal of unknown size reports 0
    const rows = output.rows || ROWS;
    const current = this.#questions.current();
    const pending = current === undefined ? [] : orchestrator.getPendingRelays();
    const question = current && this.#rowsOf({ relay: current.relay, pending, columns });
    if (current !== undefined) {
      const quietMs = this.#questions.drawn(current.relay.id);
      if (quietMs !== undefined) {
        clearTimeout(this.#opening);
        this.#opening = setTimeout(() => this.#draw(), quietMs + 1);
      }
    }
    return frameRows({ agents: this.#agents(), current, left: this.#questions.left(), question, columns, rows, paint });
  }

  #agents(): AgentSummary[] {
    const { model } = this.#options;
    return model.store
      .getSnapshot()
      .context.agentIds.map((id) => model.row(id).get())
      .filter((agent) => agent !== undefined);
  }

  #resize(): void {
    if (this.#state !== 'open') return;
    const { output } = this.#options;
    eraseReflowed({ rows: this.#rows, output, env: process.env });
    this.#draw();
  }

  #screen() {
    return h(InkScreen, {
      rows: this.#rows,
      onPress: this.#onPress,
      onPaste: this.#onPaste,
      onReady: this.#onReady,
    });
  }
}
