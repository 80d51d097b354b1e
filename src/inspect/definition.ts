/** A machine's definition for Stately's viewer: its config without data, with code named or left out. */
import { redactedText } from '../diagnostics/redact.ts';

/** Functions that a chart does not show. */
const SILENT: ReadonlySet<string> = new Set(['input', 'output', 'params', 'delay']);
/** The longest definition, in characters. */
const MAX_LENGTH = 32 * 1024;

const texts = new WeakMap<object, string>();

/** The definition of an actor as JSON, made once per machine. For other actors it is a name, as the protocol requires. */
export function definitionOf(logic: unknown, name: string): string {
  const config = configOf(logic);
  if (config === undefined) return JSON.stringify({ id: name });
  const known = texts.get(config);
  if (known !== undefined) return known;
  const text = textOf(config) ?? JSON.stringify({ id: name });
  texts.set(config, text);
  return text;
}

function configOf(logic: unknown): object | undefined {
  if (typeof logic !== 'object' || logic === null || !('config' in logic)) return undefined;
  return typeof logic.config === 'object' && logic.config !== null ? logic.config : undefined;
}

function textOf(config: object): string | undefined {
  try {
    const { context: _data, ...chart } = { context: undefined, ...config };
    const text = JSON.stringify(chart, shown);
    return text.length <= MAX_LENGTH ? text : undefined;
  } catch {
    return undefined; // e.g. a cycle in its meta
  }
}

function shown(key: string, value: unknown): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'function') return value;
  return SILENT.has(key) ? undefined : { type: value.name };
}
