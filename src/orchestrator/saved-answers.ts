/** Answers with `always.save`: their rules outlive the run. */
import { GreenroomError, messageOf } from '../errors.ts';
import type { Grant, RelayAnswer } from '../events.ts';
import type { EffectiveOptions, SavePolicy } from './options.ts';

/**
 * Whether an answer saves its rules.
 * @throws GreenroomError `invalid_params` when they cannot be saved: no `savePolicy`, or an option that a saved rule does not have.
 */
export function savesRules(answer: RelayAnswer, savePolicy: SavePolicy | undefined): boolean {
  if (!answer.approved || typeof answer.always !== 'object' || answer.always.save !== true) return false;
  const { scope = 'all', expiresInMs, uses } = answer.always;
  if (savePolicy === undefined) throw unsavable('this orchestrator was made without the option savePolicy');
  if (scope !== 'all') throw unsavable(`the scope "${scope}" ends with its agent; only "all" can be saved`);
  if (expiresInMs !== undefined || uses !== undefined)
    throw unsavable('a rule with an end (expiresInMs, uses) cannot be saved');
  if (answer.input !== undefined) throw unsavable('an answer with changed arguments saves nothing');
  return true;
}

/** The error for an answer that cannot be saved. */
export function unsavable(problem: string): GreenroomError {
  return new GreenroomError('invalid_params', `resolveRelay(): always.save: ${problem}.`, { path: 'always.save' });
}

/** Gives the rules of the grants that an answer made to `savePolicy`. Never rejects. */
export async function keepRules(
  ids: readonly string[],
  all: readonly Grant[],
  { savePolicy, logger }: Pick<EffectiveOptions, 'savePolicy' | 'logger'>,
): Promise<void> {
  const grants = all.filter(({ id }) => ids.includes(id));
  const [first] = grants;
  if (savePolicy === undefined || first === undefined) return;
  const about = { relayId: first.originRelayId, agentId: first.agentId, by: first.by };
  try {
    await savePolicy(
      grants.map(({ permission }) => permission),
      about,
    );
  } catch (error) {
    logger.error({ ...about, error: messageOf(error) }, 'the rules of an "always" could not be saved');
  }
}
