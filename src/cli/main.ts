#!/usr/bin/env node
/** The command line. Nothing but its own words is loaded here: each command loads what it needs when it is called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { GreenroomError, messageOf } from '../errors.ts';
import { EXIT } from './exit-codes.ts';
import type { OutputFlags, RunFlags } from './flags.ts';

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

Questions are answered with one key: y yes, a always, n no, r no with a reason, s skip to the next one.
${NOTES}`;

const DEMO_NOTES = `
The model is scripted: no key is needed and nothing leaves this machine. The tools, the files and the tests are real.
In a terminal you answer the questions; without one (or with --json) a scripted human does.
${NOTES}`;

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
    .option(
      '--allow <rule>',
      'allows calls without asking; may be repeated',
      (rule, rules: string[]) => [...rules, rule],
      [],
    )
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
  return greenroom;
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
