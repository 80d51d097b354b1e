/** Errors of journals on disk, with their remedies. */
import { GreenroomError, messageOf } from '../errors.ts';

/** By SQLite's primary result code (https://sqlite.org/rescode.html). */
const REMEDIES: Readonly<Record<number, string>> = {
  3: 'Check who owns the file and its folder.',
  5: 'Another process keeps it locked. Try again when that has ended.',
  8: 'The file or its folder cannot be written. Check who owns them.',
  10: 'The disk reported an error. Check it, and keep a copy of the file.',
  11: 'The file is damaged. Keep a copy: the entries before the damage can still be read.',
  13: 'The disk is full, or a quota is used up. Make room; everything recorded so far is safe.',
  14: 'The file or its folder cannot be opened. Check that the folder exists and who owns it.',
  26: 'The file is not a journal. Name another file.',
};

/** @param done What failed, as a participle: `written`, `read`, `opened`. */
export function journalError(path: string, done: string, cause: unknown): GreenroomError {
  if (cause instanceof GreenroomError) return cause;
  const remedy = REMEDIES[codeOf(cause) & 0xff];
  const text = `The journal ${path} cannot be ${done}: ${messageOf(cause)}.${remedy === undefined ? '' : ` ${remedy}`}`;
  return new GreenroomError('journal', text, { cause });
}

export function damagedEntry(path: string, seq: number): GreenroomError {
  return damaged(`Entry ${seq} of the journal ${path} is damaged.`);
}

export function missingEntries(path: string, from: number, to: number): GreenroomError {
  return damaged(`The journal ${path} is damaged: entries ${from} to ${to} are missing.`);
}

export function damagedAnswer(path: string, relayId: string): GreenroomError {
  return damaged(`The answer to relay ${relayId} in the journal ${path} is damaged.`);
}

export function damagedSettings(path: string): GreenroomError {
  return damaged(`The settings in the journal ${path} are damaged.`);
}

const damaged = (text: string) =>
  new GreenroomError('journal', `${text} Keep a copy of the file: the entries before the damage can still be read.`);

function codeOf(cause: unknown): number {
  return cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode : 0;
}
