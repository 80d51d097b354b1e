import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeFiles, type ChangeOptions, type FileSteps } from '../../src/tools/atomic-files.ts';
import { ToolError } from '../../src/errors.ts';
import type { FilesEffect } from '../../src/tools/change-plan.ts';
import { temporaryFolder } from './context.ts';
import { failingAt } from './failing-steps.ts';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from './files.ts';

const unrecorded: ChangeOptions = { effect: () => undefined };

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
    await changeFiles(changes, unrecorded);
    expect(await readFile(at('kept'), 'utf8')).toBe('new');
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['deep', 'deep/er', 'deep/er/new', 'kept']);
  });

  // FAILURES: a patch of three files was left half applied.
  test.each([1, 2, 3])('when step %i fails everything is as before, folders and the very files included', async (n) => {
    const { folder, at, changes } = await scene();
    const before = await stat(at('kept'));
    await expect(changeFiles(changes, { ...unrecorded, steps: failingAt(n) })).rejects.toThrow(
      'no space left on the device. Nothing was changed.',
    );
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['gone', 'kept']);
    expect(await readFile(at('kept'), 'utf8')).toBe('old');
    expect(await readFile(at('gone'), 'utf8')).toBe('old gone');
    expect((await stat(at('kept'))).ino).toBe(before.ino);
  });

  test('files are removed before others are replaced, so that a new content waits until all is done', async () => {
    const { at, changes } = await scene();
    const renamed: string[] = [];
    const steps: FileSteps = {
      rename: async (from, to) => {
        renamed.push([from, to].map((path) => basename(path)).find((name) => !name.endsWith('.tmp')) ?? '');
        await fs.rename(from, to);
      },
    };
    await changeFiles(changes, { ...unrecorded, steps });
    expect(renamed).toEqual(['gone', 'kept', 'new']);
    expect(await readFile(at('kept'), 'utf8')).toBe('new');
  });

  test('when a file cannot be staged nothing is touched', async () => {
    const { folder, at, changes } = await scene();
    const refused = changeFiles([...changes, { path: at('kept/below'), bytes: Buffer.from('') }], unrecorded);
    await expect(refused).rejects.toMatchObject({ name: 'ToolError' });
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['gone', 'kept']);
    expect(await readFile(at('kept'), 'utf8')).toBe('old');
  });

  test('when the old content cannot be put back the error says where it is', async () => {
    const { folder, at } = await scene();
    const steps: FileSteps = {
      // Puts a folder in the way of the way back.
      rename: async (from, to) => {
        if (!to.endsWith('gone')) return fs.rename(from, to);
        await fs.rm(at('kept'));
        await mkdir(at('kept'));
        await writeFile(at('kept/x'), '');
        throw new Error('disk on fire');
      },
    };
    const changes = [
      { path: at('kept'), bytes: Buffer.from('new') },
      { path: at('gone'), bytes: Buffer.from('new, too') },
    ];
    const error: unknown = await changeFiles(changes, { ...unrecorded, steps }).catch((thrown: unknown) => thrown);
    const backup = /Its old content is in (\S+)\.$/.exec(error instanceof Error ? error.message : '')?.[1];
    expect(await readFile(backup ?? '', 'utf8')).toBe('old');
    expect(await readdir(folder)).toHaveLength(3);
  });

  test('what will be done is told before anything is: real names beside the files, hashes, folders to be made', async () => {
    const { folder, at, changes } = await scene();
    const told: FilesEffect[] = [];
    const found: string[][] = [];
    const effect = (one: FilesEffect) => {
      told.push(one);
      found.push(readdirSync(folder));
    };
    await changeFiles(changes, { effect });
    expect(found).toEqual([['gone', 'kept']]);
    const beside = (name: string): unknown =>
      expect.stringMatching(new RegExp(`^${at(name)}/[.]greenroom-[-0-9a-f]{36}[.]tmp$`));
    expect(told).toEqual([
      {
        kind: 'files',
        changes: [
          { path: at('kept'), next: beside(''), backup: beside(''), hash: hash('sha256', 'new') },
          { path: at('deep/er/new'), next: beside('deep/er'), hash: hash('sha256', 'made') },
          { path: at('gone'), backup: beside(''), hash: null },
        ],
        folders: [at('deep'), at('deep/er')],
      },
    ]);
  });

  test('what cannot be recorded is not done', async () => {
    const { folder, changes } = await scene();
    const effect = () => {
      throw new ToolError('no record', { status: 'cancelled' });
    };
    await expect(changeFiles(changes, { effect })).rejects.toMatchObject({ message: 'no record', status: 'cancelled' });
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['gone', 'kept']);
  });

  test('what does not exist cannot be removed', async () => {
    const { folder, at, changes } = await scene();
    const none = changeFiles([...changes, { path: at('none'), bytes: null }], unrecorded);
    await expect(none).rejects.toThrow(`${at('none')} does not exist. Nothing was changed.`);
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['gone', 'kept']);
  });

  test('no changes are nothing to record', async () => {
    const effect = () => {
      throw new Error('recorded');
    };
    await expect(changeFiles([], { effect })).resolves.toBeUndefined();
  });

  test.each(['made', 'removed'])('a file that somebody has %s since it was looked at is left alone', async (deed) => {
    const { at, changes } = await scene();
    const path = deed === 'made' ? at('deep/er/new') : at('gone');
    const effect = () => {
      if (deed === 'removed') rmSync(path);
      else {
        mkdirSync(at('deep/er'), { recursive: true });
        writeFileSync(path, 'of somebody');
      }
    };
    await expect(changeFiles(changes, { effect })).rejects.toThrow(
      `${path} was ${deed} by another process just now. Nothing was changed. Read it again.`,
    );
    expect(await readFile(at('kept'), 'utf8')).toBe('old');
    if (deed === 'made') expect(await readFile(path, 'utf8')).toBe('of somebody');
  });

  test('a replaced file keeps its mode, and a new one can be given that of another', async () => {
    const { at } = await scene();
    await chmod(at('kept'), 0o751);
    const copy = { path: at('copy'), bytes: Buffer.from('new'), like: await stat(at('kept')) };
    await changeFiles([{ path: at('kept'), bytes: Buffer.from('new') }, copy], unrecorded);
    expect((await stat(at('kept'))).mode & 0o777).toBe(0o751);
    expect((await stat(at('copy'))).mode & 0o777).toBe(0o751);
  });
});
