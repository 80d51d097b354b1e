/** Where a run is not what was recorded, for people. */
import { createTwoFilesPatch } from 'diff';
import { type Envelope, GreenroomError } from '../index.ts';

/** A replay that came to something else than its recording. */
export class ReplayDifference extends GreenroomError {
  override readonly name = 'ReplayDifference';
  /** The first entry that is not the same. */
  readonly seq: number;

  constructor(seq: number, message: string) {
    super('internal', message);
    this.seq = seq;
  }
}

/**
 * Compares what there is with what was recorded.
 * @param after What was let in last, for the message.
 * @throws ReplayDifference at the first entry that is not the same.
 */
export function compare(recorded: readonly Envelope[], now: readonly Envelope[], after: string): void {
  for (const [index, entry] of now.entries()) {
    const expected = recorded[index];
    if (JSON.stringify(expected) === JSON.stringify(entry)) continue;
    throw new ReplayDifference(entry.seq, differenceText(expected, entry, after));
  }
}

export function missing(recorded: Envelope | undefined, after: string): ReplayDifference {
  const what = recorded === undefined ? 'the end' : `${recorded.event.type} of ${recorded.agentId}`;
  const text = `replay(): after ${after} nothing more happens, and the recording goes on with ${what} (seq ${recorded?.seq ?? '-'}). ${REMEDY}`;
  return new ReplayDifference(recorded?.seq ?? 0, text);
}

const REMEDY =
  'If the code was meant to change, record again. If not, something in it is not the same each time: a tool that looks at the time, a schema or rule that changed.';

function differenceText(recorded: Envelope | undefined, now: Envelope, after: string): string {
  const patch = createTwoFilesPatch('recorded', 'now', pretty(recorded), pretty(now), undefined, undefined, {
    context: 3,
  });
  const lines = patch.split('\n').slice(1);
  return [`replay(): the run differs from its recording at seq ${now.seq}, after ${after}.`, ...lines, REMEDY].join(
    '\n',
  );
}

const pretty = (entry: Envelope | undefined): string =>
  entry === undefined ? '(nothing)\n' : `${JSON.stringify(entry, undefined, 2)}\n`;
