/** Chooses how a run is shown and who answers, by the flags and by whether there is a terminal. */
import { resolve } from 'node:path';
import type { AgentOrchestrator, OrchestratorOptions } from '../../index.ts';
import type { Team } from '../../read-model/team.ts';
import type { OutputFlags } from '../options.ts';
import { sessionOption } from '../sessions/files.ts';
import { PlainPrompt } from '../terminal/plain-prompt.ts';
import { createTerminalSession } from '../terminal/terminal-session.ts';
import { PlainView } from './plain-view.ts';
import { howToAnswer, questionView } from './question-view.ts';
import { createScreen, type Paint, paintFor, plainPaint, type Screen } from './screen.ts';
import { type Human, jsonView, type View } from './view.ts';

export interface Show {
  readonly paint: Paint;
  readonly screen: Screen;
  /** Whether a human at the terminal is asked. */
  readonly interactive: boolean;
  view(): View;
  /** @param canSave Whether "always" can be saved for later runs. */
  human(orchestrator: AgentOrchestrator, canSave?: boolean): (interrupt: () => void) => Human | Promise<Human>;
}

export function createShow(flags: OutputFlags): Show {
  const { stdin, stdout, stderr, env } = process;
  const paint = flags.plain === true || flags.json === true ? plainPaint : paintFor(stdout, env);
  const live = stdout.isTTY && flags.plain !== true && env['TERM'] !== 'dumb';
  const asks = (flags.onAsk ?? 'prompt') === 'prompt';
  const interactive = asks && flags.json !== true && stdin.isTTY && stdout.isTTY;
  const session = interactive && live ? createTerminalSession({ input: stdin, output: stdout, paint }) : undefined;
  const painted = (text: string) => paint(['bold', 'yellow'], text);
  const screen = session?.screen ?? createScreen({ output: stdout, live, paint: painted });
  const where = flags.journal === undefined ? '' : sessionOption(resolve(flags.journal), env);
  return {
    paint,
    screen,
    interactive,
    view() {
      if (flags.json === true) return jsonView(stdout, stderr);
      if (session !== undefined) return session.view();
      if (interactive) return new PlainView({ screen, paint });
      const onRelay = (relayId: string, team: Team) => {
        const pending = team.relays();
        const relay = pending.find(({ id }) => id === relayId);
        if (relay === undefined) return;
        for (const line of questionView({ relay, pending, paint, columns: screen.columns })) screen.line(line);
        if (flags.onAsk === 'wait') screen.line(paint('dim', `  answer it with: ${howToAnswer(relay)}${where}`));
      };
      return new PlainView({ screen, paint, onRelay });
    },
    human:
      (orchestrator, canSave = false) =>
      (interrupt) =>
        session?.human({ orchestrator, canSave, interrupt }) ??
        new PlainPrompt({ input: stdin, screen, orchestrator, paint, canSave, onInterrupt: interrupt }),
  };
}

/** The `onAsk` option for `--on-ask`. `prompt` without anyone to ask denies, so that nothing waits forever. */
export function onAskOption(flags: OutputFlags, someoneAnswers: boolean): NonNullable<OrchestratorOptions['onAsk']> {
  const { onAsk = 'prompt' } = flags;
  if (onAsk !== 'prompt') return onAsk;
  return someoneAnswers ? 'wait' : 'deny';
}
