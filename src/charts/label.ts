/** The words of a chart, in every format: `event [guard] / actions`. */
import type { ChartState, Trigger } from './chart.ts';
import type { ViewTrigger } from './view.ts';

export interface Label {
  readonly event: string;
  /** ` [guard]`, or ''. */
  readonly guard: string;
  /** ` / a, b`, or ''. */
  readonly effect: string;
  /** The description of the transition, or ''. */
  readonly note: string;
}

/** @param safe Escapes a name for the format. */
export function labelOf(trigger: Trigger, safe: (name: string) => string): Label {
  const { event, guard, actions, reenters, description } = trigger;
  return {
    event: safe(event) + (reenters ? ' (reenters)' : ''),
    guard: guard === undefined ? '' : ` [${safe(guard)}]`,
    effect: effectOf(actions, safe),
    note: description === '' ? '' : safe(description),
  };
}

/**
 * The labels of an arrow. A transition whose source or target is hidden has a short one, its description or else
 * `event [guard]`; equal ones appear once.
 */
export function arrowLabels(triggers: readonly ViewTrigger[], safe: (name: string) => string): readonly Label[] {
  const labels = triggers.map((trigger): Label => {
    const label = labelOf(trigger, safe);
    if (!trigger.isLifted) return label;
    return label.note === '' ? { ...label, effect: '' } : { event: '', guard: '', effect: '', note: label.note };
  });
  return [...new Map(labels.map((label) => [JSON.stringify(label), label])).values()];
}

/** The label of a transition without a target. One without actions keeps the event from the states around it. */
export function innerLabelOf(trigger: Trigger, safe: (name: string) => string): Label {
  const label = labelOf(trigger, safe);
  return label.effect === '' ? { ...label, effect: ' / ignored' } : label;
}

/** The entry and exit actions, the invoked actors and the tags of a state. */
export function dutiesOf({ entry, exit, invoked, tags }: ChartState, safe: (name: string) => string): readonly Label[] {
  const duty = (event: string, names: readonly string[]): readonly Label[] =>
    names.length === 0 ? [] : [{ event, guard: '', effect: effectOf(names, safe), note: '' }];
  const actors = invoked.map(({ src, id }) => (id === undefined || id === src ? src : `${src} as ${id}`));
  return [...duty('entry', entry), ...duty('invoke', actors), ...duty('exit', exit), ...duty('tags', tags)];
}

export function effectOf(names: readonly string[], safe: (name: string) => string): string {
  return names.length === 0 ? '' : ` / ${names.map(safe).join(', ')}`;
}
