/** The commands that answer questions from another process, for `greenroom --help`. */
import { Argument, type Command } from 'commander';
import type { AnswerFlags, RelaysFlags } from './flags.ts';

export const ANSWERS = ['yes', 'always', 'no', 'ran'] as const;
export type AnswerWord = (typeof ANSWERS)[number];

const RELAYS_NOTES = `
Lists the questions of runs that are running or stopped. greenroom answer answers them.

Exit codes: 0 done (also when nothing is open), 1 a journal cannot be read, 2 there is no such session.
`;

const ANSWER_NOTES = `
  yes     this call may run; one that was running when its process ended is run now
  always  so may all calls that the question names under "always", until the run ends
  no      it may not; --reason tells the agent why
  ran     only for a call that was running when its process ended: it ran, and --result is what the agent is told of it

An answer is recorded at once, and the first one counts. A run that goes on takes it up within a moment; one that was
stopped does when it is resumed.

Exit codes: 0 recorded, 1 the question was settled already or another way, 2 there is no such question or it does not
take this answer.
`;

export function addAnswering(greenroom: Command): void {
  greenroom
    .command('relays')
    .description('list the open questions of all runs, with all that would run')
    .argument('[session]', 'only of this one: its file, its id, or the beginning of its id')
    .option('--json', 'prints one JSON object a line')
    .addHelpText('after', RELAYS_NOTES)
    .action(async (session: string | undefined, flags: RelaysFlags) => {
      const { relaysCommand } = await import('./relays.ts');
      process.exitCode = await relaysCommand(session, flags);
    });
  greenroom
    .command('answer')
    .description('answer an open question of a run, whether it is running or stopped')
    .argument('<relay>', 'the id of the question, or the beginning of it')
    .addArgument(new Argument('<answer>', 'what you say').choices(ANSWERS))
    .option('--reason <text>', 'why not, for the agent; only with no')
    .option('--result <text>', 'what the call gave, for the agent; only with ran')
    .option('--session <session>', 'the run that asks: its file, its id, or the beginning of its id')
    .option('--by <name>', 'who answers; recorded with the answer')
    .addHelpText('after', ANSWER_NOTES)
    .action(async (relay: string, answer: AnswerWord, flags: AnswerFlags) => {
      const { answerCommand } = await import('./answer.ts');
      process.exitCode = await answerCommand(relay, answer, flags);
    });
}
