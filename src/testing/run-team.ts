/** Runs a whole team with no real time and no network: one thing after the other, in the same order every time. */
import { AgentOrchestrator } from '../index.ts';
import { Conductor } from './test-scheduler.ts';
import { playOn } from './play.ts';
import { isStrict } from './scripted-model.ts';
import { seededIds } from './seeded-ids.ts';
import {
  agentsOf,
  callsOf,
  humanOf,
  loopAround,
  modelOf,
  orchestratorOptions,
  runOf,
  type TeamOptions,
  type TeamRun,
} from './team-options.ts';
import { virtualClock } from './virtual-clock.ts';

/**
 * Plays a team to its end. The same options give the same bytes each time.
 * @param onStep Called before each move, when everything that follows from the last one has happened.
 * @throws GreenroomError (as a rejection) when a script runs dry, when a question comes that nobody expected or one stays out
 *   that somebody did, and when nothing can happen any more; it says what to do. Never hangs.
 */
export async function runTeam(options: TeamOptions, onStep?: (team: AgentOrchestrator) => void): Promise<TeamRun> {
  const { seed = 1, clock = virtualClock() } = options;
  const human = humanOf(options);
  const model = modelOf(options);
  const conductor = new Conductor();
  const fixed = { clock, ids: seededIds(seed), scheduler: conductor };
  const team = new AgentOrchestrator(loopAround(callsOf(model), options), {
    ...orchestratorOptions(options),
    ...fixed,
  });
  try {
    const [first = ''] = agentsOf(options).map((params) => team.spawn(params));
    await playOn({ team, conductor, clock, human }, undefined, () => onStep?.(team));
    const run = await runOf(team, first);
    if (isStrict(model)) model.assertComplete();
    human.assertComplete();
    return run;
  } finally {
    conductor.open();
    await team.cleanup();
  }
}
