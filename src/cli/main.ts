#!/usr/bin/env node
/** The command line. Nothing but its own words is loaded here: each command loads what it needs when it is called. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { GreenroomError, messageOf } from '../errors.ts';
import { addAnswering } from './answer-commands.ts';
import { addCharts } from './chart-commands.ts';
import { COMMON_NOTES } from './common-notes.ts';
import { EXIT } from './exit-codes.ts';
import type { CheckFlags, OutputFlags } from './flags.ts';
import { addHistory } from './history-commands.ts';
import { addOutputFlags, repeated } from './output-options.ts';
import { addResume, addRun } from './run-commands.ts';
import { addServe } from './serve-commands.ts';

const DEMO_NOTES = `
The model is scripted: no key is needed and nothing leaves this machine. The tools, the files and the tests are real.
In a terminal you answer the questions; without one (or with --json) a scripted human does.
${COMMON_NOTES}`;

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

function program(): Command {
  const greenroom = new Command('greenroom')
    .description('Teams of AI agents that work side by side, and ask before they do what nobody allowed.')
    .version(version(), '-V, --version', 'says which version this is')
    .helpOption('-h, --help', 'says all this')
    .helpCommand(false)
    .addHelpText('after', COMMON_NOTES)
    .showHelpAfterError('See greenroom --help, or greenroom <command> --help.')
    .exitOverride();
  addRun(greenroom);
  addResume(greenroom);
  const demo = greenroom
    .command('demo')
    .description('watch a scripted team repair a small project; needs no key')
    .option('--journal <file>', 'records it in this file (default: in none)');
  addOutputFlags(demo, ['prompt', 'deny', 'fail'])
    .addHelpText('after', DEMO_NOTES)
    .action(async (flags: OutputFlags) => {
      const { demoCommand } = await import('./demo/demo.ts');
      process.exitCode = await demoCommand(flags);
    });
  addServe(greenroom);
  addAnswering(greenroom);
  addHistory(greenroom);
  addCheck(greenroom);
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
  addCharts(greenroom);
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
