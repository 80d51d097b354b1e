#!/usr/bin/env node
/** The command line. Nothing but its own words is loaded here: each command loads what it needs when it is called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { GreenroomError, messageOf } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import type { CheckFlags, OutputFlags, RunFlags } from './flags.ts';
import { addHistory } from './history-commands.ts';

const NOTES = `
Exit codes:
  0    completed
  1    an agent failed, was stopped by a limit, or was cancelled
  2    the command line or a setting cannot be used; nothing was started
  3    with --on-ask fail: a call needed a permission that nothing gives
  130  interrupted (Ctrl-C, SIGTERM, SIGHUP); a second Ctrl-C ends it at once
  141  whoever read the output went away

Environment:
  GREENROOM_MODEL      the model when --model names none; else ANTHROPIC_API_KEY, OPENAI_API_KEY
                       or a local Ollama decide, and without any the answers are scripted
  GREENROOM_LOG        debug, info, warn or error: a structured log on standard error (off by default)
  GREENROOM_LOG_FILE   writes the log to this file instead (level info, unless GREENROOM_LOG says more)
  NO_COLOR             no colours`;

const RUN_NOTES = `
Permissions:
  Reading and searching inside the workspace is allowed. Everything else asks first; --allow takes rules such as
  'bash(npm test)', 'patch(src/**)', 'agent'. Without a terminal to ask at, what would ask is denied.

Sandbox:
  Commands of agents write to the workspace and to a /tmp of their own, and nowhere else; they have no network, and
  see no keys or credentials. That takes Linux and bubblewrap; where it does not work, the run says so once.

Policy files hold rules for every run: ~/.config/greenroom/policy.json, and .greenroom/policy.json in the workspace,
  which can only forbid until you run greenroom trust.

Journal: every run is recorded in ~/.local/state/greenroom/sessions, for you alone to read. greenroom sessions lists the
  runs, replay and tail show one. A run that was stopped cannot be resumed yet.

Questions are answered with one key: y yes, a always (until the run ends), A always and saved for this folder,
n no, r no with a reason, s skip to the next one.
${NOTES}`;

const DEMO_NOTES = `
The model is scripted: no key is needed and nothing leaves this machine. The tools, the files and the tests are real.
In a terminal you answer the questions; without one (or with --json) a scripted human does.
${NOTES}`;

const CHECK_NOTES = `
Prints what would happen to a call, why, and what "always" would save. Nothing runs. --allow and --deny take rules such
as 'bash(npm test)', or a bare pattern for the tool that is asked about:
  greenroom check --tool bash --command 'git log --oneline' --allow 'git log *'

--jsonl reads one question a line from standard input and prints one answer a line, in the same order:
  {"id":1,"permissions":{"allowlist":[…],"allowOnce":[…],"deny":[…]},"call":{"tool":"bash","params":{…}},"cwd":"/…"}
  {"id":1,"decision":"allow|ask|deny","why":"…","rule":"…","proposal":[…]}
A line that cannot be used is answered {"error":"…"}, and the exit code is 2 at the end.

--policy runs the tests (match, notMatch) of the policy files of user and workspace, or of FILE. Exit code 1: one failed.
`;

const TRUST_NOTES = `
Until then the policy file of a workspace (.greenroom/policy.json) can only forbid. Only its present content is trusted;
once it changes, the folder is untrusted again.
`;

const repeated = (text: string, texts: string[]) => [...texts, text];

function program(): Command {
  const greenroom = new Command('greenroom')
    .description('Teams of AI agents that work side by side, and ask before they do what nobody allowed.')
    .version(version(), '-V, --version', 'says which version this is')
    .helpOption('-h, --help', 'says all this')
    .helpCommand(false)
    .addHelpText('after', NOTES)
    .showHelpAfterError('See greenroom --help, or greenroom <command> --help.')
    .exitOverride();
  const run = greenroom
    .command('run')
    .description('give a goal to an agent that can read, search, write, patch, run commands and start subagents')
    .argument('<goal>', 'what to do, in your words', goalText)
    .option('--model <provider/name>', 'e.g. anthropic/claude-sonnet-5-5, openai/gpt-6-luna, ollama/<name>')
    .option('--workspace <dir>', 'the folder to work in (default: the current one)')
    .option('--allow <rule>', 'allows calls without asking; may be repeated', repeated, [])
    .option('--max-agents <n>', 'agents alive at once', wholeNumber);
  addOutputFlags(run)
    .addHelpText('after', RUN_NOTES)
    .action(async (goal: string, flags: RunFlags) => {
      const { runCommand } = await import('./run.ts');
      process.exitCode = await runCommand(goal, flags);
    });
  const demo = greenroom.command('demo').description('watch a scripted team repair a small project; needs no key');
  addOutputFlags(demo)
    .addHelpText('after', DEMO_NOTES)
    .action(async (flags: OutputFlags) => {
      const { demoCommand } = await import('./demo/demo.ts');
      process.exitCode = await demoCommand(flags);
    });
  addCheck(greenroom);
  addHistory(greenroom);
  greenroom
    .command('trust')
    .description("let a folder's own policy file allow calls, not only forbid them")
    .argument('[dir]', 'the folder (default: the current one)')
    .option('--revoke', 'takes that back')
    .addHelpText('after', TRUST_NOTES)
    .action(async (folder: string | undefined, flags: { readonly revoke?: boolean }) => {
      const { trustCommand } = await import('./trust.ts');
      process.exitCode = await trustCommand(folder, flags);
    });
  return greenroom;
}

function addCheck(greenroom: Command): void {
  const single = ['tool', 'command', 'path', 'params', 'allow', 'deny'];
  greenroom
    .command('check')
    .description('say what would happen to a call, without running it')
    .option('--tool <name>', 'the tool that would be called (default: bash when there is a --command)')
    .option('--command <text>', 'the command, for bash')
    .option('--path <path>', 'the file, for read, write, patch and search')
    .addOption(new Option('--params <json>', 'all arguments of the call').conflicts(['command', 'path']))
    .option('--allow <rule>', 'a rule, or a pattern for that tool; may be repeated', repeated, [])
    .option('--deny <rule>', 'the same, for what is forbidden', repeated, [])
    .option('--cwd <dir>', 'where relative paths of the call start (default: the current folder)')
    .option('--workspace <dir>', 'the root of relative patterns (default: that folder)')
    .option('--json', 'prints JSON')
    .addOption(new Option('--jsonl', 'answers the lines of standard input').conflicts([...single, 'policy', 'json']))
    .addOption(new Option('--policy [file]', 'runs the tests of policy files').conflicts(single))
    .addHelpText('after', CHECK_NOTES)
    .action(async (flags: CheckFlags) => {
      const { checkCommand } = await import('./check.ts');
      process.exitCode = await checkCommand(flags);
    });
}

function addOutputFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--on-ask <what>', 'a call that nothing allows: ask you, deny it, or fail its agent')
        .choices(['prompt', 'deny', 'fail'])
        .default('prompt'),
    )
    .addOption(new Option('--json', 'prints the events as NDJSON and nothing else').conflicts('plain'))
    .option('--plain', 'plain lines: no colours, nothing redrawn')
    .addOption(
      new Option(
        '--sandbox <what>',
        'bwrap: commands run in a sandbox; none: with your rights (default: bwrap where it works)',
      ).choices(['none', 'bwrap']),
    )
    .option('--journal <file>', 'records the run in this file (default: run has one of its own, demo has none)')
    .option('--sandbox-network', 'commands in the sandbox reach the network');
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

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}

/** Commander has printed its own errors by then. */
function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.completed : EXIT.usage;
  process.stderr.write(`greenroom: ${messageOf(thrown)}\n`);
  const isUsage =
    thrown instanceof GreenroomError &&
    ['invalid_params', 'invalid_rule', 'unknown_model', 'missing_key'].includes(thrown.code);
  if (isUsage) process.stderr.write('See greenroom --help.\n');
  return isUsage ? EXIT.usage : EXIT.failed;
}

// A reader that has left (| head -1) is no error of ours.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
try {
  await program().parseAsync();
} catch (thrown) {
  process.exitCode = exitCodeOf(thrown);
}
// A tool that heeds no signal must not keep the process: everything else has ended by now, and this waits for nothing.
process.stdout.write('', () => setTimeout(() => process.exit(), 1000).unref());
