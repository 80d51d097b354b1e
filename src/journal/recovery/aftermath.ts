/** What calls that were running left in the world: their processes are ended, half-made changes of files undone. */
import { endOrphan } from '../../tools/orphans.ts';
import { settleChanges } from '../../tools/undo-changes.ts';
import type { ToolEffect } from '../../events.ts';
import type { SessionFold } from './fold.ts';

/** Clears up; resolves with what was found, in words, by the ids of the calls. Doing it again changes nothing. */
export async function clearUp(fold: SessionFold): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const agent of fold.open) {
    for (const { call, effects, settlement } of agent.calls.values()) {
      if (settlement !== undefined || effects.length === 0) continue;
      const notes: string[] = [];
      // processes first: one that still runs could change the files again
      for (const effect of effects.toSorted((one, other) => order(one) - order(other))) {
        const note = await settle(effect);
        if (note !== undefined && !notes.includes(note)) notes.push(note);
      }
      found.set(call.id, notes);
    }
  }
  return found;
}

const order = ({ kind }: ToolEffect): number => (kind === 'process' ? 0 : 1);

async function settle(effect: ToolEffect): Promise<string | undefined> {
  if (effect.kind === 'process') {
    const end = await endOrphan(effect.process);
    const { pid } = effect.process;
    if (end === 'ended') return `its process ${pid} was still running and was ended`;
    if (end === 'survived') return `its process ${pid} still runs and could not be ended`;
    if (end === 'unknown') return `its process ${pid} was started on another machine; look there whether it still runs`;
    return 'its process is gone';
  }
  const end = await settleChanges(effect);
  if (end === 'done') return 'its changes to files are complete';
  if (end === 'undone') return 'its changes to files were undone';
  return end.conflict;
}
