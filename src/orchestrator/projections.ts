/** Projections of the stream: the team, explanations of calls, outcomes of agents. */
import type { Envelope } from '../events.ts';
import { Explanations } from './explanations.ts';
import { Outcomes } from './outcomes.ts';
import { createTeam, type Team } from '../read-model/team.ts';

export class Projections {
  readonly team: Team = createTeam();
  readonly explanations = new Explanations();
  readonly outcomes = new Outcomes();

  /** Applies the next entry. */
  apply(entry: Envelope): void {
    this.team.apply(entry);
    this.explanations.apply(entry);
    this.outcomes.apply(entry);
  }
}
