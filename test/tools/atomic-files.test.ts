import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeFiles, type FileSteps } from '../../src/tools/atomic-files.ts';
import { temporaryFolder } from './context.ts';
import { failingAt } from './failing-steps.ts';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from './files.ts';

async function scene() {
  const folder = await temporaryFolder();
  const at = (name: string) => join(folder, name);
  await writeFile(at('kept'), 'old');
  await writeFile(at('gone'), 'old gone');
  const changes = [
    { path: at('kept'), bytes: Buffer.from('new') },
    { path: at('deep/er/new'), bytes: Buffer.from('made') },
    { path: at('gone'), bytes: null },
  ];
  return { folder, at, changes };
}

describe('changing several files as one', () => {
  test('replaces, makes and removes, and leaves nothing temporary', async () => {
    const { folder, at, changes } = await scene();
    await changeFiles(changes);
    expect(await readFile(at('kept'), 'utf8')).toBe('new');
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['deep', 'deep/er', 'deep/er/new', 'kept']);
  });

  // FAILURES: a patch of three files was left half applied.
  test.each([1, 2, 3])('when step %i fails everything is as before, folders and the very files included', async (n) => {
    const { folder, at, changes } = await scene();
    const before = await stat(at('kept'));
    await expect(changeFiles(changes, failingAt(n))).rejects.toThrow(
      'no space left on the device. Nothing was changed.',
    );
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['gone', 'kept']);
    expect(await readFile(at('kept'), 'utf8')).toBe('old');
    expect(await readFile(at('gone'), 'utf8')).toBe('old gone');
    expect((await stat(at('kept'))).ino).toBe(before.ino);
  });

  test('when a file cannot be staged nothing is touched', async () => {
    const { folder, at, changes } = await scene();
    await expect(changeFiles([...changes, { path: at('kept/below'), bytes: Buffer.from('') }])).rejects.toMatchObject({
      name: 'ToolError',
    });
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['gone', 'kept']);
    expect(await readFile(at('kept'), 'utf8')).toBe('old');
  });

  test('when the old content cannot be put back the error says where it is', async () => {
    const { folder, at } = await scene();
    const steps: FileSteps = {
      rename: fs.rename,
      // Puts a folder in the way of the way back.
      unlink: async () => {
        await fs.rm(at('kept'));
        await mkdir(at('kept'));
        await writeFile(at('kept/x'), '');
        throw new Error('disk on fire');
      },
    };
    const changes = [
      { path: at('kept'), bytes: Buffer.from('new') },
      { path: at('gone'), bytes: null },
    ];
    const error: unknown = await changeFiles(changes, steps).catch((thrown: unknown) => thrown);
    const backup = /Its old content is in (\S+)\.$/.exec(error instanceof Error ? error.message : '')?.[1];
    expect(await readFile(backup ?? '', 'utf8')).toBe('old');
    expect(await readdir(folder)).toHaveLength(3);
  });

  test('a replaced file keeps its mode, and a new one can be given that of another', async () => {
    const { at } = await scene();
    await chmod(at('kept'), 0o751);
    await changeFiles([
      { path: at('kept'), bytes: Buffer.from('new') },
      { path: at('copy'), bytes: Buffer.from('new'), like: await stat(at('kept')) },
    ]);
    expect((await stat(at('kept'))).mode & 0o777).toBe(0o751);
    expect((await stat(at('copy'))).mode & 0o777).toBe(0o751);
  });
});
