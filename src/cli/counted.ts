/** Numbers and times in words. */

/** `1 agent`, `2 agents`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** How long something took, in the largest unit it fills; `ms` in milliseconds. */
export function duration(ms: number): string {
  for (const [unit, length] of UNITS) if (ms >= length) return counted(Math.floor(ms / length), unit);
  return 'a moment';
}
