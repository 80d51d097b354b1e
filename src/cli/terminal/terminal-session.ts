/**
 * Terminal session: the log that `PlainView` prints, and the read model of agent tree and questions. Loads Ink only when the
 * human takes part.
 */
import { createRequire } from 'node:module';
import type { ReadStream, WriteStream } from 'node:tty';
import type { AgentOrchestrator } from '../../index.ts';
import { createReadModel } from '../../read-model/read-model.ts';
import { PlainView } from '../output/plain-view.ts';
import type { Paint, Screen } from '../output/screen.ts';
import type { Human, View } from '../output/view.ts';
import { createTerminalLog } from './terminal-log.ts';

export interface TerminalSessionOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly paint: Paint;
}

export interface TerminalSession {
  readonly screen: Screen;
  view(): View;
  /** Draws agent tree and questions below the log until it is closed. */
  human(options: {
    readonly orchestrator: AgentOrchestrator;
    /** Whether "always" can be saved for later runs. */
    readonly canSave: boolean;
    /** Called for Ctrl-C. */
    readonly interrupt: () => void;
  }): Promise<Human>;
}

export function createTerminalSession({ input, output, paint }: TerminalSessionOptions): TerminalSession {
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
      loadReact();
      const { openTerminalView } = await import('./terminal-view.ts');
      return openTerminalView({ ...options, input, output, paint, log, model });
    },
  };
}

/**
 * Loads React's production build, which it picks by `NODE_ENV`: the development build is slow and records every frame. Resets the
 * variable before anything else can run, because commands of agents must not inherit it.
 */
function loadReact(): void {
  const fromInk = createRequire(createRequire(import.meta.url).resolve('ink'));
  const { env } = process;
  const isSet = env['NODE_ENV'] !== undefined;
  if (!isSet) env['NODE_ENV'] = 'production';
  try {
    fromInk('react');
    fromInk('react-reconciler');
  } finally {
    if (!isSet) delete env['NODE_ENV'];
  }
}
