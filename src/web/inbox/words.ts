/** Words that several parts of the inbox say; the terminal says the same. */
import type { GrantScope, PendingRelay } from '../../events.ts';
import { formatRule } from '../../permissions/rule-text.ts';
import { visibleText } from '../../text/visible.ts';

export const pathText = (path: readonly string[]): string => path.map(visibleText).join(' › ');

/** Whom a standing permission holds for. */
export function whoText(scope: GrantScope = 'all'): string {
  if (scope === 'all') return 'every agent';
  return scope === 'agent' ? 'this agent' : 'this agent and its subagents';
}

/** The rules that "always" would save, as they are written in a policy. */
export const ruleTexts = ({ proposal }: PendingRelay): readonly string[] =>
  (proposal ?? []).map((rule) => formatRule(rule));

/** Why a question does not take "always". */
export const NO_ALWAYS: Readonly<Record<PendingRelay['kind'], string>> = {
  permission: 'This call cannot be allowed for good; yes allows it once.',
  unknown_outcome: 'What may have run cannot be allowed for good; yes runs it now.',
};

/** Why a yes has to wait. */
export const whyHidden = (rows: number): string =>
  `${rows} rows of the call are hidden: yes and always wait until you press “Show all”.`;

/** How long ago, in the largest unit that fits. */
export function ageText(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
