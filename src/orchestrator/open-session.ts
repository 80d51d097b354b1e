/** Reads a session from its journal for `AgentOrchestrator.open()`, before any actor runs. */
import { Projections } from './projections.ts';
import { monotonicClock } from '../actors/clock.ts';
import type { CheckServices } from '../actors/check-call.ts';
import { faultPoint } from '../diagnostics/fault-points.ts';
import type { Envelope } from '../events.ts';
import { cleanUpEffects } from '../recovery/left-over-effects.ts';
import type { GivenCode } from '../recovery/given-code.ts';
import { foldJournal } from '../recovery/fold.ts';
import { restore, type RestoredSession } from '../recovery/restore.ts';
import type { EffectiveOptions } from './options.ts';
import { FileTime } from '../tools/file-time.ts';

/** A session ready to be restored. */
export interface Recovered extends RestoredSession {
  readonly projections: Projections;
  /** The files each agent has seen. */
  readonly fileTime: FileTime;
  /** Relays with recorded answers: nothing else settles them. */
  readonly answered: ReadonlySet<string>;
  /** How often the session was resumed, this time included; 0 for a journal that was empty. */
  readonly resumed: number;
  /** The number of root agents ever started. */
  readonly started: number;
  /** When the last entry was recorded; the clock of the session never returns an earlier time. */
  readonly lastAt: number;
}

export interface RecoveryOptions {
  readonly options: EffectiveOptions;
  readonly code: GivenCode;
  readonly deps: CheckServices;
}

/**
 * Folds the journal, cleans up what a dead process left behind, and prepares the restored machines. Changes nothing in the
 * journal.
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
  const leftOvers = await cleanUpEffects(fold);
  const since = monotonicClock(clock, fold.lastAt);
  const session = await restore({ fold, code, deps: { ...deps, clock: since }, leftOvers, now: since.now() });
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

/** Entries arrive in order: of several agents that wrote a file, the last is its known writer. */
function recall(fileTime: FileTime, { agentId, event }: Envelope, name: string | undefined): void {
  if (event.type === 'tool_result' && event.files !== undefined) fileTime.restore(agentId, event.files, name);
  if (event.type === 'harness_end') fileTime.forget(agentId);
}
