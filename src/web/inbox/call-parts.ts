/** Parts of a call for the human who judges it: the command or change line by line and uncut, and every other argument. */
import { visibleText } from '../../text/visible.ts';

export interface ShownLine {
  /** Gives the sign before the line, so that colour is never the only difference. */
  readonly kind: 'plain' | 'add' | 'remove' | 'meta';
  readonly text: string;
}

export interface CallParts {
  /** Kind of the lines. */
  readonly shape: 'command' | 'diff' | 'none';
  readonly lines: readonly ShownLine[];
  /** The written file, when the lines do not name it. */
  readonly path?: string;
  /** Working directory of a command, as the call gives it. */
  readonly cwd?: string;
  /** All other arguments, as JSON. */
  readonly rest?: string;
}

/** Takes a call apart. No argument is left out. */
export function callParts(tool: string, params: unknown): CallParts {
  const { [MAIN.get(tool) ?? '']: main, ...others } = fieldsOf(params);
  if (typeof main !== 'string') return { shape: 'none', lines: [], ...restOf(params) };
  switch (tool) {
    case 'bash': {
      const { cwd, ...rest } = others;
      const shown = typeof cwd === 'string' ? { cwd, ...restOf(rest) } : restOf(others);
      return { shape: 'command', lines: commandLines(main), ...shown };
    }
    case 'write': {
      const { path, ...rest } = others;
      const lines = visibleLines(main).map((text): ShownLine => ({ kind: 'add', text }));
      const shown = typeof path === 'string' ? { path: visibleText(path), ...restOf(rest) } : restOf(others);
      return { shape: 'diff', lines, ...shown };
    }
    default:
      return { shape: 'diff', lines: visibleLines(main).map(diffLine), ...restOf(others) };
  }
}

/** Main argument of each tool. */
const MAIN: ReadonlyMap<string, string> = new Map([
  ['bash', 'command'],
  ['patch', 'patch'],
  ['write', 'content'],
]);

/** The lines of a command. Counts tabs and runs of blanks, which can push text out of sight. */
function commandLines(command: string): readonly ShownLine[] {
  return command.split('\n').map((line) => {
    const marked = line.replaceAll('\t', '⟨tab⟩').replace(/(?<!^ *) {2,}|^ {17,}/g, (run) => `⟨${run.length} blanks⟩`);
    return { kind: 'plain', text: visibleText(marked) };
  });
}

function visibleLines(text: string): readonly string[] {
  const lines = visibleText(text).split('\n');
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function diffLine(line: string): ShownLine {
  if (line.startsWith('***') || line.startsWith('@@')) return { kind: 'meta', text: line };
  if (line.startsWith('+')) return { kind: 'add', text: line.slice(1) };
  if (line.startsWith('-')) return { kind: 'remove', text: line.slice(1) };
  return { kind: 'plain', text: line.startsWith(' ') ? line.slice(1) : line };
}

function fieldsOf(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null && !Array.isArray(params)
    ? Object.fromEntries(Object.entries(params))
    : {};
}

function restOf(params: unknown): { readonly rest?: string } {
  const isNothing = typeof params === 'object' && params !== null && Object.keys(params).length === 0;
  return isNothing ? {} : { rest: prettyJson(params) };
}

/** JSON for people, with hidden characters made visible. */
export const prettyJson = (value: unknown): string => visibleText(JSON.stringify(value, undefined, 2) ?? 'nothing');

/** Where a call runs: its `cwd` within the workspace, or the workspace. */
export function placeOf(workspace: string, cwd: string | undefined): string {
  if (cwd === undefined || cwd === '.' || cwd === '' || cwd === './') return visibleText(workspace);
  return visibleText(cwd.startsWith('/') ? cwd : `${workspace.replace(/\/$/, '')}/${cwd.replace(/^\.\//, '')}`);
}
