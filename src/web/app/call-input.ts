/** What the arguments of a call say, in a line. */

/** Arguments that name what a call is about, the most telling first. */
const TELLING = ['command', 'path', 'pattern', 'query', 'url', 'name', 'task'];

/** A text among the arguments; `undefined` when there is none of this name. */
export function textIn(input: unknown, name: string): string | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, name)) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(input, name)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** What a call is about: its command, its path …; for a patch the files it names. Empty when nothing tells. */
export function subjectOf(input: unknown): string {
  const patch = textIn(input, 'patch');
  if (patch !== undefined) {
    return [...patch.matchAll(/^\*\*\* (?:Add|Delete|Update) File: (.+)$/gm)]
      .map(([, path]) => path?.trim())
      .join(', ');
  }
  for (const name of TELLING) {
    const text = textIn(input, name);
    if (text !== undefined && text.trim() !== '') return text.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ');
  }
  return '';
}

/** The arguments for a reader: a lone command as it is, everything else as JSON. */
export function inputText(input: unknown): string {
  if (typeof input === 'string') return input;
  if (typeof input === 'object' && input !== null && Object.keys(input).length === 1) {
    const command = textIn(input, 'command');
    if (command !== undefined) return command;
  }
  return JSON.stringify(input, null, 2) ?? '';
}
