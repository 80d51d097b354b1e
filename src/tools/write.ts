/** The `write` tool. */
import * as z from 'zod';
import { changeFiles } from './atomic-files.ts';
import { judgedPath, pathPermissions, pathSubjects } from './path-permissions.ts';
import { sizeOf } from './file-view.ts';
import { readExisting, throwIfCancelled } from './regular-file.ts';
import { diffText, shortDiff } from './text-diff.ts';
import { decodeText, splitLines } from '../text/file-lines.ts';
import { defineTool, type ToolContext, type ToolOutput } from './tool.ts';
import { PathInput, displayPath, resolvePath } from './workspace-path.ts';

const WriteInput = z.strictObject({
  path: PathInput.describe('File to write: absolute, or relative to the workspace. Missing folders are made.'),
  content: z.string().describe('The whole new content of the file.'),
});

/** What programs get from `write`. */
export interface WriteResult {
  /** Relative to the workspace, or absolute when outside. */
  readonly path: string;
  /** Size of the file now. */
  readonly bytes: number;
  /** True when there was no file before. */
  readonly created: boolean;
}

/** Writes a whole file: a new one, or one that this agent has read and that has not changed since. */
export const writeTool = defineTool({
  name: 'write',
  description:
    'Writes a whole file: creates it, or replaces everything in it. ' +
    'Read an existing file first; if it changed since, read it again. ' +
    'To change a part of a file use patch.',
  schema: WriteInput,
  subjects: ({ path }, ctx) => pathSubjects([path], ctx),
  files: ({ path }) => [path],
  derivePermission: ({ path }, ctx) => pathPermissions('write', [path], ctx),
  execute: ({ path, content }, ctx) => {
    const absolute = resolvePath(ctx.workspace, path);
    return ctx.fileTime.withLock(absolute, () => replace(absolute, content, ctx));
  },
});

async function replace(path: string, content: string, ctx: ToolContext): Promise<ToolOutput<WriteResult>> {
  const file = judgedPath(ctx, path);
  const existing = await readExisting(file, ctx.signal, { isReal: true });
  await ctx.fileTime.assert(path, existing?.bytes ?? null);
  const bytes = Buffer.from(content, 'utf8');
  throwIfCancelled(ctx.signal);
  const isSame = existing?.bytes.equals(bytes) === true;
  if (!isSame) await changeFiles([{ path: file, bytes }], { effect: (effect) => ctx.effect(effect) });
  await ctx.fileTime.wrote(path, bytes);
  const result = { path: displayPath(ctx.workspace, path), bytes: bytes.length, created: existing === null };
  return { context: await report(result, existing?.bytes, content), result };
}

async function report({ path, bytes }: WriteResult, before: Buffer | undefined, after: string): Promise<string> {
  const lines = splitLines(after).lines.length;
  const size = `${lines === 1 ? '1 line' : `${lines} lines`}, ${sizeOf(bytes)}`;
  if (before === undefined) return `Created ${path} (${size}).`;
  const text = decodeText(before);
  if (text === undefined) return `Replaced ${path}, which was no text before (now ${size}).`;
  if (text === after) return `${path} already had exactly this content; nothing was changed.`;
  const { added, removed, diff } = await diffText({ path, before: text, after });
  return `Replaced ${path} (now ${size}; +${added} −${removed}):\n${shortDiff(diff)}`;
}
