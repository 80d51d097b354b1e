/** Ends the processes and undoes the half-made file changes that interrupted and cancelled calls left behind. */
import { endOrphan } from '../tools/orphans.ts';
import { settleChanges } from '../tools/undo-changes.ts';
import type { ToolEffect } from '../events.ts';
import type { SessionFold } from './fold.ts';

/** Cleans up, and resolves with one sentence for each effect found, by call id. Repeating it changes nothing. */
export async function cleanUpEffects(fold: SessionFold): Promise<ReadonlyMap<string, readonly string[]>> {
  const { loose } = fold;
  const found = new Map<string, string[]>();
  // processes before files: a running process could change a file again
  for (const kind of ['process', 'files'] as const) {
    for (const { callId, effects } of loose.toReversed()) {
      // newest first: the last change is the present content
      for (const effect of effects.filter((one) => one.kind === kind).toReversed()) {
        const note = await settle(effect);
        const notes = found.get(callId) ?? [];
        if (!notes.includes(note)) found.set(callId, [...notes, note]);
      }
    }
  }
  return found;
}

async function settle(effect: ToolEffect): Promise<string> {
  if (effect.kind === 'process') {
    const end = await endOrphan(effect.process);
    const { pid } = effect.process;
    if (end === 'ended') return `its process ${pid} was still running and was ended`;
    if (end === 'survived') return `its process ${pid} still runs and could not be ended`;
    if (end === 'unknown') return `whether its process ${pid} still runs is unknown`;
    return 'its process is gone';
  }
  const end = await settleChanges(effect);
  if (end === 'done') return 'its changes to files are complete';
  if (end === 'undone') return 'its changes to files were undone';
  return end.conflict;
}
