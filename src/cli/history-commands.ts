/** The commands about what was recorded, for `greenroom --help`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HistoryFlags } from './history.ts';

const NOTES = `
A session is named by its file, its id, or the beginning of its id; greenroom sessions lists them. One that was stopped
goes on with greenroom resume.

Exit codes: 0 done, 1 the journal cannot be read, 2 there is no such session, 130 interrupted, 141 whoever read the
output went away. How the run itself ended is in its last events.
`;

export function addHistory(greenroom: Command): void {
  greenroom
    .command('sessions')
    .description('list the recorded runs: id, start, state, events, goal, file')
    .option('--json', 'prints one JSON object a line')
    .addHelpText('after', NOTES)
    .action(async (flags: HistoryFlags) => {
      const { sessionsCommand } = await import('./sessions-list.ts');
      process.exitCode = await sessionsCommand(flags);
    });
  const replay = greenroom.command('replay').description('print a recorded run as it was');
  withViews(replay)
    .option('--until <seq>', 'stops after the event of this number', seqNumber)
    .action(async (session: string, flags: HistoryFlags) => {
      const { replayCommand } = await import('./history.ts');
      process.exitCode = await replayCommand(session, flags);
    });
  greenroom
    .command('export')
    .description('print a recorded run as NDJSON, one event a line, as --json does')
    .argument('<session>', 'its file, its id, or the beginning of its id')
    .addHelpText('after', NOTES)
    .action(async (session: string) => {
      const { exportCommand } = await import('./history.ts');
      process.exitCode = await exportCommand(session);
    });
  const tail = greenroom.command('tail').description('print a run while another process records it, until it ends');
  withViews(tail)
    .option('--since <seq>', 'starts after the event of this number', seqNumber)
    .action(async (session: string, flags: HistoryFlags) => {
      const { tailCommand } = await import('./history.ts');
      process.exitCode = await tailCommand(session, flags);
    });
}

function withViews(command: Command): Command {
  return command
    .argument('<session>', 'its file, its id, or the beginning of its id')
    .addOption(new Option('--json', 'prints the events as NDJSON and nothing else').conflicts('plain'))
    .option('--plain', 'plain lines: no colours, nothing redrawn')
    .addHelpText('after', NOTES);
}

function seqNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '') {
    throw new InvalidArgumentError('Give the number of an event, 0 or more.');
  }
  return value;
}
