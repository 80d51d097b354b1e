/** What became of a question, in one line. */
import { formatRule, type HarnessEventOf } from '../index.ts';
import { shortLine, visibleLine } from './visible-lines.ts';

const NO_ONE: Readonly<Record<string, string>> = {
  grant: 'yes, without asking: an "always" covers it now',
  rule: 'no: a rule forbids it',
  cancel: 'the question was withdrawn',
};

export function relayAnswer({ approved, by, reason, input, grants = [] }: HarnessEventOf<'relay_resolved'>): string {
  const known = approved === (by === 'grant') && Object.hasOwn(NO_ONE, by) ? NO_ONE[by] : undefined;
  if (known !== undefined) return `answered: ${known}`;
  const who = by === 'human' ? 'you' : visibleLine(by);
  if (!approved) return `answered: no, by ${who}${reason === undefined ? '' : `: ${shortLine(reason, 300)}`}`;
  const edited = input === undefined ? '' : ', with changed arguments';
  if (grants.length === 0) return `answered: yes${edited}, by ${who}`;
  const rules = grants.map(({ permission }) => visibleLine(formatRule(permission))).join(' and ');
  return `answered: always${edited}, by ${who}: ${rules}`;
}
