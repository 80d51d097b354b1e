/** One run from start to end: shows the stream, lets a human answer, heeds signals, leaves nothing behind. */
import { type AgentOrchestrator, createTeam, type Envelope } from '../index.ts';
import { EXIT } from './exit-codes.ts';
import { pathText } from './question-card.ts';
import type { Human, View } from './view.ts';

export interface SessionOptions {
  readonly orchestrator: AgentOrchestrator;
  readonly view: View;
  /** Made when the run starts; `interrupt` is what Ctrl-C does. */
  readonly human?: (interrupt: () => void) => Human;
  readonly output: NodeJS.WriteStream;
  /** Told every entry, after it was shown. */
  readonly onEntry?: (entry: Envelope) => void;
}

/** Runs until every agent has ended; resolves with the exit code. */
export async function runSession(options: SessionOptions): Promise<number> {
  const { orchestrator, view, output } = options;
  const stopped = new Stop(options);
  const human = options.human?.(() => stopped.interrupt());
  const team = createTeam();
  const verdict = new Verdict();
  try {
    for await (const entry of orchestrator.events()) {
      team.apply(entry);
      verdict.take(entry);
      if (!stopped.outputGone) view.show(entry, team);
      human?.hear(entry, team);
      options.onEntry?.(entry);
      if (output.writableNeedDrain && !stopped.outputGone) await stopped.drained();
    }
  } finally {
    human?.close();
    await orchestrator.cleanup();
    stopped.release();
  }
  return stopped.code ?? verdict.code;
}

/** What ends a run from outside: signals, and a reader of the output who leaves. */
class Stop {
  code: number | undefined;
  outputGone = false;
  readonly #options: SessionOptions;
  readonly #gone = Promise.withResolvers<void>();
  readonly #onInt = () => this.interrupt();
  readonly #onTerm = () => this.#stop(EXIT.interrupted);
  readonly #onError = () => this.#close();

  constructor(options: SessionOptions) {
    this.#options = options;
    process.on('SIGINT', this.#onInt).on('SIGTERM', this.#onTerm).on('SIGHUP', this.#onTerm);
    options.output.on('error', this.#onError);
  }

  /** Ctrl-C: cancels everything; the second time it ends the process at once, running commands included. */
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

  #stop(code: number): void {
    if (this.code !== undefined) return;
    this.code = code;
    const { orchestrator, view } = this.#options;
    const live = orchestrator.agents().filter(({ state }) => state !== 'done');
    const names = live.map(({ path }) => pathText(path)).join(', ');
    if (!this.outputGone) view.notice(`Cancelling ${names || 'what is left'}. Ctrl-C again ends it at once.`);
    void orchestrator.cleanup();
  }

  #close(): void {
    this.outputGone = true;
    this.#gone.resolve();
    this.#stop(EXIT.closedOutput);
  }
}

/** The exit code that the agents' ends come to. */
class Verdict {
  #failed = false;
  #lackedPermission = false;

  take({ event }: Envelope): void {
    if (event.type === 'harness_end' && event.parentId === undefined && event.status !== 'completed')
      this.#failed = true;
    if (event.type === 'tool_result' && event.decidedBy?.id === 'onAsk:fail') this.#lackedPermission = true;
  }

  get code(): number {
    if (this.#lackedPermission) return EXIT.needsPermission;
    return this.#failed ? EXIT.failed : EXIT.completed;
  }
}
