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

/** The arguments for a reader: one a line, texts as they are and everything else as JSON; a lone command without its name. */
export function inputText(input: unknown): string {
  if (typeof input === 'string') return input;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return JSON.stringify(input, null, 2) ?? '';
  const names = Object.keys(input);
  const command = textIn(input, 'command');
  if (command !== undefined && names.length === 1) return command;
  const values: ReadonlyMap<string, unknown> = new Map<string, unknown>(Object.entries(input));
  return names.map((name) => `${name}: ${textIn(input, name) ?? JSON.stringify(values.get(name), null, 2)}`).join('\n');
}
