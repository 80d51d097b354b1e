/** The tool `search`: finds text in files, and files by name. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { messageOf, ToolError } from '../errors.ts';
import { matchesSegments, parseGlob, pathSegments } from '../permissions/paths/glob.ts';
import { guardedName } from '../permissions/paths/guarded-names.ts';
import { arePlainPaths } from '../permissions/readable.ts';
import { judgedPath, exactPattern, pathSubjects } from './path-permissions.ts';
import { runRipgrep, type RipgrepEnd } from './ripgrep.ts';
import { TextResults, type SearchMatch } from './search-results.ts';
import { defineTool, type ToolContext, type ToolOutput } from './tool.ts';
import { displayPath, PathInput, realPath, resolvePath } from './workspace-path.ts';

const TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESULTS = 200;

/** What `search` gives to programs. `isTruncated`: there is more than was returned. */
export type SearchResult =
  | { readonly mode: 'text'; readonly matches: readonly SearchMatch[]; readonly isTruncated: boolean }
  | { readonly mode: 'files'; readonly files: readonly string[]; readonly isTruncated: boolean };

const text = z
  .string()
  .min(1)
  .refine((value) => !value.includes('\0'), 'NUL characters are not allowed');

const schema = z.strictObject({
  pattern: text.describe('mode text: a Rust regular expression. mode files: a glob such as `src/**/*.ts` or `*.md`.'),
  path: PathInput.default('.').describe(
    'The folder or file to search, absolute or relative to the workspace. Default: all.',
  ),
  glob: text
    .max(500)
    .optional()
    .describe('Only files that match, e.g. `*.ts`, `src/**/*.{ts,tsx}`, `!*.test.ts`; relative to `path`.'),
  mode: z.enum(['text', 'files']).default('text').describe('text: lines that match. files: files by path.'),
  ignoreCase: z.boolean().default(false),
  context: z.number().int().min(0).max(20).default(0).describe('mode text: lines to show before and after a match.'),
  maxResults: z.number().int().positive().max(1000).default(DEFAULT_MAX_RESULTS),
});
type SearchInput = z.output<typeof schema>;

/**
 * Searches with ripgrep. Guarantees:
 * - ignored files (`.gitignore` also without a git repository, `.ignore`) and `.git` are left out, links not followed;
 * - a search of a folder shows no text of files with secrets, and does not say whether they match;
 * - nothing in the arguments can become a flag, and no configuration file is read;
 * - results come in the order of paths, at most `maxResults`, and the answer says when there is more;
 * - finding nothing is an answer; a pattern that is no regex is an error in ripgrep's words.
 * "Always" covers the folder that was searched and all below it.
 */
export const searchTool = defineTool({
  name: 'search',
  description: [
    'Searches the workspace, fast. Two modes:',
    '- `text` (default) finds lines that match a regular expression and returns `file:line:text`.',
    '- `files` lists the files whose path matches a glob; one without `/` is matched against file names.',
    'Files matched by .gitignore or .ignore are skipped. Mode text also skips files with secrets, such as .env and keys;',
    'search one by its own path if you need it. Escape regex characters to find them literally: `foo\\(`.',
    'Narrow a search with `path` and `glob`; see the lines around a match with `context` or the tool `read`.',
  ].join('\n'),
  schema,
  idempotent: true,

  async execute(input, ctx): Promise<ToolOutput<SearchResult>> {
    const place = await placeOf(input, ctx);
    return input.mode === 'files' ? searchFiles(input, place, ctx) : searchText(input, place, ctx);
  },

  subjects(input, ctx) {
    return pathSubjects([input.path], ctx);
  },

  async derivePermission(input, ctx) {
    try {
      const root = resolvePath(ctx.workspace, input.path);
      if (!arePlainPaths(root, realPath(root))) return null;
      const pattern = exactPattern(ctx.workspace, root);
      const found = await stat(root);
      return { tool: 'search', params: { path: found.isDirectory() ? everythingIn(pattern) : pattern } };
    } catch {
      // Nothing there, or nothing that can be followed.
      return null;
    }
  },
});

function everythingIn(folder: string): string {
  return folder === '.' ? '**' : `${folder.replace(/\/$/, '')}/**`;
}

/** Whether a search of a folder leaves a file out: one with secrets is read under its own name, when a human agrees. */
function isSecret(root: string, relative: string): boolean {
  const below = relative.split('/');
  return guardedName(below, 'secret') !== null && guardedName(root.split('/'), 'secret') === null;
}

/** Where to search, and how a path that ripgrep found is called. */
interface Place {
  readonly cwd: string;
  readonly target: string;
  /** How humans call it. */
  readonly name: string;
  readonly nameOf: (found: string) => string;
}

async function placeOf(input: SearchInput, ctx: ToolContext): Promise<Place> {
  const root = judgedPath(ctx, resolvePath(ctx.workspace, input.path));
  const found = await stat(root).catch(() => undefined);
  if (found === undefined) throw new ToolError(`There is no file or folder ${JSON.stringify(input.path)} (${root}).`);
  if (!found.isDirectory() && !found.isFile()) throw new ToolError(`${root} is neither a file nor a folder.`);
  const cwd = found.isDirectory() ? root : path.dirname(root);
  return {
    cwd,
    target: found.isDirectory() ? './' : `./${path.basename(root)}`,
    name: root === ctx.workspace ? 'the workspace' : displayPath(ctx.workspace, root),
    nameOf: (relative) => displayPath(ctx.workspace, path.join(cwd, relative)),
  };
}

