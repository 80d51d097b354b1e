/** Stops a run on a signal, or when the output pipe closes. */
import type { AgentOrchestrator } from '../../index.ts';
import { visibleLine } from '../../text/visible.ts';
import { EXIT } from '../exit-codes.ts';
import { pathText } from '../../read-model/words.ts';
import type { View } from '../output/view.ts';

export interface StopOptions {
  readonly orchestrator: AgentOrchestrator;
  readonly view: View;
  readonly output: NodeJS.WriteStream;
  /** The command that resumes the run. Without one, a stop cancels the run. */
  readonly resumeWith?: () => string;
}

export class Stop {
  /** The exit code, once the run was stopped. */
  code: number | undefined;
  outputGone = false;
  readonly #options: StopOptions;
  readonly #gone = Promise.withResolvers<void>();
  /** How many agents a resumed run continues. */
  #suspended = 0;
  readonly #onInt = () => this.interrupt();
  readonly #onTerm = () => this.#stop(EXIT.interrupted);
  readonly #onError = () => this.#close();

  constructor(options: StopOptions) {
    this.#options = options;
    process.on('SIGINT', this.#onInt).on('SIGTERM', this.#onTerm).on('SIGHUP', this.#onTerm);
    options.output.on('error', this.#onError);
  }

  /** Ctrl-C: stops the run. A second one ends the process and its running commands at once. */
  interrupt(): void {
    if (this.code === EXIT.interrupted) process.exit(EXIT.interrupted);
    this.#stop(EXIT.interrupted);
  }

  /** Resolves when the output takes more, or its pipe is closed. */
  async drained(): Promise<void> {
    const { output } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    output.once('drain', resolve);
    await Promise.race([promise, this.#gone.promise]);
    output.off('drain', resolve);
  }

  release(): void {
    process.off('SIGINT', this.#onInt).off('SIGTERM', this.#onTerm).off('SIGHUP', this.#onTerm);
    // the 'error' listener stays: pending writes to a closed pipe must not crash the process
  }

  /** Prints the command that resumes the run, once everything has stopped. */
  explain(): void {
    const { resumeWith, view } = this.#options;
    if (this.#suspended === 0 || resumeWith === undefined) return;
    const text = `${this.#suspended === 1 ? 'Agent' : `${this.#suspended} agents`} stopped. Resume with: ${resumeWith()}`;
    // with standard output closed, standard error may still be a terminal
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
    if (!this.outputGone) view.notice(`${doing} ${names || 'the run'}. Press Ctrl-C again to kill it.`);
    if (suspends) this.#suspended = live.length;
    void (suspends ? orchestrator.suspend() : orchestrator.cleanup());
  }

  #close(): void {
    this.outputGone = true;
    this.#gone.resolve();
    this.#stop(EXIT.closedOutput);
  }
}
