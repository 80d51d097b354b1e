/** Sessions written by hand, as `greenroom run` records them, that hold questions. */
import { join } from 'node:path';
import type { HarnessEvent, PendingRelay, ToolPermission } from '../../src/index.ts';
import { sqliteJournal } from '../../src/journal/index.ts';
import type { RunSettings } from '../../src/cli/run/settings.ts';

export const SETTINGS: RunSettings = { command: 'run', model: 'scripted/default', formerModels: [], allow: [] };

/** Events without the ids that every one of them has. */
export type Happening = HarnessEvent extends infer E ? (E extends HarnessEvent ? Omit<E, 'runId'> : never) : never;

export const begins = (...path: string[]): Happening => ({ type: 'harness_start', name: path.at(-1) ?? '', path });

export interface Asked extends Partial<PendingRelay> {
  readonly id: string;
  readonly proposal?: ToolPermission[] | null;
}

/** A call of `bash` and the question about it. */
export function asks({ id, ...relay }: Asked): Happening[] {
  const params = relay.params ?? { command: `run ${id}`, cwd: '.', timeoutMs: 1 };
  const tool = relay.tool ?? 'bash';
  return [
    { type: 'tool_call', id: `a/${id}`, name: tool, input: params },
    {
      type: 'relay',
      id,
      kind: 'permission',
      toolCallId: `a/${id}`,
      path: ['lead'],
      why: 'nothing allows it',
      proposal: [{ tool, params: { command: `run ${id}` } }],
      askedAt: Date.now() - 125_000,
      ...relay,
      tool,
      params,
    },
  ];
}

export const settles = (relayId: string, by = 'ann'): Happening => ({
  type: 'relay_resolved',
  relayId,
  toolCallId: `a/${relayId}`,
  approved: true,
  by,
});

export interface RecordedOptions {
  /** The state folder. */
  readonly state: string;
  /** Of the session. */
  readonly id: string;
  readonly title?: string;
  readonly settings?: unknown;
}

/** Records a session of the agent `a`; `close` says how it is left. Returns its file. */
export function record(
  { state, id, title = 'tidy up', settings = SETTINGS }: RecordedOptions,
  happenings: readonly Happening[],
  close: 'stopped' | 'ended' = 'stopped',
): string {
  const file = join(state, 'greenroom/sessions', `${id}.sqlite`);
  const journal = sqliteJournal(file, { id, title, workspace: state, settings });
  append(journal, happenings);
  journal.close({ unfinished: close === 'stopped' });
  return file;
}

/** Appends events of the agent `a`. */
export function append(journal: ReturnType<typeof sqliteJournal>, happenings: readonly Happening[]): void {
  const before = journal.lastSeq;
  journal.append(
    happenings.map((happening, at) => ({
      seq: before + at + 1,
      at: Date.now(),
      agentId: 'a',
      event: { runId: 'a', ...happening },
    })),
  );
}
