/** Interfaces of what shows a run and what answers its questions, and the NDJSON view. */
import type { Writable } from 'node:stream';
import type { Envelope } from '../../index.ts';
import type { Team } from '../../read-model/team.ts';
import { visibleLine } from '../../text/visible.ts';

/** Shows the stream. `team` includes the entry already. */
export interface View {
  show(entry: Envelope, team: Team): void;
  /** Takes recorded entries in, in order, without showing them. */
  recall?(entry: Envelope, team: Team): void;
  /** Shows a message of the command itself. */
  notice(text: string): void;
}

/** Answers relays. Hears every entry after the view has shown it. */
export interface Human {
  hear(entry: Envelope, team: Team): void;
  /** Restores the terminal. Idempotent. */
  close(): void | Promise<void>;
}

/** Prints one envelope a line, and nothing else on standard output. */
export function jsonView(output: Writable, notices: Writable): View {
  return {
    show: (entry) => void output.write(`${JSON.stringify(entry)}\n`),
    notice: (text) => void notices.write(`greenroom: ${visibleLine(text)}\n`),
  };
}
