/**
 * What calls that were running, or were cancelled since the last start, left in the world: their processes are ended,
 * half-made changes of files undone.
 */
import { endOrphan } from '../tools/orphans.ts';
import { settleChanges } from '../tools/undo-changes.ts';
import type { ToolEffect } from '../events.ts';
import type { SessionFold } from './fold.ts';

/** Clears up; resolves with what was found, in words, by the ids of the calls. Doing it again changes nothing. */
export async function clearUp(fold: SessionFold): Promise<ReadonlyMap<string, readonly string[]>> {
  const { loose } = fold;
  const found = new Map<string, string[]>();
  // all processes before any file: one that still runs could change it again
  for (const kind of ['process', 'files'] as const) {
    for (const { callId, effects } of loose.toReversed()) {
      // the newest first: what it left is what is there
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
    if (end === 'unknown') return `whether its process ${pid} still runs cannot be told from here`;
    return 'its process is gone';
  }
  const end = await settleChanges(effect);
  if (end === 'done') return 'its changes to files are complete';
  if (end === 'undone') return 'its changes to files were undone';
  return end.conflict;
}
