/** Coming back: what `AgentOrchestrator.open()` reads out of a journal before anything runs. */
import { Account } from './account.ts';
import type { PrepareCallDeps } from './actors/prepare-call.ts';
import { passing } from './durable-steps.ts';
import type { SeenFile } from './events.ts';
import { clearUp } from './journal/recovery/aftermath.ts';
import type { GivenCode } from './journal/recovery/code.ts';
import { foldJournal } from './journal/recovery/fold.ts';
import { revive, type RevivedSession } from './journal/recovery/revive.ts';
import type { EffectiveOptions } from './orchestrator-options.ts';

/** What an agent knew of which files. */
interface FileView {
  readonly agentId: string;
  readonly name: string;
  readonly files: readonly SeenFile[];
}

/** A session as it stood, ready to go on. */
export interface Recovered extends RevivedSession {
  readonly account: Account;
  readonly views: readonly FileView[];
  /** How often the session was resumed, this time included; 0 for a journal that was empty. */
  readonly resumed: number;
  /** Agents that the application had started. */
  readonly started: number;
  /** When the last entry was recorded: time does not go back behind it. */
  readonly lastAt: number;
}

export interface RecoveryOptions {
  readonly options: EffectiveOptions;
  readonly code: GivenCode;
  readonly deps: PrepareCallDeps;
}

/**
 * Folds the journal, ends what a dead process left running, and works out where everything goes on. Changes nothing in
 * the journal.
 * @throws GreenroomError `journal` when it cannot be read.
 */
export async function recover({ options, code, deps }: RecoveryOptions): Promise<Recovered> {
  const { journal, clock } = options;
  const account = new Account();
  passing('afterClaim');
  const fold = foldJournal(journal, (entry) => account.apply(entry));
  passing('afterFold');
  const aftermath = await clearUp(fold);
  const session = await revive({ fold, code, deps, aftermath, now: Math.max(clock.now(), fold.lastAt) });
  const started = [...fold.agents.values()].filter(({ parentId }) => parentId === undefined).length;
  return {
    ...session,
    account,
    views: session.returning.map(({ spec: { identity } }) => ({
      agentId: identity.id,
      name: identity.name,
      files: [...(fold.agents.get(identity.id)?.files.values() ?? [])],
    })),
    resumed: journal.lastSeq === 0 ? 0 : fold.resumed + 1,
    started,
    lastAt: fold.lastAt,
  };
}
