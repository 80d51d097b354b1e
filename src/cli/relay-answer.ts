/** What became of a question, in one line. */
import { formatRule, type HarnessEventOf } from '../index.ts';
import { textOf } from './result-text.ts';
import { shortLine } from '../text/columns.ts';
import { visibleLine } from '../text/visible.ts';

const NO_ONE: Readonly<Record<string, string>> = {
  grant: 'yes, without asking: an "always" covers it now',
  rule: 'no: a rule forbids it',
  cancel: 'the question was withdrawn',
};

export function relayAnswer(resolved: HarnessEventOf<'relay_resolved'>): string {
  const { approved, by, reason, input, output, grants = [] } = resolved;
  const known = approved === (by === 'grant') && Object.hasOwn(NO_ONE, by) ? NO_ONE[by] : undefined;
  if (by === 'rule' && known !== undefined && reason !== undefined) return `answered: no: ${shortLine(reason, 300)}`;
  if (known !== undefined) return `answered: ${known}`;
  const who = by === 'human' ? 'you' : visibleLine(by);
  if (!approved) return `answered: no, by ${who}${reason === undefined ? '' : `: ${shortLine(reason, 300)}`}`;
  if (output !== undefined) return `answered: it ran, by ${who}: ${shortLine(textOf(output.context), 300)}`;
  const edited = input === undefined ? '' : ', with changed arguments';
  if (grants.length === 0) return `answered: yes${edited}, by ${who}`;
  const rules = grants.map(({ permission }) => visibleLine(formatRule(permission))).join(' and ');
  return `answered: always${edited}, by ${who}: ${rules}`;
}
