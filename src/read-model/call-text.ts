/** Text of a tool call: a one-line label, or every detail that a human must see before answering. */
import { shortLine } from '../text/columns.ts';
import { commandLines, visibleLine, visibleLines } from '../text/visible.ts';

const LABEL_LENGTH = 120;

/** One-line label of a call. */
export function callLabel(tool: string, input: unknown): string {
  return shortLine(`${tool}${aboutOf(tool, input)}`, LABEL_LENGTH);
}

/** Everything that the call would do, line by line and uncut. */
export function callDetail(tool: string, input: unknown): string[] {
  const text = (key: string) => textOf(input, key);
  if (tool === 'bash' && hasOnly(input, ['command', 'cwd', 'timeoutMs'])) {
    const cwd = text('cwd');
    return [
      ...commandLines(text('command') ?? ''),
      ...(cwd === undefined || cwd === '.' ? [] : [`in ${visibleLine(cwd)}`]),
    ];
  }
  if (tool === 'patch' && hasOnly(input, ['patch'])) return visibleLines(text('patch') ?? '');
  if (tool === 'write' && hasOnly(input, ['path', 'content'])) {
    return [`${visibleLine(text('path') ?? '')}:`, ...visibleLines(text('content') ?? '').map((line) => `+${line}`)];
  }
  return visibleLines(jsonOf(input, 2));
}

function aboutOf(tool: string, input: unknown): string {
  const text = (key: string) => textOf(input, key) ?? '';
  switch (tool) {
    case 'bash':
      return `: ${commandLines(text('command')).join('\\n')}`;
    case 'read':
    case 'write':
      return ` ${text('path')}`;
    case 'search':
      return ` ${JSON.stringify(text('pattern'))}${text('path') === '' ? '' : ` in ${text('path')}`}`;
    case 'patch':
      return ` ${patchedFiles(text('patch')).join(', ')}`;
    case 'agent':
      return ` ${text('name') === '' ? '' : `${text('name')}: `}${text('task')}`;
    default:
      return ` ${jsonOf(input)}`;
  }
}

function patchedFiles(patch: string): string[] {
  return [...patch.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm)].map(([, path = '']) => path);
}

function textOf(input: unknown, key: string): string | undefined {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, key)) return undefined;
  const value: unknown = Reflect.get(input, key);
  return typeof value === 'string' ? value : undefined;
}

/** Whether the input has no other keys, which would stay unseen: an external harness may pass any arguments. */
function hasOnly(input: unknown, keys: readonly string[]): boolean {
  return typeof input === 'object' && input !== null && Object.keys(input).every((key) => keys.includes(key));
}

function jsonOf(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? 'nothing';
  } catch {
    return '(arguments cannot be printed)';
  }
}
