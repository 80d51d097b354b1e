/** Answers to a question: what a key means, what a typed text means, and which arguments a human may change. */
import type { PendingRelay, RelayAnswer } from '../events.ts';

/** What is typed for an answer: a reason to deny, the result of an interrupted call, or other arguments. */
export type DraftKind = 'reason' | 'result' | 'arguments';

export type KeyMeaning =
  | { readonly does: 'answer'; readonly answer: RelayAnswer }
  | { readonly does: 'write'; readonly what: DraftKind }
  /** The question does not take this answer. */
  | { readonly does: 'explain'; readonly text: string }
  | { readonly does: 'move'; readonly by: 1 | -1 }
  /** Shows the whole call. */
  | { readonly does: 'show' };

/** Whether a key needs the guard of the queue to be open: moving on and looking are free. */
export const isFree = ({ does }: KeyMeaning): boolean => does === 'move' || does === 'show';

/** Why a question does not take "always". */
export const NO_ALWAYS: Readonly<Record<PendingRelay['kind'], string>> = {
  permission: 'This call cannot be allowed permanently; yes allows it once.',
  unknown_outcome: 'An interrupted call cannot be allowed permanently; yes runs it again.',
};

/**
 * @param key A character, or `tab` and `backtab`.
 * @param canSave Whether a capital A saves "always" for later runs.
 */
export function keyMeaning(key: string, relay: PendingRelay, canSave: boolean): KeyMeaning | undefined {
  const isPermission = relay.kind === 'permission';
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'y':
      return { does: 'answer', answer: { approved: true } };
    case 'n':
      return { does: 'answer', answer: { approved: false } };
    case 'a':
      return alwaysMeaning(relay, key === 'A' && canSave);
    case 'r':
      return { does: 'write', what: 'reason' };
    case 'd':
      return isPermission ? undefined : { does: 'write', what: 'result' };
    case 'e':
      return isPermission ? { does: 'write', what: 'arguments' } : undefined;
    case 's':
    case 'j':
    case 'tab':
      return { does: 'move', by: 1 };
    case 'k':
    case 'backtab':
      return { does: 'move', by: -1 };
    case 'v':
      return { does: 'show' };
    default:
      return undefined;
  }
}

function alwaysMeaning({ kind, proposal }: PendingRelay, isSaved: boolean): KeyMeaning {
  if (kind !== 'permission' || proposal === null) return { does: 'explain', text: NO_ALWAYS[kind] };
  return { does: 'answer', answer: { approved: true, always: isSaved ? { scope: 'all', save: true } : true } };
}

/** The answer that a typed text stands for, or why it is none. Unchanged arguments are a plain yes. */
export function typedAnswer(
  what: DraftKind,
  text: string,
  relay: Pick<PendingRelay, 'tool' | 'params'>,
): { readonly answer: RelayAnswer } | { readonly problem: string } {
  if (what === 'reason') return { answer: denial(text) };
  if (what === 'result') return { answer: { approved: true, output: text.trim() === '' ? {} : { context: text } } };
  if ([0, 2].some((indent) => text === argumentsText(relay, indent))) return { answer: { approved: true } };
  const changed = changedArguments(relay, text);
  return 'problem' in changed ? changed : { answer: { approved: true, input: changed.input } };
}

/** No, with the reason if there is one. */
export function denial(reason: string): RelayAnswer {
  return { approved: false, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) };
}

/** The arguments of a call as a text that a human can change: the command of `bash`, JSON of every other tool. */
export function argumentsText(relay: Pick<PendingRelay, 'tool' | 'params'>, indent = 0): string {
  return commandOf(relay) ?? JSON.stringify(relay.params, undefined, indent) ?? '';
}

/** Names what `argumentsText` gives. */
export const argumentsName = (relay: Pick<PendingRelay, 'tool' | 'params'>): 'command' | 'arguments' =>
  commandOf(relay) === undefined ? 'arguments' : 'command';

/** The arguments that a changed text stands for. The other arguments of a command stay as they were. */
function changedArguments(
  relay: Pick<PendingRelay, 'tool' | 'params'>,
  text: string,
): { readonly input: unknown } | { readonly problem: string } {
  if (commandOf(relay) !== undefined) {
    if (text.trim() === '') return { problem: 'The command is empty.' };
    return { input: { ...Object(relay.params), command: text } };
  }
  try {
    const input: unknown = JSON.parse(text);
    return { input };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function commandOf({ tool, params }: Pick<PendingRelay, 'tool' | 'params'>): string | undefined {
  if (tool !== 'bash' || typeof params !== 'object' || params === null) return undefined;
  const command: unknown = Reflect.get(params, 'command');
  return typeof command === 'string' ? command : undefined;
}
