/** The `read` tool. */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, relative } from 'node:path';
import * as z from 'zod';
import { ToolError } from '../errors.ts';
import type { Content } from '../events.ts';
import { judgedPath, pathPermissions, pathSubjects } from './path-permissions.ts';
import { isBinary, sizeOf, sniffMediaType, type PartMediaType, showLines } from './file-view.ts';
import { missingFile } from './missing-file.ts';
import { maxFileBytes, openRegular, readAll, throwIfCancelled, type OpenFile } from './regular-file.ts';
import { splitLines } from '../text/file-lines.ts';
import { defineTool, type PermissionContext, type ToolContext, type ToolOutput } from './tool.ts';
import { PathInput, codeOf, displayPath, resolvePath } from './workspace-path.ts';

/** Providers take images up to 5 MB of base64 (Anthropic's limit, the lowest); base64 makes four bytes of three. */
const maxImageBytes = (5_000_000 / 4) * 3;
/** How many entries of a folder are named. */
const maxEntries = 200;

const ReadInput = z.strictObject({
  path: PathInput.describe('File to read: absolute, or relative to the workspace.'),
  offset: z.int().min(1).default(1).describe('First line to show, counted from 1.'),
  limit: z.int().min(1).default(2000).describe('How many lines to show at most.'),
});

/** What programs get from `read`. `path` is relative to the workspace, or absolute when outside. */
export type ReadResult =
  | {
      readonly kind: 'text';
      readonly path: string;
      readonly bytes: number;
      readonly totalLines: number;
      /** Lines shown, counted from 1; `to` is `from - 1` when there was nothing to show. */
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'media'; readonly path: string; readonly bytes: number; readonly mediaType: PartMediaType }
  | { readonly kind: 'folder'; readonly path: string; readonly entries: readonly string[] }
  /** Its content was not shown. */
  | { readonly kind: 'binary' | 'big'; readonly path: string; readonly bytes: number };

/** Shows a file to the model and records that this agent has seen it. */
export const readTool = defineTool({
  name: 'read',
  description:
    'Reads a file. Text comes with line numbers ("12<tab>text"; the number and the tab are not part of the file). ' +
    'Shows up to 2000 lines from `offset`; a note at the end says when there is more. ' +
    'PNG, JPEG, GIF and WebP images and PDFs are shown as such. To list a folder, use search with mode "files". ' +
    'You must read an existing file before you change it with write or patch.',
  schema: ReadInput,
  idempotent: true,
  subjects: ({ path }, ctx) => {
    refuseFolder(path, ctx);
    return pathSubjects([path], ctx);
  },
  derivePermission: ({ path }, ctx) => pathPermissions('read', [path], ctx),
  execute: read,
});

/**
 * A rule on files says nothing about folders, so reading one would always ask; models try it all the time. Inside the
 * workspace they are told the better way, and no human is asked.
 */
function refuseFolder(path: string, { workspace }: PermissionContext): void {
  const target = resolvePath(workspace, path);
  const place = relative(workspace, target);
  if (place.startsWith('..') || isAbsolute(place)) return;
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const pattern = place === '' ? '*' : `${place}/*`;
  throw new ToolError(
    `${displayPath(workspace, target)} is a folder. List it with search: { mode: "files", pattern: "${pattern}" }.`,
  );
}

async function read(input: z.output<typeof ReadInput>, ctx: ToolContext): Promise<ToolOutput<ReadResult>> {
  const path = resolvePath(ctx.workspace, input.path);
  throwIfCancelled(ctx.signal);
  const entries = await entriesOf(path);
  if (entries !== undefined) return folder(displayPath(ctx.workspace, path), entries);
  const file = await openSeen(path, ctx);
  try {
    return await show(file, path, input, ctx);
  } finally {
    await file.handle.close();
  }
}

/** The names in a folder, sorted, folders with a slash; `undefined` when the path is no folder. */
async function entriesOf(path: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).toSorted();
  } catch {
    // Opening the path as a file reports every other fault.
    return undefined;
  }
}

function folder(path: string, entries: readonly string[]): ToolOutput<ReadResult> {
  const shown = entries.slice(0, maxEntries);
  const more = entries.length > shown.length ? [`… ${entries.length - shown.length} more; search lists them.`] : [];
  const count = entries.length === 1 ? '1 entry' : `${entries.length} entries`;
  const context = [`${path} is a folder with ${count}${entries.length > 0 ? ':' : '.'}`, ...shown, ...more].join('\n');
  return { context, result: { kind: 'folder', path, entries: shown } };
}

async function openSeen(path: string, ctx: ToolContext): Promise<OpenFile> {
  try {
    return await openRegular(judgedPath(ctx, path), { isReal: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // Having seen that it is gone, the agent may create it.
    await ctx.fileTime.read(path, null);
    throw await missingFile(ctx.workspace, path);
  }
}

async function show(
  file: OpenFile,
  absolute: string,
  { offset, limit }: z.output<typeof ReadInput>,
  ctx: ToolContext,
): Promise<ToolOutput<ReadResult>> {
  const path = displayPath(ctx.workspace, absolute);
  const bytes = file.stats.size > maxFileBytes ? undefined : await readAll(file, { signal: ctx.signal });
  if (bytes === undefined) {
    const context =
      `${path} is too big to be read here: ${sizeOf(file.stats.size)}, and 10 MiB is the most. ` +
      'Find what you need with search, or cut a part out with a command (head, tail, sed -n). ' +
      'It cannot be changed with write or patch either.';
    return { context, result: { kind: 'big', path, bytes: file.stats.size } };
  }
  await ctx.fileTime.read(absolute, bytes);
  const mediaType = sniffMediaType(bytes);
  if (mediaType !== undefined) return media(path, bytes, mediaType);
  if (isBinary(bytes)) {
    const context = `${path} is a binary file of ${sizeOf(bytes.length)}; its content is not shown.`;
    return { context, result: { kind: 'binary', path, bytes: bytes.length } };
  }
  const view = showLines({ path, bytes, text: splitLines(bytes.toString('utf8')), offset, limit });
  const { context, from, to, totalLines } = view;
  return { context, result: { kind: 'text', path, bytes: bytes.length, totalLines, from, to } };
}

function media(path: string, bytes: Buffer, mediaType: PartMediaType): ToolOutput<ReadResult> {
  const isImage = mediaType !== 'application/pdf';
  const text = `${path} (${mediaType}, ${sizeOf(bytes.length)})`;
  if (isImage && bytes.length > maxImageBytes) {
    const context = `${text} is too big to be shown: ${sizeOf(maxImageBytes)} is the most. Make a smaller copy and read that.`;
    return { context, result: { kind: 'big', path, bytes: bytes.length } };
  }
  const data = bytes.toString('base64');
  const context: Content = [
    { type: 'text', text },
    isImage ? { type: 'image', data, mediaType } : { type: 'file', data, mediaType, filename: basename(path) },
  ];
  return { context, result: { kind: 'media', path, bytes: bytes.length, mediaType } };
}
