/** The arguments of a call as one line that a human can change: the command of `bash`, JSON of all else. */
import type { PendingRelay } from '../../index.ts';

type Asked = Pick<PendingRelay, 'tool' | 'params'>;

/** What was made of a changed line. */
export type ChangedArguments = { readonly input: unknown } | { readonly problem: string };

/** The line to begin with. */
export function argumentsLine(asked: Asked): string {
  return commandOf(asked) ?? JSON.stringify(asked.params) ?? '';
}

/** The arguments that a line stands for. Of a command, all that is beside it stays as it was. */
export function changedArguments(asked: Asked, line: string): ChangedArguments {
  if (commandOf(asked) !== undefined) {
    if (line.trim() === '') return { problem: 'There is no command left. Esc goes back.' };
    return { input: { ...Object(asked.params), command: line } };
  }
  try {
    return { input: JSON.parse(line) };
  } catch {
    return { problem: 'That is not JSON. Change it, or go back with esc.' };
  }
}

/** What the line is called. */
export const argumentsName = (asked: Asked): string => (commandOf(asked) === undefined ? 'arguments' : 'command');

function commandOf({ tool, params }: Asked): string | undefined {
  if (tool !== 'bash' || typeof params !== 'object' || params === null) return undefined;
  const command: unknown = Reflect.get(params, 'command');
  return typeof command === 'string' ? command : undefined;
}
