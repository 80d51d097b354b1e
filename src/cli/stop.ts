/** What ends a run from outside: signals, and a reader of the output who leaves. */
import type { AgentOrchestrator } from '../index.ts';
import { EXIT } from './exit-codes.ts';
import { pathText } from './question-view.ts';
import type { View } from './view.ts';
import { visibleLine } from '../text/visible.ts';

export interface StopOptions {
  readonly orchestrator: AgentOrchestrator;
  readonly view: View;
  readonly output: NodeJS.WriteStream;
  /** The command that goes on with the run. Without one it is cancelled for good. */
  readonly resumeWith?: () => string;
}

export class Stop {
  /** The exit code, once it was stopped. */
  code: number | undefined;
  outputGone = false;
  readonly #options: StopOptions;
  readonly #gone = Promise.withResolvers<void>();
  /** Who was at work when it was stopped so that it can go on. */
  #suspended: string | undefined;
  readonly #onInt = () => this.interrupt();
  readonly #onTerm = () => this.#stop(EXIT.interrupted);
  readonly #onError = () => this.#close();

  constructor(options: StopOptions) {
    this.#options = options;
    process.on('SIGINT', this.#onInt).on('SIGTERM', this.#onTerm).on('SIGHUP', this.#onTerm);
    options.output.on('error', this.#onError);
  }

  /** Ctrl-C: stops everything; the second time it ends the process at once, running commands included. */
  interrupt(): void {
    if (this.code === EXIT.interrupted) process.exit(EXIT.interrupted);
    this.#stop(EXIT.interrupted);
  }

  /** Resolves when the output takes more, or when nobody reads it any more. */
  async drained(): Promise<void> {
    const { output } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    output.once('drain', resolve);
    await Promise.race([promise, this.#gone.promise]);
    output.off('drain', resolve);
  }

  release(): void {
    process.off('SIGINT', this.#onInt).off('SIGTERM', this.#onTerm).off('SIGHUP', this.#onTerm);
    // Its errors stay handled: what is still on its way to a reader who left must not end the process loudly.
  }

  /** Says how to go on, once everything has stopped. */
  explain(): void {
    const { resumeWith, view } = this.#options;
    if (this.#suspended === undefined || resumeWith === undefined) return;
    const text = `Stopped ${this.#suspended}. Go on with: ${resumeWith()}`;
    // the terminal of whoever left may still be there
    if (this.outputGone) process.stderr.write(`greenroom: ${visibleLine(text)}\n`);
    else view.notice(text);
  }

  #stop(code: number): void {
    if (this.code !== undefined) return;
    this.code = code;
    const { orchestrator, view, resumeWith } = this.#options;
    const live = orchestrator.agents().filter(({ state }) => state !== 'done');
    const names = live.map(({ path }) => pathText(path)).join(', ');
    const suspends = resumeWith !== undefined && live.length > 0;
    const doing = suspends ? 'Stopping' : 'Cancelling';
    if (!this.outputGone) view.notice(`${doing} ${names || 'what is left'}. Ctrl-C again ends it at once.`);
    if (suspends) this.#suspended = names;
    void (suspends ? orchestrator.suspend() : orchestrator.cleanup());
  }

  #close(): void {
    this.outputGone = true;
    this.#gone.resolve();
    this.#stop(EXIT.closedOutput);
  }
}
