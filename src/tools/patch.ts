/** The `patch` tool. */
import * as z from 'zod';
import { ToolError } from '../errors.ts';
import { changeFiles, type FileSteps } from './atomic-files.ts';
import { parsePatch, pathsOf, type PatchSection } from './patch-format.ts';
import { planPatch, type PlannedFile } from './patch-plan.ts';
import { throwIfCancelled } from './regular-file.ts';
import { diffText } from './text-diff.ts';
import { decodeText } from '../text/file-lines.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutput } from './tool.ts';
import { pathPermissions, pathSubjects } from './path-permissions.ts';
import { displayPath, resolvePath } from './workspace-path.ts';

const PatchInput = z.strictObject({
  patch: z
    .string()
    .superRefine((text, issues) => {
      const parsed = parsePatch(text);
      if (parsed.ok) return;
      issues.addIssue({ code: 'custom', message: `Line ${parsed.line} of the patch: ${parsed.message}` });
    })
    .describe('The patch, from "*** Begin Patch" to "*** End Patch".'),
});

/** One file that a patch changed. Paths are relative to the workspace, or absolute when outside. */
export interface PatchedFile {
  readonly path: string;
  readonly kind: 'add' | 'delete' | 'update' | 'move';
  /** Where a moved file was before. */
  readonly from?: string;
  /** Lines that came in. */
  readonly added: number;
  /** Lines that went. */
  readonly removed: number;
  /** A unified diff; empty for a file that is no text, or moved unchanged. */
  readonly diff: string;
}

/** What programs get from `patch`: the files in the patch's order. */
export interface PatchResult {
  readonly files: readonly PatchedFile[];
}

const description = `Changes one or more files: all of them, or none when any part does not fit. The format:

*** Begin Patch
*** Add File: path/of/new.txt
+every line of the new file after a plus
*** Delete File: path/of/old.txt
*** Update File: path/of/file.ts
*** Move to: path/of/renamed.ts
@@ class Account
@@ deposit(amount) {
 a line that stays, after a space
-a line that goes
+a line that comes
*** End Patch

"Move to" is optional. Under "Update File" write one hunk for each place, with about three unchanged lines before and after, exactly as they are in the file (without line numbers). "@@" lines are optional: they name the class or function around a place, outermost first; use them when the same lines stand in several places, because a hunk that fits in two places is refused. "*** End of File" after a hunk says that it reaches to the end of the file. Read every existing file before you patch it. Paths are relative to the workspace or absolute; each file has one section.`;

/** Makes a patch tool. `steps` replaces the renames and removals, so that a test can let one fail. */
export function createPatchTool(options: { readonly steps?: FileSteps } = {}): Tool<typeof PatchInput, PatchResult> {
  return defineTool({
    name: 'patch',
    description,
    schema: PatchInput,
    subjects: ({ patch }, ctx) => {
      const parsed = parsePatch(patch);
      return parsed.ok ? pathSubjects(parsed.sections.flatMap(pathsOf), ctx) : null;
    },
    files: ({ patch }) => {
      const parsed = parsePatch(patch);
      return parsed.ok ? parsed.sections.flatMap(pathsOf) : [];
    },
    derivePermission: ({ patch }, ctx) => {
      const parsed = parsePatch(patch);
      return parsed.ok ? pathPermissions('patch', parsed.sections.flatMap(pathsOf), ctx) : null;
    },
    execute: ({ patch }, ctx) => {
      const parsed = parsePatch(patch);
      if (!parsed.ok) throw new ToolError(`Line ${parsed.line} of the patch: ${parsed.message}`);
      const paths = parsed.sections.flatMap(pathsOf).map((path) => resolvePath(ctx.workspace, path));
      return ctx.fileTime.withLock(paths, () => apply(parsed.sections, ctx, options.steps));
    },
  });
}

/** Changes files by a patch in the Codex format. */
export const patchTool = createPatchTool();

async function apply(
  sections: readonly PatchSection[],
  ctx: ToolContext,
  steps: FileSteps | undefined,
): Promise<ToolOutput<PatchResult>> {
  const planned = await planPatch(sections, ctx);
  throwIfCancelled(ctx.signal);
  await changeFiles(
    planned.flatMap(({ changes }) => changes),
    { effect: (effect) => ctx.effect(effect), steps },
  );
  for (const { changes } of planned) {
    for (const { path, bytes } of changes) await ctx.fileTime.wrote(path, bytes);
  }
  const files = await Promise.all(planned.map((file) => summarise(file, ctx.workspace)));
  const notes = planned.flatMap((file) =>
    file.notes.map((note) => `${displayPath(ctx.workspace, file.path)}: ${note}.`),
  );
  return { context: [...files.map(lineOf), ...notes].join('\n'), result: { files } };
}

async function summarise(file: PlannedFile, workspace: string): Promise<PatchedFile> {
  const path = displayPath(workspace, file.path);
  const from = file.from === undefined ? undefined : displayPath(workspace, file.from);
  const before = file.before === null ? null : decodeText(file.before);
  const after = file.after === null ? null : decodeText(file.after);
  const isText = before !== undefined && after !== undefined;
  const moved = from === undefined ? {} : { from };
  const change = isText ? await diffText({ path, ...moved, before, after }) : { added: 0, removed: 0, diff: '' };
  return { path, kind: file.kind, ...moved, ...change };
}

function lineOf({ kind, path, from, added, removed }: PatchedFile): string {
  if (kind === 'add') return `Added ${path} (+${added}).`;
  if (kind === 'delete') return `Deleted ${path} (−${removed}).`;
  const change = `+${added} −${removed}`;
  return kind === 'move' ? `Moved ${from} to ${path} (${change}).` : `Updated ${path} (${change}).`;
}
