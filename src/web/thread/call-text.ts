/** A call as text: its subject, its arguments, the change it makes in files. */

/** Arguments that name the subject of a call, in order of preference. */
const SUBJECTS = ['command', 'path', 'pattern', 'query', 'url', 'name', 'task'];

/** A string argument; `undefined` when no string has this name. */
export function textIn(input: unknown, name: string): string | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, name)) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(input, name)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** The subject of a call: its command, path and the like; the files of a patch. Empty when no argument names one. */
export function subjectOf(input: unknown): string {
  const patch = textIn(input, 'patch');
  if (patch !== undefined) {
    return [...patch.matchAll(/^\*\*\* (?:Add|Delete|Update) File: (.+)$/gm)]
      .map(([, path]) => path?.trim())
      .join(', ');
  }
  for (const name of SUBJECTS) {
    const text = textIn(input, name);
    if (text !== undefined && text.trim() !== '') return text.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ');
  }
  return '';
}

/** The arguments for a reader: one a line, strings as they are and other values as JSON; a lone command without its name. */
export function inputText(input: unknown): string {
  if (typeof input === 'string') return input;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return JSON.stringify(input, null, 2) ?? '';
  const names = Object.keys(input);
  const command = textIn(input, 'command');
  if (command !== undefined && names.length === 1) return command;
  const values: ReadonlyMap<string, unknown> = new Map<string, unknown>(Object.entries(input));
  return names.map((name) => `${name}: ${textIn(input, name) ?? JSON.stringify(values.get(name), null, 2)}`).join('\n');
}

export interface DiffLine {
  readonly kind: 'head' | 'keep' | 'add' | 'remove';
  /** With its sign in front, so that colour is never the only difference. */
  readonly text: string;
}

/** The change a call makes, from its result or else its arguments; `undefined` for any call but a patch or a write. */
export function changeOf(call: {
  readonly tool: string;
  readonly input: unknown;
  readonly result?: unknown;
}): readonly DiffLine[] | undefined {
  if (call.tool === 'patch') {
    const done = diffsIn(call.result).flatMap(unifiedLines);
    if (done.length > 0) return done;
    const patch = textIn(call.input, 'patch');
    return patch === undefined ? undefined : patchLines(patch);
  }
  if (call.tool !== 'write') return undefined;
  const content = textIn(call.input, 'content');
  if (content === undefined) return undefined;
  const lines = content.replace(/\n$/, '').split('\n');
  return lines.map((line) => ({ kind: 'add', text: `+${line}` }));
}

/** The lines of a patch in the format of the `patch` tool, without `Begin Patch` and `End Patch`. */
export function patchLines(patch: string): readonly DiffLine[] {
  return patch
    .split(/\r?\n/)
    .filter((line) => !/^\*\*\* (?:Begin|End) Patch\s*$/.test(line))
    .map((text) => ({ kind: /^(?:\*\*\* |@@)/.test(text) ? 'head' : kindOf(text), text }));
}

/** The lines of the unified diff of one file. */
export function unifiedLines(diff: string): readonly DiffLine[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  // a removed line may look like a file name: only the lines above the first hunk are file names
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return lines.map((text, index) => ({ kind: index < first || text.startsWith('@@') ? 'head' : kindOf(text), text }));
}

function kindOf(line: string): DiffLine['kind'] {
  if (line.startsWith('+')) return 'add';
  return line.startsWith('-') ? 'remove' : 'keep';
}

/** The diffs in the result of the `patch` tool. */
function diffsIn(result: unknown): readonly string[] {
  if (typeof result !== 'object' || result === null || !('files' in result) || !Array.isArray(result.files)) return [];
  const files: readonly unknown[] = result.files;
  return files.map((file) => textIn(file, 'diff') ?? '').filter((diff) => diff !== '');
}