async function searchText(input: SearchInput, place: Place, ctx: ToolContext): Promise<ToolOutput<SearchResult>> {
  // Not `rg --glob`: that would bring ignored files back.
  const isWanted = input.glob === undefined ? () => true : globMatcher(input.glob);
  const results = new TextResults(input.maxResults, (found) => {
    const relative = withoutDot(found);
    const isHidden = place.target === './' && isSecret(place.cwd, relative);
    return isWanted(relative) && !isHidden ? place.nameOf(relative) : null;
  });
  const end = await runRipgrep({
    cwd: place.cwd,
    target: place.target,
    signal: ctx.signal,
    timeoutMs: TIMEOUT_MS,
    separator: '\n',
    flags: [
      '--json',
      ...(input.ignoreCase ? ['--ignore-case'] : ['--case-sensitive']),
      `--context=${input.context}`,
      ...prefilter(place, input.glob),
      `--regexp=${input.pattern}`,
    ],
    onRecord: (record, isCut) => results.add(record, isCut),
  });
  const { matches, isFull } = results;
  const result: SearchResult = { mode: 'text', matches, isTruncated: isFull || end.isPartial };
  const where = input.glob === undefined ? place.name : `${place.name} (glob ${input.glob})`;
  const summary =
    matches.length === 0
      ? `No line matches ${input.pattern} in ${where}.`
      : `${count(matches.length, 'match', 'matches')} in ${count(results.files, 'file', 'files')}.`;
  return finish({ listed: results.text(), summary, isFull, end, result });
}

async function searchFiles(input: SearchInput, place: Place, ctx: ToolContext): Promise<ToolOutput<SearchResult>> {
  const isNamed = globMatcher(input.pattern, input.ignoreCase);
  const isWanted = input.glob === undefined ? () => true : globMatcher(input.glob);
  const files: string[] = [];
  let isFull = false;
  const end = await runRipgrep({
    cwd: place.cwd,
    target: place.target,
    signal: ctx.signal,
    timeoutMs: TIMEOUT_MS,
    separator: '\0',
    flags: ['--files', '--null'],
    onRecord: (record) => {
      const relative = withoutDot(record);
      if (!isNamed(relative) || !isWanted(relative)) return true;
      isFull = files.length >= input.maxResults;
      if (!isFull) files.push(place.nameOf(relative));
      return !isFull;
    },
  });
  const result: SearchResult = { mode: 'files', files, isTruncated: isFull || end.isPartial };
  const summary =
    files.length === 0
      ? `No file matches ${input.pattern} in ${place.name}. A glob without / is matched against file names.`
      : `${count(files.length, 'file', 'files')}.`;
  return finish({ listed: files.join('\n'), summary, isFull, end, result });
}

function finish(search: {
  readonly listed: string;
  readonly summary: string;
  readonly isFull: boolean;
  readonly end: RipgrepEnd;
  readonly result: SearchResult;
}): ToolOutput<SearchResult> {
  const { listed, summary, isFull, end, result } = search;
  const notes: string[] = [summary];
  if (isFull) notes.push('There are more: narrow the search with path, glob or pattern, or raise maxResults.');
  if (end.endedBy === 'exit' && end.isPartial) notes.push('Some files could not be read.');
  const context = [...(listed === '' ? [] : [listed, '']), ...notes].join('\n');
  if (end.endedBy === 'abort') throw new ToolError('The search was cancelled.', { status: 'cancelled', result });
  if (end.endedBy === 'timeout') {
    throw new ToolError(`The search was ended after ${TIMEOUT_MS} ms; narrow it with path.\n${context}`, { result });
  }
  return { context, result };
}

/** A glob as rules read it, with two additions: without `/` it is matched against names at any depth; `!` negates it. */
function globMatcher(glob: string, ignoreCase = false): (relative: string) => boolean {
  const isNegated = glob.startsWith('!');
  const pattern = glob.replace(/^!/, '').replace(/^\.?\//, '');
  const folded = (name: string) => (ignoreCase ? name.toLowerCase() : name);
  try {
    const globs = parseGlob(folded(pattern.includes('/') ? pattern : `**/${pattern}`));
    return (relative) => {
      const names = pathSegments(folded(relative));
      return globs.some(({ segments }) => matchesSegments(segments, names)) !== isNegated;
    };
  } catch (error) {
    throw new ToolError(`${JSON.stringify(glob)} is not a glob: ${messageOf(error)}.`, { cause: error });
  }
}

/** Flags that keep ripgrep from opening files whose name the glob rules out anyway: types do respect ignore files. */
function prefilter(place: Place, glob: string | undefined): readonly string[] {
  const name = glob?.slice(glob.lastIndexOf('/') + 1) ?? '';
  const isSimple = place.target === './' && /^\*\.\w+$/.test(name) && !glob?.startsWith('!') && !glob?.includes('{');
  return isSimple ? [`--type-add=wanted:${name}`, '--type=wanted'] : [];
}

function withoutDot(found: string): string {
  return found.replace(/^\.\//, '');
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
