/**
 * All of the terminal view that needs no Ink: the log, which is what `PlainView` prints, and the read model that the tree
 * and the questions come from. Ink is loaded when the human is asked for.
 */
import type { ReadStream, WriteStream } from 'node:tty';
import { type AgentOrchestrator, createReadModel } from '../../index.ts';
import { PlainView } from '../plain-view.ts';
import type { Screen } from '../screen.ts';
import type { Paint } from '../styles.ts';
import type { Human, View } from '../view.ts';
import { createTerminalLog } from './terminal-log.ts';

export interface TerminalStageOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly paint: Paint;
}

export interface TerminalStage {
  readonly screen: Screen;
  view(): View;
  /** Draws the tree and the questions below the log, until it is closed. */
  human(options: {
    readonly orchestrator: AgentOrchestrator;
    /** Whether "always" can be saved for later runs. */
    readonly canSave: boolean;
    /** What Ctrl-C does. */
    readonly interrupt: () => void;
  }): Promise<Human>;
}

export function createTerminalStage({ input, output, paint }: TerminalStageOptions): TerminalStage {
  const log = createTerminalLog(output);
  const model = createReadModel();
  return {
    screen: log.screen,
    view() {
      const plain = new PlainView({ screen: log.screen, paint });
      return {
        show(entry, team) {
          model.apply(entry);
          plain.show(entry, team);
        },
        recall(entry) {
          model.apply(entry);
          plain.recall(entry);
        },
        notice: (text) => plain.notice(text),
      };
    },
    async human(options) {
      const { openTerminalView } = await withoutChecks(async () => await import('./terminal-view.ts'));
      return openTerminalView({ ...options, input, output, paint, log, model });
    },
  };
}

/**
 * React picks its build by `NODE_ENV` while it is loaded; the one with checks is slow and keeps a record of every frame. The
 * variable is put back at once: what the agents run must not see it.
 */
async function withoutChecks<T>(load: () => Promise<T>): Promise<T> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] ??= 'production';
  try {
    return await load();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
  }
}
