/** `greenroom demo`: a scripted team, real tools, a real bug, and a human who is asked. */
import { v7 as uuidv7 } from 'uuid';
import type { Envelope } from '../../index.ts';
import { EXIT } from '../exit-codes.ts';
import type { OutputFlags } from '../flags.ts';
import { openInspection } from '../inspection.ts';
import { openLog } from '../log.ts';
import { textOf } from '../result-text.ts';
import { walledBash } from '../sandbox.ts';
import { runSession } from '../session.ts';
import { newJournal } from '../sessions.ts';
import { createShow, onAskOption, type Show } from '../show.ts';
import type { Paint } from '../styles.ts';
import { visibleLines } from '../../text/visible.ts';
import { folderDiff } from './changes.ts';
import { copyOfSample, findNodeFirst, SAMPLE } from './sample.ts';
import { countsOf, type TestRun, testRun } from './facts.ts';
import { ScriptedHuman } from './scripted-human.ts';
import { startDemoTeam } from './team.ts';

/** Milliseconds a word, where somebody watches; `GREENROOM_PACE_MS` is another number. */
const PACE_MS = 25;

/** Plays the demo; resolves with the exit code. The folder it worked in stays. */
export async function demoCommand(flags: OutputFlags): Promise<number> {
  const bash = await walledBash(flags);
  const logger = await openLog(process.env);
  await using inspection = await openInspection(flags);
  const show = createShow(flags);
  const isJson = flags.json === true;
  const workspace = await copyOfSample();
  findNodeFirst();
  if (!isJson) opening({ show, workspace, flags, notice: bash.notice });
  const paceMs = process.stdout.isTTY && !isJson ? wantedPace(process.env) : 0;
  const { journal: file } = flags;
  const about = { id: uuidv7(), title: 'the demo', workspace, env: process.env };
  const journal = file === undefined ? undefined : newJournal({ ...about, file });
  const onAsk = onAskOption(flags, true);
  const view = show.view();
  for (const notice of inspection.notices) view.notice(notice);
  const orchestrator = startDemoTeam({
    workspace,
    bash: bash.tool,
    paceMs,
    onAsk,
    logger,
    journal,
    ...inspection.options,
  });
  let lastRun: TestRun | undefined;
  const onEntry = ({ event }: Envelope) => {
    if (event.type !== 'tool_result' || event.name !== 'bash') return;
    lastRun = testRun({ text: textOf(event.output.context) }) ?? lastRun;
  };
  const human = show.interactive ? show.human(orchestrator) : () => new ScriptedHuman(orchestrator);
  const code = await runSession({ orchestrator, view, output: process.stdout, human, onEntry });
  if (isJson || code === EXIT.closedOutput) return code;
  await showChanges(show, workspace, lastRun);
  if (code !== EXIT.interrupted) showNext(show, workspace);
  return code;
}

function wantedPace(env: NodeJS.ProcessEnv): number {
  const wanted = Number(env['GREENROOM_PACE_MS'] ?? PACE_MS);
  return Number.isFinite(wanted) && wanted >= 0 ? wanted : PACE_MS;
}

function opening(of: {
  readonly show: Show;
  readonly workspace: string;
  readonly flags: OutputFlags;
  readonly notice: string | undefined;
}): void {
  const { workspace, notice } = of;
  const { screen, paint, interactive } = of.show;
  const { onAsk = 'prompt' } = of.flags;
  const scripted = 'No terminal to ask at: a scripted human answers, and every answer is printed.';
  const asked = interactive ? 'You will be asked a few questions; one key answers. Ctrl-C ends it cleanly.' : scripted;
  const unasked = onAsk === 'fail' ? 'fails its agent' : 'is denied';
  const lines = [
    paint('bold', 'Greenroom demo: a tea shop, an angry customer, and four agents.'),
    '',
    'The model is scripted: what the agents say was written beforehand, and nothing leaves this machine.',
    'For a real one set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama, and try: greenroom run "<goal>"',
    'The rest is real: the files, the patches, the tests, and what is answered.',
    `They work on a copy of a sample project in ${workspace}`,
    onAsk === 'prompt' ? asked : `As --on-ask ${onAsk} says, a call that would ask ${unasked}.`,
    ...(notice === undefined ? [] : [notice]),
    '',
  ];
  for (const line of lines) screen.line(line);
}

async function showChanges({ screen, paint }: Show, workspace: string, lastRun: TestRun | undefined): Promise<void> {
  const diff = await folderDiff(SAMPLE, workspace);
  screen.line('');
  screen.line(paint('bold', diff === '' ? 'Nothing was changed.' : 'What changed:'));
  for (const line of diff === '' ? [] : visibleLines(diff)) screen.line(diffLine(line, paint));
  screen.line('');
  const tests = lastRun === undefined ? 'were not run' : `${countsOf(lastRun)} (the last run)`;
  screen.line(`Tests    ${paint(lastRun?.failed === 0 ? 'green' : 'yellow', tests)}`);
  screen.line(`Folder   ${workspace}`);
}

function diffLine(line: string, paint: Paint): string {
  if (line.startsWith('+++') || line.startsWith('---')) return paint('bold', line);
  if (line.startsWith('+')) return paint('green', line);
  return line.startsWith('-') ? paint('red', line) : line;
}

function showNext({ screen }: Show, workspace: string): void {
  screen.line('Next     set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama, and give a real model a goal:');
  screen.line(`         greenroom run "add a tea called Darjeeling, with a test" --workspace ${workspace}`);
  screen.line('         (in a clone of the repository: npm run greenroom -- run …)');
}
