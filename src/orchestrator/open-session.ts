/** Coming back: what `AgentOrchestrator.open()` reads out of a journal before anything runs. */
import { Projections } from './projections.ts';
import { monotonicClock } from '../actors/clock.ts';
import type { CheckServices } from '../actors/check-call.ts';
import { faultPoint } from '../diagnostics/fault-points.ts';
import type { Envelope } from '../events.ts';
import { clearUp } from '../recovery/left-over-effects.ts';
import type { GivenCode } from '../recovery/given-code.ts';
import { foldJournal } from '../recovery/fold.ts';
import { revive, type RevivedSession } from '../recovery/restore.ts';
import type { EffectiveOptions } from './options.ts';
import { FileTime } from '../tools/file-time.ts';

/** A session as it stood, ready to go on. */
export interface Recovered extends RevivedSession {
  readonly projections: Projections;
  /** What each agent knows of which files. */
  readonly fileTime: FileTime;
  /** Relays whose answers are recorded: nothing else settles them. */
  readonly answered: ReadonlySet<string>;
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
  readonly deps: CheckServices;
}

/**
 * Folds the journal, ends what a dead process left running, and works out where everything goes on. Changes nothing in
 * the journal.
 * @throws GreenroomError `journal` when it cannot be read.
 */
export async function recover({ options, code, deps }: RecoveryOptions): Promise<Recovered> {
  const { journal, clock } = options;
  const projections = new Projections();
  const fileTime = new FileTime();
  faultPoint('afterClaim');
  const fold = foldJournal(journal, (entry) => {
    projections.apply(entry);
    recall(fileTime, entry, projections.team.agent(entry.agentId)?.name);
  });
  faultPoint('afterFold');
  const aftermath = await clearUp(fold);
  const since = monotonicClock(clock, fold.lastAt);
  const session = await revive({ fold, code, deps: { ...deps, clock: since }, aftermath, now: since.now() });
  const started = [...fold.agents.values()].filter(({ parentId }) => parentId === undefined).length;
  return {
    ...session,
    projections,
    fileTime,
    answered: new Set((journal.answers?.() ?? []).map(({ relayId }) => relayId)),
    resumed: journal.lastSeq === 0 ? 0 : fold.resumed + 1,
    started,
    lastAt: fold.lastAt,
  };
}

/** In the order of the record: of several agents that wrote a file, the last is known as its writer. */
function recall(fileTime: FileTime, { agentId, event }: Envelope, name: string | undefined): void {
  if (event.type === 'tool_result' && event.files !== undefined) fileTime.restore(agentId, event.files, name);
  if (event.type === 'harness_end') fileTime.forget(agentId);
}
