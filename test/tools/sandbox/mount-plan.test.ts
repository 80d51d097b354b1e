import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { mountPlan, type MountPlan } from '../../../src/tools/sandbox/mount-plan.ts';
import { gitPaths, protectedPaths, type ProtectedPath } from '../../../src/tools/sandbox/protected-paths.ts';
import { temporaryFolder } from '../context.ts';

async function files(root: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), 'x');
  }
}

function plan(
  workspace: string,
  protect: readonly ProtectedPath[],
  more: { home?: string; path?: string } = {},
): MountPlan {
  const { home = '/nobody', path = '/usr/bin' } = more;
  return mountPlan({ workspace, cwd: workspace, home, path, network: false, protect, emptyFile: '/empty' });
}

/** The mounts at and below the workspace, as `kind name`. */
function walls(workspace: string, { mounts }: MountPlan): string[] {
  const from = mounts.findIndex(({ kind, path }) => kind === 'write' && path === workspace);
  return mounts.slice(from + 1).map(({ kind, path }) => `${kind} ${path.replace(`${workspace}/`, '')}`);
}

function placesOf(workspace: string, home: string) {
  const under = (name: string) => join(home, name);
  return { workspace, home, config: under('.config'), state: under('.local/state'), data: under('.local/share') };
}

test('hooks and settings of a repository are read-only, and the folder around them cannot be moved away', async () => {
  const workspace = await temporaryFolder();
  await files(workspace, ['.git/HEAD', '.git/config', '.git/hooks/pre-commit']);
  const made = plan(workspace, gitPaths(workspace, true));
  expect(walls(workspace, made)).toEqual([
    'write .git',
    'read .git/hooks',
    'read .git/modules',
    'read .git/worktrees',
    'read .git/config',
    'read .git/config.worktree',
  ]);
  expect(made.standIns.map(({ path, kind }) => `${kind} ${path.slice(workspace.length)}`)).toEqual([
    'folder /.git/modules',
    'folder /.git/worktrees',
    'file /.git/config.worktree',
  ]);
  expect(made.watched).toContain(join(workspace, '.git/commondir'));
});

test('without a repository no command can make one', async () => {
  const workspace = await temporaryFolder();
  const made = plan(workspace, gitPaths(workspace, false));
  expect(walls(workspace, made)).toEqual(['read .git']);
  expect(made.standIns).toEqual([{ path: join(workspace, '.git'), kind: 'folder' }]);
});

test('secrets of the home are hidden where they exist; what does not exist needs nothing, the root is read-only', async () => {
  const [workspace, home] = [await temporaryFolder(), await temporaryFolder()];
  await files(home, ['.ssh/id', '.npmrc', '.bashrc']);
  const made = plan(workspace, protectedPaths(placesOf(workspace, home)), { home });
  expect(walls(workspace, made)).toEqual([
    'read .greenroom',
    `hidden-folder ${home}/.ssh`,
    `hidden-file ${home}/.npmrc`,
  ]);
});

test('a home that is the workspace is protected file by file, also where files do not exist', async () => {
  const workspace = await temporaryFolder();
  await files(workspace, ['.ssh/id', '.bashrc']);
  const made = plan(workspace, protectedPaths(placesOf(workspace, workspace)), { home: workspace });
  const found = walls(workspace, made);
  expect(found).toContain('hidden-folder .ssh');
  expect(found).toContain('read .bashrc');
  expect(found).toContain('read .zshrc');
  expect(found).toContain('read .config');
  // An empty ~/.bash_profile would keep bash from reading ~/.profile.
  expect(found).not.toContain('read .bash_profile');
  expect(made.watched).toContain(join(workspace, '.bash_profile'));
});

test('a link is followed to what it names, and watched itself', async () => {
  const workspace = await temporaryFolder();
  await files(workspace, ['real/policy.json']);
  await symlink('real', join(workspace, '.greenroom'));
  const made = plan(workspace, [{ path: join(workspace, '.greenroom'), access: 'read', standIn: 'folder' }]);
  expect(walls(workspace, made)).toEqual(['read real']);
  expect(made.watched).toEqual([join(workspace, '.greenroom')]);
});

test('a circle of links, the workspace itself and what lies around it are left alone', async () => {
  const workspace = await temporaryFolder();
  await symlink('b', join(workspace, 'a'));
  await symlink('a', join(workspace, 'b'));
  const paths = [join(workspace, 'a'), workspace, dirname(workspace), '/'];
  const made = plan(
    workspace,
    paths.map((path) => ({ path, access: 'none', standIn: 'folder' })),
  );
  expect(walls(workspace, made)).toEqual([]);
});

test('programs below /tmp stay visible: a clone there has its node in node_modules', async () => {
  const workspace = await temporaryFolder();
  await files(workspace, ['clone/node_modules/.bin/node']);
  const path = `${workspace}/clone/node_modules/.bin:relative/bin:/no/such/folder`;
  const { mounts } = plan(await temporaryFolder(), [], { path });
  expect(mounts).toContainEqual({ kind: 'read', path: `${workspace}/clone/node_modules` });
  expect(mounts.filter(({ kind }) => kind === 'read')).toHaveLength(1);
});
