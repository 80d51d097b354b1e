/**
 * What a chart calls an implementation. One that was written into the chart instead of being named there is called by
 * the name of its function, or by what XState's own action does, or `inline`.
 */
import { listOf, property } from './machine-node.ts';

/** What nobody named. */
export const INLINE = 'inline';

/** Names that a function has only because of the property that it was written to. */
const NO_NAMES = ['', 'actions', 'entry', 'exit', 'guard', 'src'];

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function functionName(written: unknown): string {
  const name = typeof written === 'function' ? text(property(written, 'name')) : undefined;
  return name === undefined || NO_NAMES.includes(name) ? INLINE : name;
}

/** Of an action: `'name'`, `{ type: 'name' }`, one of XState's (`raise tick`), or a function. */
export function actionName(action: unknown): string {
  const type = text(action) ?? text(property(action, 'type'));
  if (type === undefined) return functionName(action);
  return typeof action === 'function' ? builtInName(type, action) : type;
}

function builtInName(type: string, action: unknown): string {
  const verb = type.replace(/^xstate\./, '');
  const event = property(action, 'event');
  const object =
    text(property(event, 'type')) ??
    text(property(action, 'src')) ??
    text(property(action, 'sendId')) ??
    text(property(action, 'actorRef'));
  return object === undefined ? verb : `${verb} ${object}`;
}

/** Of a guard, also of one made with `and`, `or`, `not` or `stateIn`; a composed one that is a part has brackets. */
export function guardName(guard: unknown, isPart = false): string {
  if (typeof guard !== 'function') return text(guard) ?? text(property(guard, 'type')) ?? INLINE;
  const parts = property(guard, 'guards');
  if (Array.isArray(parts)) {
    const names = parts.map((part) => guardName(part, true));
    const kind = property(guard, 'name');
    if (kind === 'not') return `!${names.join(', ')}`;
    const joined = names.join(kind === 'or' ? ' || ' : ' && ');
    return isPart && names.length > 1 ? `(${joined})` : joined;
  }
  const stateValue = property(guard, 'stateValue');
  return stateValue === undefined ? functionName(guard) : `in ${statePath(stateValue)}`;
}

/** Of `{ a: { b: 'c' } }`: `a.b.c`. */
function statePath(value: unknown): string {
  if (typeof value !== 'object' || value === null) return text(value) ?? INLINE;
  return Object.keys(value)
    .map((key) => `${key}.${statePath(property(value, key))}`)
    .join(' & ');
}

/** Of the logic that a state invokes; logic that is a machine has an id. */
export function actorName(source: unknown): string {
  return text(source) ?? text(property(source, 'id')) ?? INLINE;
}

export interface Invoked {
  readonly src: string;
  /** As written; XState makes one up when there is none. */
  readonly id: string | undefined;
}

/** What a state invokes, in order. */
export function invokedBy(stateConfig: unknown): readonly Invoked[] {
  return listOf(property(stateConfig, 'invoke')).map((invoke) => ({
    src: actorName(property(invoke, 'src')),
    id: text(property(invoke, 'id')),
  }));
}
