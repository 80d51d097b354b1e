/** What a call changes in files, line by line, from its arguments or, once it is done, from its result. */
import { textIn } from './call-input.ts';

export interface DiffLine {
  readonly kind: 'head' | 'keep' | 'add' | 'remove';
  /** With its sign in front, so that colour is not all that tells. */
  readonly text: string;
}

/** The change a call makes; `undefined` for a call that is no patch and no write. */
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

/** The lines of a patch in the format of the `patch` tool, without its first and last mark. */
export function patchLines(patch: string): readonly DiffLine[] {
  return patch
    .split(/\r?\n/)
    .filter((line) => !/^\*\*\* (?:Begin|End) Patch\s*$/.test(line))
    .map((text) => ({ kind: /^(?:\*\*\* |@@)/.test(text) ? 'head' : kindOf(text), text }));
}

/** The lines of the unified diff of one file. */
export function unifiedLines(diff: string): readonly DiffLine[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  // a removed line may begin like a file's name: only the two lines above the first hunk are names
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
