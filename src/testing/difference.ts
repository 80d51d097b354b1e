/** The first difference between a run and its recording, as text for people. */
import { createTwoFilesPatch } from 'diff';
import { type Envelope, GreenroomError } from '../index.ts';

/** A replay that differs from its recording. */
export class ReplayDifference extends GreenroomError {
  override readonly name = 'ReplayDifference';
  /** The first entry that differs. */
  readonly seq: number;

  constructor(seq: number, message: string) {
    super('internal', message);
    this.seq = seq;
  }
}

/**
 * Compares the entries so far with those recorded.
 * @param after The last input, for the message.
 * @throws ReplayDifference at the first entry that differs.
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
  const text = `replay(): nothing happens after ${after}, but the recording continues with ${what} (seq ${recorded?.seq ?? '-'}). ${REMEDY}`;
  return new ReplayDifference(recorded?.seq ?? 0, text);
}

const REMEDY =
  'If the change is intended, record again. If not, find what differs between runs: a tool that reads the time, a changed schema or rule.';

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
