/** `run` and `resume`, for `greenroom --help`. */
import { type Command, InvalidArgumentError } from 'commander';
import { COMMON_NOTES } from './common-notes.ts';
import type { ResumeFlags, RunFlags } from './flags.ts';
import { addConsoleFlag, addOutputFlags, repeated } from './output-options.ts';

const RUN_NOTES = `
Permissions:
  Reading and searching inside the workspace is allowed. Everything else asks first; --allow takes rules such as
  'bash(npm test)', 'patch(src/**)', 'agent'. Without a terminal to ask at, what would ask is denied; with --on-ask wait it
  waits for greenroom answer.

Sandbox:
  Commands of agents write to the workspace and to a /tmp of their own, and nowhere else; they have no network, and
  see no keys or credentials. That takes Linux and bubblewrap; where it does not work, the run says so once.

Policy files hold rules for every run: ~/.config/greenroom/policy.json, and .greenroom/policy.json in the workspace,
  which can only forbid until you run greenroom trust.

Journal: every run is recorded in ~/.local/state/greenroom/sessions, for you alone to read. One that was stopped, by
  Ctrl-C or with its machine, goes on with greenroom resume. greenroom sessions lists the runs, replay and tail show one.

Questions are answered with one key: y yes, a always (until the run ends), A always and saved for this folder,
n no, r no with a reason, s skip to the next one. greenroom relays and greenroom answer do it from another terminal.
${COMMON_NOTES}`;

const RESUME_NOTES = `
Without a session it is the one that was stopped last. It has the tools, model, rules, sandbox and workspace of the run;
--model and --sandbox put others in their place, --allow adds rules.

What comes back: transcripts, open questions, permissions that were given, limits, subagents. A call that was running when
the process ended is not run again: you are asked what became of it.

  y  run it now: it did not run, or may run twice
  d  it ran: you say what it gave, and the agent is told
  n  give it up: the agent is told that nobody knows (r: with a reason)

Without a terminal, open questions must be answered first (greenroom relays, greenroom answer), wait for that
(--on-ask wait) or be denied (--on-ask deny).
${COMMON_NOTES}`;

export function addRun(greenroom: Command): void {
  const run = greenroom
    .command('run')
    .description('give a goal to an agent that can read, search, write, patch, run commands and start subagents')
    .argument('<goal>', 'what to do, in your words', goalText)
    .option('--model <provider/name>', 'e.g. anthropic/claude-sonnet-5-5, openai/gpt-6-luna, ollama/<name>')
    .option('--workspace <dir>', 'the folder to work in (default: the current one)')
    .option('--allow <rule>', 'allows calls without asking; may be repeated', repeated, [])
    .option('--max-agents <n>', 'agents alive at once', wholeNumber)
    .option('--journal <file>', 'records the run in this file (default: one of its own)');
  addConsoleFlag(addOutputFlags(run, ['prompt', 'wait', 'deny', 'fail']))
    .addHelpText('after', RUN_NOTES)
    .action(async (goal: string, flags: RunFlags) => {
      const { runCommand } = await import('./run.ts');
      process.exitCode = await runCommand(goal, flags);
    });
}

export function addResume(greenroom: Command): void {
  const resume = greenroom
    .command('resume')
    .description('go on with a run that was stopped, from where it stood')
    .argument('[session]', 'its file, its id, or the beginning of its id (default: the one that was stopped last)')
    .option('--model <provider/name>', 'another model than before')
    .option('--allow <rule>', 'allows more calls without asking; may be repeated', repeated, []);
  addConsoleFlag(addOutputFlags(resume, ['prompt', 'wait', 'deny', 'fail']))
    .addHelpText('after', RESUME_NOTES)
    .action(async (session: string | undefined, flags: ResumeFlags) => {
      const { resumeCommand } = await import('./resume.ts');
      process.exitCode = await resumeCommand(session, flags);
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
