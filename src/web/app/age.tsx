/** How long something lasts, or lasted; it alone is drawn again every second. */
import { ageText } from './words.ts';
import { useNow } from './clock.ts';

export interface AgeProps {
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** The moment it is looked at from, when that is not now. */
  readonly until?: number | undefined;
}

export function Age({ startedAt, endedAt, until }: AgeProps) {
  if (startedAt === undefined) return null;
  const end = endedAt ?? until;
  return end === undefined ? <Growing startedAt={startedAt} /> : <>{ageText(end - startedAt)}</>;
}

const Growing = ({ startedAt }: { readonly startedAt: number }) => <>{ageText(useNow() - startedAt)}</>;
