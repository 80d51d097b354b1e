#!/usr/bin/env node
/** Entry point of the command line. Loads only the command that is called, so that `--help` and `--version` stay fast. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { GreenroomError, messageOf } from '../errors.ts';
import { COMMON_NOTES, EXIT } from './exit-codes.ts';

interface CommandEntry {
  readonly usage: string;
  readonly summary: string;
  /** Loads what adds flags, help and action to the command. */
  readonly load: () => Promise<(command: Command) => void>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  run: {
    usage: '[options] <goal>',
    summary: 'Give a goal to an agent that can read, search, write, patch, run commands and start subagents',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  resume: {
    usage: '[options] [session]',
    summary: 'Continue a stopped run where it left off',
    load: async () => (await import('./commands/resume.ts')).defineResume,
  },
  demo: {
    usage: '[options]',
    summary: 'Watch a scripted team repair a small project; needs no key',
    load: async () => (await import('./commands/demo.ts')).defineDemo,
  },
  serve: {
    usage: '[options]',
    summary: 'Serve the console: start agents, watch them and answer their questions in a browser',
    load: async () => (await import('./commands/serve.ts')).defineServe,
  },
  relays: {
    usage: '[options] [session]',
    summary: 'List the open questions of all runs, with everything that would run',
    load: async () => (await import('./commands/relays.ts')).defineRelays,
  },
  answer: {
    usage: '[options] <relay> <answer>',
    summary: 'Answer an open question of a running or stopped run',
    load: async () => (await import('./commands/answer.ts')).defineAnswer,
  },
  sessions: {
    usage: '[options]',
    summary: 'List the recorded runs: id, start, state, events, goal, file',
    load: async () => (await import('./commands/sessions.ts')).defineSessions,
  },
  replay: {
    usage: '[options] <session>',
    summary: 'Print a recorded run',
    load: async () => (await import('./commands/history.ts')).defineReplay,
  },
  export: {
    usage: '<session>',
    summary: 'Print a recorded run as NDJSON, one event a line, like --json',
    load: async () => (await import('./commands/history.ts')).defineExport,
  },
  tail: {
    usage: '[options] <session>',
    summary: 'Print a run while another process records it, until it ends',
    load: async () => (await import('./commands/history.ts')).defineTail,
  },
  check: {
    usage: '[options]',
    summary: 'Explain the decision about a call without running it',
    load: async () => (await import('./commands/check.ts')).defineCheck,
  },
  trust: {
    usage: '[options] [dir]',
    summary: 'Let the policy file of a folder allow calls, not only forbid them',
    load: async () => (await import('./commands/trust.ts')).defineTrust,
  },
  charts: {
    usage: '[options] [machine...]',
    summary: 'Draw the state machines of agents and calls',
    load: async () => (await import('./commands/charts.ts')).defineCharts,
  },
};

async function program(args: readonly string[]): Promise<Command> {
  const greenroom = new Command('greenroom')
    .description('Run teams of AI agents side by side. A call that no rule allows waits for your answer.')
    .version(version(), '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${COMMANDS[command.name()]?.usage ?? ''}` })
    .addHelpText('after', COMMON_NOTES)
    .showHelpAfterError('See greenroom --help, or greenroom <command> --help.')
    .exitOverride();
  const called = args.find((word) => !word.startsWith('-'));
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = greenroom.command(name).description(summary);
    if (name === called) (await load())(command);
  }
  return greenroom;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}

/** Prints the error, unless it is one of commander's, which commander has printed. */
function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.completed : EXIT.usage;
  process.stderr.write(`greenroom: ${messageOf(thrown)}\n`);
  const isUsage =
    thrown instanceof GreenroomError &&
    ['invalid_params', 'invalid_rule', 'unknown_model', 'missing_key'].includes(thrown.code);
  if (isUsage) process.stderr.write('See greenroom --help.\n');
  return isUsage ? EXIT.usage : EXIT.failed;
}

// A closed pipe (| head -1) is not an error: the commands notice it and end.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
try {
  await (await program(process.argv.slice(2))).parseAsync();
} catch (thrown) {
  process.exitCode = exitCodeOf(thrown);
}
// A tool that ignores its signal must not keep the process alive; everything else has ended by now.
process.stdout.write('', () => setTimeout(() => process.exit(), 1000).unref());
