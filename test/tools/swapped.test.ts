/** Something is put in the way between the decision and the use: corpus path-089. */
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorFolder } from '../../src/tools/anchored-folder.ts';
import { changeFiles } from '../../src/tools/atomic-files.ts';
import { patchTool } from '../../src/tools/patch.ts';
import { readTool } from '../../src/tools/read.ts';
import { openRegular } from '../../src/tools/regular-file.ts';
import { searchTool } from '../../src/tools/search.ts';
import type { ToolContext } from '../../src/tools/tool.ts';
import { writeTool } from '../../src/tools/write.ts';
import { prepareSubjects } from '../../src/permissions/subjects.ts';
import { temporaryFolder, toolContext } from './context.ts';

/** A workspace in which `src` was judged, and then became a link to a folder with a secret. */
async function swapped(tool: string, paths: readonly string[]) {
  const [workspace, outside] = await Promise.all([temporaryFolder(), temporaryFolder()]);
  await mkdir(join(workspace, 'src'));
  await Promise.all([writeFile(join(workspace, 'src/a.ts'), 'mine\n'), writeFile(join(outside, 'a.ts'), 'secret\n')]);
  const subjects = paths.map((path) => ({ path: join(workspace, path) }));
  const judged = prepareSubjects(tool, {}, subjects, workspace);
  const swap = async () => {
    await rename(join(workspace, 'src'), join(workspace, 'away'));
    await symlink(outside, join(workspace, 'src'));
  };
  const ctx: ToolContext = { ...toolContext({ workspace }).ctx, judged };
  return { workspace, outside, ctx, swap };
}

describe('a tool whose folder became a link', () => {
  test('reads nothing', async () => {
    const { ctx, swap } = await swapped('read', ['src/a.ts']);
    const input = readTool.schema.parse({ path: 'src/a.ts' });
    expect(await readTool.execute(input, ctx)).toMatchObject({ context: expect.stringContaining('mine') });
    await swap();
    await expect(readTool.execute(input, ctx)).rejects.toThrow(/was judged, but it now leads to .*Nothing was done/);
  });

  test('writes nothing, and leaves nothing there', async () => {
    const { ctx, swap, outside } = await swapped('write', ['src/new.ts']);
    await swap();
    const input = writeTool.schema.parse({ path: 'src/new.ts', content: 'x' });
    await expect(Promise.resolve().then(() => writeTool.execute(input, ctx))).rejects.toThrow(/was judged/);
    expect(await readdir(outside)).toEqual(['a.ts']);
  });

  test('patches nothing, the other files of the patch included', async () => {
    const { ctx, swap, workspace } = await swapped('patch', ['src/new.ts', 'b.ts']);
    await swap();
    const patch = '*** Begin Patch\n*** Add File: b.ts\n+x\n*** Add File: src/new.ts\n+x\n*** End Patch\n';
    await expect(Promise.resolve().then(() => patchTool.execute({ patch }, ctx))).rejects.toThrow(/was judged/);
    expect(await readdir(workspace)).not.toContain('b.ts');
  });

  test('searches nothing', async () => {
    const { ctx, swap } = await swapped('search', ['src']);
    await swap();
    const input = searchTool.schema.parse({ pattern: 'secret', path: 'src' });
    await expect(searchTool.execute(input, ctx)).rejects.toThrow(/was judged/);
  });
});

describe('what happens at the very last moment', () => {
  test('a judged file that is a link by now is not opened', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'secret'), '');
    await symlink('secret', join(folder, 'a'));
    await expect(openRegular(join(folder, 'a'), { isReal: true })).rejects.toThrow();
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real/x'), '');
    await symlink('real', join(folder, 'link'));
    await expect(openRegular(join(folder, 'link/x'), { isReal: true })).rejects.toThrow(/was judged/);
  });

  test('files are changed in the folder that was opened, whatever its name means by then', async () => {
    const [folder, outside] = await Promise.all([temporaryFolder(), temporaryFolder()]);
    const src = join(folder, 'src');
    await mkdir(src);
    const steps = {
      rename: async (from: string, to: string) => {
        await rename(src, join(folder, 'away'));
        await symlink(outside, src);
        await rename(from, to);
      },
    };
    if (process.platform !== 'linux') return;
    await changeFiles([{ path: join(src, 'a.ts'), bytes: Buffer.from('x') }], { effect: () => undefined, steps });
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(join(folder, 'away'))).toEqual(['a.ts']);
    expect(await readFile(join(folder, 'away/a.ts'), 'utf8')).toBe('x');
  });

  test('a folder that is reached through a link is not anchored', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'link'));
    await expect(anchorFolder(join(folder, 'link'))).rejects.toThrow(/was judged/);
  });
});
