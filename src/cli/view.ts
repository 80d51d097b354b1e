/** What a run shows, and who answers its questions. */
import type { Envelope } from '../index.ts';
import type { Team } from '../read-model/team.ts';

/** Draws the stream. `team` has taken the entry in already. */
export interface View {
  show(entry: Envelope, team: Team): void;
  /** Takes in what was recorded before, in order, and shows nothing of it. */
  recall?(entry: Envelope, team: Team): void;
  /** Something the command itself has to say. */
  notice(text: string): void;
}

/** Answers relays. It hears every entry after the view has shown it. */
export interface Human {
  hear(entry: Envelope, team: Team): void;
  /** Gives the terminal back; done when that is. Idempotent. */
  close(): void | Promise<void>;
}
