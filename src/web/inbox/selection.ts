/** Which question is on the screen when the set of questions changes. */

export interface Change {
  /** Ids from top to bottom, before and now. */
  readonly before: readonly string[];
  readonly now: readonly string[];
  readonly selected: string | undefined;
}

/** The same question while it waits; else the next one below its old place, or above it; else the first. */
export function selectionAfter({ before, now, selected }: Change): string | undefined {
  if (selected === undefined) return now[0];
  const waiting = new Set(now);
  if (waiting.has(selected)) return selected;
  const place = before.indexOf(selected);
  const below = before.slice(place + 1);
  const above = before.slice(0, Math.max(place, 0)).toReversed();
  return [...below, ...above].find((id) => waiting.has(id)) ?? now[0];
}

/** The question so many places further; from the last one on to the first. */
export function stepped(ids: readonly string[], selected: string | undefined, by: number): string | undefined {
  if (ids.length === 0) return undefined;
  const place = selected === undefined ? -1 : ids.indexOf(selected);
  if (place === -1) return ids[0];
  return ids[(place + by + ids.length) % ids.length];
}
