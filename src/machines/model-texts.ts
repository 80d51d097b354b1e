/** Texts for the model about calls that did not run as requested. Mild on purpose: refusing one call is not a ban. */
import type { CallOutput } from '../events.ts';

export function deniedText(reason: string): string {
  return (
    `This call was not allowed: ${reason}\n` +
    'Only this call was refused, nothing else. Do not repeat it unchanged; go on another way, or say what you need and why.'
  );
}

export function unknownText(reason: string): string {
  return (
    'The process ended while this call was running, and whether it had its effect is not known ' +
    `(${reason}). Look at what there is before you do the same again.`
  );
}

/** Prepends a note that a human reported this outcome. */
export function reportedOutcomeNote(output: CallOutput): CallOutput {
  return withNote(
    output,
    '[The process ended while this call was running. A human says that it ran, and that this came of it:]\n',
  );
}

/** Prepends the arguments a human chose, and whether they ran. */
export function editedNote(output: CallOutput, { input, ran }: { input: unknown; ran: boolean }): CallOutput {
  return withNote(
    output,
    `[A human changed the arguments before approving. ${ran ? 'What ran' : 'Not run'}: ${jsonOf(input)}]\n`,
  );
}

function withNote(output: CallOutput, note: string): CallOutput {
  const { context } = output;
  if (context === undefined) return { ...output, context: note };
  return {
    ...output,
    context: typeof context === 'string' ? note + context : [{ type: 'text', text: note }, ...context],
  };
}

/** Never throws: an edit comes from a program and may be any value. */
function jsonOf(input: unknown): string {
  try {
    return JSON.stringify(input) ?? String(input);
  } catch {
    return 'arguments that cannot be shown';
  }
}

export function lastTurnText(turns: number): string {
  return (
    `You have used all ${turns} turns you were given, so no more tools can be called. ` +
    'Without calling any, say in a few sentences what you found, what you changed and what is left to do.'
  );
}
