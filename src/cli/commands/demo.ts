/** `greenroom demo`: run a scripted team on a sample project with real tools. */
import type { Command } from 'commander';
import type { Envelope } from '../../index.ts';
import { visibleLines } from '../../text/visible.ts';
import { countsOf, type TestRun, testRun } from '../demo/facts.ts';
import { ScriptedHuman } from '../demo/scripted-human.ts';
import { startDemoTeam } from '../demo/team.ts';
import { copyOfSample, demoJournal, folderDiff, putOwnNodeFirst, SAMPLE } from '../demo/workspace.ts';
import { COMMON_NOTES, EXIT } from '../exit-codes.ts';
import { addOutputFlags, type OutputFlags } from '../options.ts';
import { textOf } from '../output/outcome-text.ts';
import type { Paint } from '../output/screen.ts';
import { createShow, onAskOption, type Show } from '../output/show.ts';
import { openInspection } from '../run/browser-views.ts';
import { openLog } from '../run/log.ts';
import { runSession } from '../run/run-session.ts';
import { chooseBash } from '../run/tools.ts';

const NOTES = `
The model is scripted: it needs no key and sends nothing over the network. The tools, the files and the tests are real.
In a terminal you answer the questions; without one, or with --json, a scripted human does.
${COMMON_NOTES}`;

export function defineDemo(command: Command): void {
  command.option('--journal <file>', 'record the demo in this file (default: no record)');
  addOutputFlags(command, ['prompt', 'deny', 'fail'])
    .addHelpText('after', NOTES)
    .action(async (flags: OutputFlags) => {
      process.exitCode = await demo(flags);
    });
}

/** Pause between words in a terminal, in milliseconds. `GREENROOM_PACE_MS` overrides it. */
const PACE_MS = 25;

/** Runs the demo; resolves with the exit code. The folder it worked in stays. */
async function demo(flags: OutputFlags): Promise<number> {
  const bash = await chooseBash(flags);
  const logger = await openLog(process.env);
  await using inspection = await openInspection(flags);
  const show = createShow(flags);
  const isJson = flags.json === true;
  const workspace = await copyOfSample();
  putOwnNodeFirst();
  if (!isJson) printOpening({ show, workspace, flags, notice: bash.notice });
  const view = show.view();
  for (const notice of inspection.notices) view.notice(notice);
  const orchestrator = startDemoTeam({
    workspace,
    bash: bash.tool,
    paceMs: process.stdout.isTTY && !isJson ? wantedPace(process.env) : 0,
    onAsk: onAskOption(flags, true),
    logger,
    journal: demoJournal(flags.journal, workspace),
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
  await printChanges(show, workspace, lastRun);
  if (code !== EXIT.interrupted) printNext(show, workspace);
  return code;
}

function wantedPace(env: NodeJS.ProcessEnv): number {
  const wanted = Number(env['GREENROOM_PACE_MS'] ?? PACE_MS);
  return Number.isFinite(wanted) && wanted >= 0 ? wanted : PACE_MS;
}

function printOpening(of: {
  readonly show: Show;
  readonly workspace: string;
  readonly flags: OutputFlags;
  readonly notice: string | undefined;
}): void {
  const { workspace, notice } = of;
  const { screen, paint, interactive } = of.show;
  const { onAsk = 'prompt' } = of.flags;
  const scripted = 'There is no terminal, so a scripted human answers. Every answer is printed.';
  const asked = interactive ? 'Answer the questions with one key each. Ctrl-C stops the demo.' : scripted;
  const unasked = onAsk === 'fail' ? 'fails its agent' : 'is denied';
  const lines = [
    paint('bold', 'Greenroom demo: a tea shop, an angry customer, and four agents.'),
    '',
    'The model is scripted: it needs no key and sends nothing over the network.',
    'For a real model set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama, and try: greenroom run "<goal>"',
    'The files, the patches, the tests and the answers are real.',
    `The agents work on a copy of a sample project in ${workspace}`,
    onAsk === 'prompt' ? asked : `--on-ask ${onAsk}: a call that would ask ${unasked}.`,
    ...(notice === undefined ? [] : [notice]),
    '',
  ];
  for (const line of lines) screen.line(line);
}

async function printChanges({ screen, paint }: Show, workspace: string, lastRun: TestRun | undefined): Promise<void> {
  const diff = await folderDiff(SAMPLE, workspace);
  screen.line('');
  screen.line(paint('bold', diff === '' ? 'Nothing changed.' : 'What changed:'));
  for (const line of diff === '' ? [] : visibleLines(diff)) screen.line(diffLine(line, paint));
  screen.line('');
  const tests = lastRun === undefined ? 'did not run' : `${countsOf(lastRun)} (the last run)`;
  screen.line(`Tests    ${paint(lastRun?.failed === 0 ? 'green' : 'yellow', tests)}`);
  screen.line(`Folder   ${workspace}`);
}

function diffLine(line: string, paint: Paint): string {
  if (line.startsWith('+++') || line.startsWith('---')) return paint('bold', line);
  if (line.startsWith('+')) return paint('green', line);
  return line.startsWith('-') ? paint('red', line) : line;
}

function printNext({ screen }: Show, workspace: string): void {
  screen.line('Next     Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama, and give a real model a goal:');
  screen.line(`         greenroom run "add a tea called Darjeeling, with a test" --workspace ${workspace}`);
  screen.line('         (in a clone of the repository: npm run greenroom -- run …)');
}
