/** What is found after a crash in the middle of a change of files, made by hand. */
import { hash } from 'node:crypto';
import { link, lstat, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlannedChange } from '../../src/events.ts';
import { settleChanges } from '../../src/tools/undo-changes.ts';
import { temporaryFolder } from './context.ts';
import { mkdir, readFile, readdir, rename, rm, stat, symlink, writeFile } from './files.ts';

const NEXT = '.greenroom-next.tmp';
const BACKUP = '.greenroom-backup.tmp';

/** One file `name` that a call changes from `old` to `new`; without `old` it is new, without `new` it is removed. */
async function change(folder: string, name: string, content: { readonly old?: string; readonly new?: string }) {
  const at = (prefix: string) => join(folder, `${prefix}${name}`);
  const path = at('');
  const [next, backup] = [at(NEXT), at(BACKUP)];
  const planned: PlannedChange = {
    path,
    ...(content.new === undefined ? {} : { next }),
    ...(content.old === undefined ? {} : { backup }),
    hash: content.new === undefined ? null : hash('sha256', content.new),
  };
  if (content.old !== undefined) await writeFile(path, content.old);
  const stage = async () => {
    if (content.new === undefined) return;
    await writeFile(next, content.new);
    if (content.old !== undefined) await link(path, backup);
  };
  const make = async () => {
    await stage();
    await (content.new === undefined ? rename(path, backup) : rename(next, path));
  };
  return { planned, path, next, backup, stage, make };
}

const settle = (changes: readonly { readonly planned: PlannedChange }[], folders: string[] = []) =>
  settleChanges({ kind: 'files', changes: changes.map(({ planned }) => planned), folders });

const settledAs = (name: string, kept?: string) => ({
  conflict:
    `${name} was changed by another process. It is neither as the call was to leave it nor as it was before, and was ` +
    `left alone.${kept === undefined ? '' : ` What it held before the call is in ${kept}.`}`,
});

