/** One run from start to end: shows the stream, takes answers and signals, and cleans up. */
import type { AgentOrchestrator, Envelope } from '../../index.ts';
import { createTeam, type Team } from '../../read-model/team.ts';
import { EXIT } from '../exit-codes.ts';
import type { Human, View } from '../output/view.ts';
import { Stop } from './stop.ts';

export interface SessionOptions {
  readonly orchestrator: AgentOrchestrator;
  readonly view: View;
  /** Called when the run starts; `interrupt` does what Ctrl-C does. */
  readonly human?: (interrupt: () => void) => Human | Promise<Human>;
  readonly output: NodeJS.WriteStream;
  /** Called with every entry after it was shown. */
  readonly onEntry?: (entry: Envelope) => void;
  /** The command that resumes this run after a stop. Without one, a stop cancels the run. */
  readonly resumeWith?: () => string;
  /** The recorded part of a resumed session. Only later entries are shown. */
  readonly before?: { readonly team: Team; readonly seq: number };
}

/** The longest a timer can wait, in milliseconds. */
const LONG_MS = 2 ** 31 - 1;

/** Runs until every agent has ended; resolves with the exit code. */
export async function runSession(options: SessionOptions): Promise<number> {
  const { orchestrator, view, output, before } = options;
  const stop = new Stop(options);
  const team = before?.team ?? createTeam();
  const verdict = new Verdict(team);
  // agents that wait for an answer from another process do not keep this one alive
  const hold = setInterval(() => undefined, LONG_MS);
  let human: Human | undefined;
  try {
    human = await options.human?.(() => stop.interrupt());
    for await (const entry of orchestrator.events({ since: before?.seq ?? 0 })) {
      team.apply(entry);
      verdict.take(entry);
      if (!stop.outputGone) view.show(entry, team);
      human?.hear(entry, team);
      options.onEntry?.(entry);
      if (output.writableNeedDrain && !stop.outputGone) await stop.drained();
    }
  } finally {
    clearInterval(hold);
    await human?.close();
    await orchestrator.cleanup();
    stop.release();
  }
  stop.explain();
  return stop.code ?? verdict.code(orchestrator);
}

/** Exit code from the outcomes of the agents. */
class Verdict {
  #failed: boolean;
  #lackedPermission = false;

  /** @param before The team before this run. */
  constructor(before: Team) {
    const ended = before.agents().filter(({ state, parentId }) => state === 'done' && parentId === undefined);
    this.#failed = ended.some(({ status }) => status !== 'completed');
  }

  take({ event }: Envelope): void {
    if (event.type === 'harness_end' && event.parentId === undefined && event.status !== 'completed')
      this.#failed = true;
    if (event.type === 'tool_result' && event.decidedBy?.id === 'onAsk:fail') this.#lackedPermission = true;
  }

  code(orchestrator: AgentOrchestrator): number {
    if (this.#lackedPermission) return EXIT.needsPermission;
    // a parked agent has not ended
    return this.#failed || orchestrator.parked().length > 0 ? EXIT.failed : EXIT.completed;
  }
}
