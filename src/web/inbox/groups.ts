/** Waiting questions in groups: those that are alike can be answered at once. */
import type { PendingRelay } from '../../events.ts';

/** Questions of one tool and one kind for which "always" would save the same rules; oldest first. */
export interface QuestionGroup {
  readonly key: string;
  readonly relays: readonly PendingRelay[];
}

/**
 * The groups, the one with the oldest question first. Questions that cannot be made permanent are alike only when their
 * arguments are equal: nothing else says that one answer would fit them all.
 */
export function groupsOf(relays: readonly PendingRelay[]): readonly QuestionGroup[] {
  const groups = Map.groupBy(
    relays.toSorted((one, other) => one.askedAt - other.askedAt),
    keyOf,
  );
  return [...groups].map(([key, members]) => ({ key, relays: members }));
}

/** All questions as they stand on the screen, from top to bottom. */
export const inOrder = (groups: readonly QuestionGroup[]): readonly PendingRelay[] =>
  groups.flatMap(({ relays }) => relays);

const keyOf = ({ tool, kind, proposal, params }: PendingRelay): string =>
  sortedJson([tool, kind, proposal ?? { params }]);

/** Equal values give equal text, in whatever order their keys were written. */
function sortedJson(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted);
}
