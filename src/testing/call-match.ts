/** Matches calls and questions by tool, agent and arguments. */
import type { PendingRelay } from '../index.ts';

/** Every given field must match. A bare string is the name of a tool. */
export type CallMatch =
  | string
  | {
      readonly tool?: string | RegExp;
      /** The name of the agent, or its path from the root, joined by ` › `. */
      readonly agent?: string | RegExp;
      /** Arguments that must be present: equal values, or texts that match. More arguments are allowed. */
      readonly params?: Readonly<Record<string, unknown>>;
      readonly kind?: PendingRelay['kind'];
    };

export interface MatchedCall {
  readonly tool: string;
  readonly path: readonly string[];
  readonly params: unknown;
  readonly kind?: PendingRelay['kind'];
}

export function matchesCall(match: CallMatch, call: MatchedCall): boolean {
  if (typeof match === 'string') return match === call.tool;
  const { tool, agent, params, kind } = match;
  if (tool !== undefined && !fits(tool, call.tool)) return false;
  if (agent !== undefined && !fits(agent, call.path.at(-1)) && !fits(agent, call.path.join(' › '))) return false;
  if (kind !== undefined && kind !== call.kind) return false;
  return Object.entries(params ?? {}).every(([key, wanted]) => fits(wanted, fieldOf(call.params, key)));
}

/** A match as text, for messages. */
export function matchText(match: CallMatch): string {
  if (typeof match === 'string') return match;
  return JSON.stringify(match, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value));
}

/** A call in one line, for messages. */
export function callText({ tool, path, params }: MatchedCall): string {
  return `${path.join(' › ')}: ${tool}(${JSON.stringify(params)})`;
}

function fits(wanted: unknown, value: unknown): boolean {
  if (wanted instanceof RegExp) return typeof value === 'string' && wanted.test(value);
  if (typeof wanted !== 'object' || wanted === null) return Object.is(wanted, value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(wanted) !== Array.isArray(value)) return false;
  if (Array.isArray(wanted) && Array.isArray(value) && wanted.length !== value.length) return false;
  return Object.entries(wanted).every(([key, part]) => fits(part, fieldOf(value, key)));
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (Reflect.get(value, key) as unknown)
    : undefined;
}
