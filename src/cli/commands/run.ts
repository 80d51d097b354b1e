/** `greenroom run`: give one agent all tools and a goal. */
import { type Command, InvalidArgumentError } from 'commander';
import { v7 as uuidv7 } from 'uuid';
import { parseRule } from '../../index.ts';
import { COMMON_NOTES } from '../exit-codes.ts';
import { addConsoleFlag, addOutputFlags, type AgentFlags, type OutputFlags, repeatable } from '../options.ts';
import { openConsole, openInspection } from '../run/browser-views.ts';
import { runSession } from '../run/run-session.ts';
import { prepareTeam } from '../run/run-team.ts';
import { newSettings } from '../run/settings.ts';
import { briefFor, runModel, workFolder } from '../run/start.ts';
import { newJournal, resumeCommandOf } from '../sessions/files.ts';

const NOTES = `
Permissions:
  Reading and searching inside the workspace is allowed. Every other call asks first. --allow takes rules such as
  'bash(npm test)', 'patch(src/**)' or 'agent'. Without a terminal, a call that would ask is denied; with --on-ask wait it
  waits for greenroom answer.

Sandbox:
  Commands of agents can write to the workspace and to a private /tmp only. They have no network, and cannot read keys
  or credentials. The sandbox needs Linux and bubblewrap; without it, the run prints a notice once.

Policy files hold rules for every run: ~/.config/greenroom/policy.json, and .greenroom/policy.json in the workspace. The
workspace file can only forbid calls until you run greenroom trust.

Journal: every run is recorded in ~/.local/state/greenroom/sessions; only you can read it. Continue a stopped run with
greenroom resume. greenroom sessions lists the runs; replay and tail print one.

Questions take one key: y yes, a always (until the run ends), A always and saved for this folder, n no, r no with a
reason, s skip to the next question. Use greenroom relays and greenroom answer to answer from another terminal.
${COMMON_NOTES}`;

interface RunFlags extends OutputFlags, AgentFlags {
  readonly sandbox?: 'none' | 'bwrap';
  readonly sandboxNetwork?: boolean;
}

export function defineRun(command: Command): void {
  command
    .argument('<goal>', 'what to do, in your words', goalText)
    .option('--model <provider/name>', 'e.g. anthropic/claude-sonnet-5-5, openai/gpt-6-luna, ollama/<name>')
    .option('--workspace <dir>', 'folder to work in (default: the current folder)')
    .addOption(repeatable('--allow <rule>', 'allow calls without asking'))
    .option('--max-agents <n>', 'limit of agents alive at once', wholeNumber)
    .option('--journal <file>', 'record the run in this file (default: a new file)');
  addConsoleFlag(addOutputFlags(command, ['prompt', 'wait', 'deny', 'fail']))
    .addHelpText('after', NOTES)
    .action(async (goal: string, flags: RunFlags) => {
      process.exitCode = await run(goal, flags);
    });
}

function goalText(goal: string): string {
  if (goal.trim() === '') throw new InvalidArgumentError('Say what to do, e.g. greenroom run "make the tests pass".');
  return goal;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number, 1 or more.');
  return value;
}

/**
 * Runs a goal until its agents end or the run is stopped; resolves with the exit code.
 * @throws GreenroomError for an invalid rule, model or workspace, before anything starts.
 */
async function run(goal: string, flags: RunFlags): Promise<number> {
  for (const rule of flags.allow) parseRule(rule, '--allow');
  const workspace = workFolder(flags.workspace ?? process.cwd(), '--workspace');
  const model = await runModel(flags.model);
  await using inspection = await openInspection(flags);
  const team = await prepareTeam({ settings: newSettings(flags, model.name), workspace, flags, inspection });
  const { view, show } = team;
  const journal = newJournal({
    file: flags.journal,
    id: uuidv7(),
    title: goal,
    workspace,
    settings: team.settings,
    env: process.env,
  });
  const orchestrator = await team.open(journal);
  await using consoleServer = await openConsole(flags.console, {
    orchestrator,
    tools: team.tools,
    workspace,
    journal: journal.files?.[0] ?? '',
    model: model.name,
    actors: inspection.actors,
  });
  for (const notice of [model.notice, ...team.notices, ...consoleServer.notices]) view.notice(notice);
  orchestrator.spawn({ name: 'agent', messages: briefFor(goal, workspace), tools: team.tools });
  return await runSession({
    orchestrator,
    view,
    output: process.stdout,
    resumeWith: () => resumeCommandOf(journal.files?.[0] ?? '', process.env),
    ...(show.interactive ? { human: show.human(orchestrator, true) } : {}),
  });
}