describe('a change that was cut', () => {
  test('before anything was written leaves nothing to undo', async () => {
    const folder = await temporaryFolder();
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    const two = await change(folder, 'b', { new: 'new' });
    expect(await settle([one, two], [join(folder, 'never')])).toBe('undone');
    expect(await readFile(one.path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('in the middle of a new content is undone', async () => {
    const folder = await temporaryFolder();
    const one = await change(folder, 'a', { old: 'old', new: 'new content' });
    await writeFile(one.next, 'new co');
    expect(await settle([one])).toBe('undone');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('gives back the very files', async () => {
    const folder = await temporaryFolder();
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    const two = await change(folder, 'b', { old: 'old b' });
    const waiting = await change(folder, 'c', { old: 'old c', new: 'new c' });
    const files = await Promise.all([one, two].map(({ path }) => stat(path)));
    await one.make();
    await two.make();
    await waiting.stage();
    expect(await settle([one, two, waiting])).toBe('undone');
    expect(await readdir(folder)).toEqual(['a', 'b', 'c']);
    const now = await Promise.all([one, two].map(({ path }) => stat(path)));
    expect(now.map(({ ino }) => ino)).toEqual(files.map(({ ino }) => ino));
  });

  test('loses its empty folders, and those alone', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'top/empty'), { recursive: true });
    await writeFile(join(folder, 'top/of-somebody'), '');
    const one = await change(join(folder, 'top/empty'), 'a', { new: 'new' });
    const two = await change(folder, 'b', { old: 'old', new: 'new' });
    await two.stage();
    await one.make();
    expect(await settle([one, two], [join(folder, 'top'), join(folder, 'top/empty')])).toBe('undone');
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['b', 'top', 'top/of-somebody']);
  });
});

describe('a file that somebody changed since', () => {
  test('is left alone and named, what it held is kept, and the other files are put back', async () => {
    const folder = await temporaryFolder();
    const mine = await change(folder, 'a', { old: 'old a', new: 'new a' });
    const theirs = await change(folder, 'b', { old: 'old b', new: 'new b' });
    const waiting = await change(folder, 'c', { new: 'new c' });
    await mine.make();
    await theirs.make();
    await waiting.stage();
    await writeFile(theirs.path, 'edited');
    const conflict = settledAs(theirs.path, theirs.backup);
    expect(await settle([mine, theirs, waiting])).toEqual(conflict);
    expect(await settle([mine, theirs, waiting])).toEqual(conflict);
    expect(await readFile(mine.path, 'utf8')).toBe('old a');
    expect(await readFile(theirs.path, 'utf8')).toBe('edited');
    expect(await readFile(theirs.backup, 'utf8')).toBe('old b');
    expect(await readdir(folder)).toEqual([basename(theirs.backup), 'a', 'b']);
  });

  test('after the whole change was made takes nothing away from the others', async () => {
    const folder = await temporaryFolder();
    const mine = await change(folder, 'a', { old: 'old a', new: 'new a' });
    const theirs = await change(folder, 'b', { old: 'old b', new: 'new b' });
    await mine.make();
    await theirs.make();
    await writeFile(theirs.path, 'edited');
    expect(await settle([mine, theirs])).toEqual(settledAs(theirs.path, theirs.backup));
    expect(await readFile(mine.path, 'utf8')).toBe('new a');
    expect(await readdir(folder)).toEqual([basename(theirs.backup), 'a', 'b']);
  });

  test('long after the change was made and tidied takes nothing away from the others either', async () => {
    const folder = await temporaryFolder();
    const removed = await change(folder, 'a', { old: 'old a' });
    const theirs = await change(folder, 'b', { old: 'old b', new: 'new b' });
    const fresh = await change(folder, 'c', { new: 'new c' });
    for (const one of [removed, theirs, fresh]) await one.make();
    expect(await settle([removed, theirs, fresh])).toBe('done');
    await writeFile(theirs.path, 'edited');
    expect(await settle([removed, theirs, fresh])).toEqual(settledAs(theirs.path));
    await writeFile(removed.path, 'made again');
    expect(await settle([removed, theirs, fresh])).toMatchObject({ conflict: expect.stringContaining(removed.path) });
    expect(await readFile(fresh.path, 'utf8')).toBe('new c');
    expect(await readdir(folder)).toEqual(['a', 'b', 'c']);
  });

  test('is left alone when it was new, or made again after it was removed', async () => {
    const folder = await temporaryFolder();
    const fresh = await change(folder, 'a', { new: 'new' });
    const removed = await change(folder, 'b', { old: 'old' });
    const waiting = await change(folder, 'c', { new: 'new' });
    await fresh.make();
    await removed.make();
    await waiting.stage();
    await writeFile(fresh.path, 'edited');
    await writeFile(removed.path, 'made again');
    expect(await settle([fresh, removed, waiting])).toEqual({
      conflict: [settledAs(fresh.path), settledAs(removed.path, removed.backup)].map((one) => one.conflict).join(' '),
    });
    expect(await readFile(fresh.path, 'utf8')).toBe('edited');
    expect(await readFile(removed.path, 'utf8')).toBe('made again');
    expect(await readFile(removed.backup, 'utf8')).toBe('old');
  });

  test('or put back by hand needs nothing', async () => {
    const folder = await temporaryFolder();
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    const removed = await change(folder, 'b', { old: 'old b' });
    await one.make();
    await removed.make();
    await writeFile(one.path, 'old');
    await writeFile(removed.path, 'old b');
    expect(await settle([one, removed])).toBe('undone');
    expect(await readdir(folder)).toEqual(['a', 'b']);
  });

  test('is of no concern before the call had changed it', async () => {
    const folder = await temporaryFolder();
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    await one.stage();
    await rm(one.path);
    await writeFile(one.path, 'edited');
    expect(await settle([one])).toBe('undone');
    expect(await readFile(one.path, 'utf8')).toBe('edited');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('whose old content is gone as well is named', async () => {
    const folder = await temporaryFolder();
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    const waiting = await change(folder, 'b', { new: 'new' });
    await one.make();
    await waiting.stage();
    await rm(one.backup);
    expect(await settle([one, waiting])).toEqual({
      conflict: `${one.path} holds what the call was to write, and there is nothing older to put back.`,
    });
    expect(await readdir(folder)).toEqual(['a']);
  });
});

describe('links that were planted', () => {
  async function outside() {
    const secret = join(await temporaryFolder(), 'secret');
    await writeFile(secret, 'old');
    return secret;
  }

  test('in place of temporary files are removed and not followed', async () => {
    const [folder, secret] = [await temporaryFolder(), await outside()];
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    await symlink(secret, one.next);
    await symlink(secret, one.backup);
    const fresh = await change(folder, 'b', { new: 'new' });
    await symlink(secret, fresh.next);
    expect(await settle([one, fresh])).toBe('undone');
    expect(await readFile(secret, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
    expect((await lstat(one.path)).isFile()).toBe(true);
  });

  test('in place of a backup are not put in place of the file', async () => {
    const [folder, secret] = [await temporaryFolder(), await outside()];
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    const waiting = await change(folder, 'b', { new: 'new' });
    await one.make();
    await waiting.stage();
    await rm(one.backup);
    await symlink(secret, one.backup);
    expect(await settle([one, waiting])).toMatchObject({ conflict: expect.stringContaining('nothing older') });
    expect((await lstat(one.path)).isFile()).toBe(true);
    expect(await readFile(one.path, 'utf8')).toBe('new');
    expect(await readlink(one.backup)).toBe(secret);
  });

  test('in place of the file are left alone', async () => {
    const [folder, secret] = [await temporaryFolder(), await outside()];
    const one = await change(folder, 'a', { old: 'old', new: 'new' });
    const fresh = await change(folder, 'b', { new: 'old' });
    const waiting = await change(folder, 'c', { new: 'new' });
    await one.make();
    await waiting.stage();
    await rm(one.path);
    await symlink(secret, one.path);
    await symlink(secret, fresh.path);
    expect(await settle([one, fresh, waiting])).toMatchObject({ conflict: expect.stringContaining(fresh.path) });
    expect(await realpath(one.path)).toBe(secret);
    expect(await realpath(fresh.path)).toBe(secret);
    expect(await readFile(one.backup, 'utf8')).toBe('old');
  });

  test('in place of a folder lead nowhere', async () => {
    const [folder, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    await mkdir(join(folder, 'src'));
    const one = await change(join(folder, 'src'), 'a', { new: 'new' });
    await one.make();
    const waiting = await change(folder, 'b', { new: 'new' });
    await rename(join(folder, 'src'), join(folder, 'away'));
    await writeFile(join(elsewhere, 'a'), 'new');
    await symlink(elsewhere, join(folder, 'src'));
    const end = await settle([one, waiting], [join(folder, 'src')]);
    expect(end).toMatchObject({ conflict: expect.stringMatching(/cannot be put back: .* now leads to/) });
    expect(await readdir(elsewhere)).toEqual(['a']);
    expect((await lstat(join(folder, 'src'))).isSymbolicLink()).toBe(true);
  });
});

test('a folder in place of a temporary file stays', async () => {
  const folder = await temporaryFolder();
  const one = await change(folder, 'a', { old: 'old', new: 'new' });
  await mkdir(one.next);
  expect(await settle([one])).toBe('undone');
  expect(await readdir(one.next)).toEqual([]);
});
