/** What the stream has told so far, folded for those who ask: the team, why calls ran, how agents ended. */
import type { Envelope } from '../events.ts';
import { Explanations } from './explanations.ts';
import { Outcomes } from './outcomes.ts';
import { createTeam, type Team } from '../read-model/team.ts';

export class Account {
  readonly team: Team = createTeam();
  readonly explanations = new Explanations();
  readonly outcomes = new Outcomes();

  /** Takes the next entry in. */
  apply(entry: Envelope): void {
    this.team.apply(entry);
    this.explanations.apply(entry);
    this.outcomes.apply(entry);
  }
}
