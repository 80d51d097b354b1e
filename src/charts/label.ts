/** The words of a chart, in every format: `event [guard] / actions`. */
import type { ChartState, Trigger } from './chart.ts';

/** What stands before the actions, and the actions. */
export interface Label {
  readonly event: string;
  /** ` [guard]`, or ''. */
  readonly guard: string;
  /** ` / a, b`, or ''. */
  readonly effect: string;
}

/** @param safe Makes a name harmless in the format that it goes to. */
export function labelOf({ event, guard, actions, reenters }: Trigger, safe: (name: string) => string): Label {
  return {
    event: safe(event) + (reenters ? ' (reenters)' : ''),
    guard: guard === undefined ? '' : ` [${safe(guard)}]`,
    effect: effectOf(actions, safe),
  };
}

/** The same for a transition that stays in its state: one that does nothing keeps the event from the states around. */
export function innerLabelOf(trigger: Trigger, safe: (name: string) => string): Label {
  const label = labelOf(trigger, safe);
  return label.effect === '' ? { ...label, effect: ' / ignored' } : label;
}

/** What a state does besides its transitions. */
export function dutiesOf({ entry, exit, invoked, tags }: ChartState, safe: (name: string) => string): readonly Label[] {
  const duty = (event: string, names: readonly string[]): readonly Label[] =>
    names.length === 0 ? [] : [{ event, guard: '', effect: effectOf(names, safe) }];
  const actors = invoked.map(({ src, id }) => (id === undefined || id === src ? src : `${src} as ${id}`));
  return [...duty('entry', entry), ...duty('invoke', actors), ...duty('exit', exit), ...duty('tags', tags)];
}

export function effectOf(names: readonly string[], safe: (name: string) => string): string {
  return names.length === 0 ? '' : ` / ${names.map(safe).join(', ')}`;
}
