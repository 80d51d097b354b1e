/** What a patch will do to each file, worked out whole before anything is touched. */
import { lstat } from 'node:fs/promises';
import { GreenroomError, ToolError, messageOf } from '../errors.ts';
import type { FileChange } from './change-plan.ts';
import { judgedPath } from './path-permissions.ts';
import { missingFile } from './missing-file.ts';
import { applyHunks } from './patch-apply.ts';
import type { PatchSection } from './patch-format.ts';
import { readExisting, type ExistingFile } from './regular-file.ts';
import { decodeText } from '../text/file-lines.ts';
import type { ToolContext } from './tool.ts';
import { codeOf, pathError, resolvePath } from './workspace-path.ts';

/** One section of a patch, ready to be done. Paths are absolute; `null` bytes: there is no file. */
export interface PlannedFile {
  readonly kind: 'add' | 'delete' | 'update' | 'move';
  /** Where the file is after the patch (before it, for a deletion). */
  readonly path: string;
  readonly from?: string;
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
  readonly changes: readonly FileChange[];
  readonly notes: readonly string[];
}

/**
 * Checks every section against the files as they are and works out the new contents. Call it with all paths locked.
 * @throws ToolError that lists everything that is wrong; its code is `stale_file` when a file was changed by others.
 */
export async function planPatch(sections: readonly PatchSection[], ctx: ToolContext): Promise<readonly PlannedFile[]> {
  const planned: PlannedFile[] = [];
  const problems: { readonly path: string; readonly error: unknown }[] = [];
  for (const section of sections) {
    try {
      planned.push(await planSection(section, ctx));
    } catch (error) {
      if (error instanceof ToolError && error.status === 'cancelled') throw error;
      problems.push({ path: section.path, error });
    }
  }
  if (problems.length === 0) {
    checkFiles(planned);
    return planned;
  }
  const isStale = problems.some(({ error }) => error instanceof GreenroomError && error.code === 'stale_file');
  const texts = problems.map(({ path, error }) => `${path}: ${messageOf(error)}`);
  throw new ToolError(`Nothing was changed.\n${texts.join('\n')}`, { code: isStale ? 'stale_file' : 'tool' });
}

/** Two names of one file would overwrite each other's result. */
function checkFiles(planned: readonly PlannedFile[]): void {
  const seen = new Set<string>();
  for (const { path } of planned.flatMap(({ changes }) => changes)) {
    if (seen.has(path)) throw new ToolError(`Nothing was changed. Two sections of the patch touch one file, ${path}.`);
    seen.add(path);
  }
}

function planSection(section: PatchSection, ctx: ToolContext): Promise<PlannedFile> {
  const path = resolvePath(ctx.workspace, section.path);
  if (section.kind === 'add') return planAdd(path, section.lines, ctx);
  if (section.kind === 'delete') return planDelete(path, ctx);
  return section.moveTo === undefined ? planUpdate(path, section, ctx) : planMove(path, section, section.moveTo, ctx);
}

type Update = Extract<PatchSection, { kind: 'update' }>;

async function planAdd(path: string, lines: readonly string[], ctx: ToolContext): Promise<PlannedFile> {
  if ((await readExisting(judgedPath(ctx, path), ctx.signal, { isReal: true })) !== null) {
    throw new ToolError('It exists already. Read it, then use "*** Update File:" to change it.');
  }
  await ctx.fileTime.assert(path, null);
  const after = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return {
    kind: 'add',
    path,
    before: null,
    after,
    changes: [{ path: judgedPath(ctx, path), bytes: after }],
    notes: [],
  };
}

async function planDelete(path: string, ctx: ToolContext): Promise<PlannedFile> {
  const { bytes } = await fresh(path, ctx);
  await refuseLink(path);
  const changes = [{ path: judgedPath(ctx, path), bytes: null }];
  return { kind: 'delete', path, before: bytes, after: null, changes, notes: [] };
}

async function planUpdate(path: string, section: Update, ctx: ToolContext): Promise<PlannedFile> {
  const { bytes } = await fresh(path, ctx);
  const { after, notes } = edit(bytes, section);
  return {
    kind: 'update',
    path,
    before: bytes,
    after,
    changes: [{ path: judgedPath(ctx, path), bytes: after }],
    notes,
  };
}

async function planMove(from: string, section: Update, moveTo: string, ctx: ToolContext): Promise<PlannedFile> {
  const path = resolvePath(ctx.workspace, moveTo);
  const old = await fresh(from, ctx);
  await refuseLink(from);
  if ((await readExisting(judgedPath(ctx, path), ctx.signal, { isReal: true })) !== null) {
    throw new ToolError(`It cannot be moved to ${moveTo}: that exists already.`);
  }
  await ctx.fileTime.assert(path, null);
  const { after, notes } = section.hunks.length === 0 ? { after: old.bytes, notes: [] } : edit(old.bytes, section);
  const changes = [
    { path: judgedPath(ctx, path), bytes: after, like: old.stats },
    { path: judgedPath(ctx, from), bytes: null },
  ];
  return { kind: 'move', path, from, before: old.bytes, after, changes, notes };
}

/** The file as this agent knows it. */
async function fresh(path: string, ctx: ToolContext): Promise<ExistingFile> {
  const file = await readExisting(judgedPath(ctx, path), ctx.signal, { isReal: true });
  await ctx.fileTime.assert(path, file?.bytes ?? null);
  if (file === null) throw await missingFile(ctx.workspace, path);
  return file;
}

/** Whether the link or the file it points to is meant, a patch cannot say. */
async function refuseLink(path: string): Promise<void> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw pathError(path, error);
  });
  if (stats?.isSymbolicLink() === true) {
    throw new ToolError('It is a symbolic link, which patch neither deletes nor moves. Use a command.');
  }
}

function edit(bytes: Uint8Array, section: Update): { readonly after: Buffer; readonly notes: readonly string[] } {
  const text = decodeText(bytes);
  if (text === undefined) throw new ToolError('It is not UTF-8 text, so patch cannot edit it.');
  const applied = applyHunks(text, section.hunks);
  if (!applied.ok) throw new ToolError(applied.problems.join('\n'));
  return { after: Buffer.from(applied.text), notes: applied.notes };
}
