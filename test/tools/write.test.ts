import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ToolError } from '../../src/errors.ts';
import type { ToolEffect } from '../../src/events.ts';
import { FileTime } from '../../src/tools/file-time.ts';
import { readTool } from '../../src/tools/read.ts';
import { writeTool } from '../../src/tools/write.ts';
import { temporaryFolder, toolContext } from './context.ts';
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from './files.ts';

async function scene(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const workspace = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(workspace, name), content);
  const fileTime = new FileTime();
  const agent = (agentId: string) => {
    const { ctx } = toolContext({ workspace, agentId, fileTime });
    return {
      read: async (path: string) => readTool.execute(readTool.schema.parse({ path }), ctx),
      write: async (path: string, content: string) => writeTool.execute(writeTool.schema.parse({ path, content }), ctx),
    };
  };
  const text = (name: string) => readFile(join(workspace, name), 'utf8');
  return { workspace, text, agent, ...agent('ann') };
}

describe('write', () => {
  test('creates a file and its folders', async () => {
    const { write, text } = await scene();
    expect(await write('src/deep/a.txt', 'one\ntwo\n')).toEqual({
      context: 'Created src/deep/a.txt (2 lines, 8 bytes).',
      result: { path: 'src/deep/a.txt', bytes: 8, created: true },
    });
    expect(await text('src/deep/a.txt')).toBe('one\ntwo\n');
  });

  test('replaces a file that was read, and shows what changed', async () => {
    const { read, write, text } = await scene({ 'a.txt': 'one\ntwo\n' });
    await read('a.txt');
    const { context, result } = await write('a.txt', 'one\n2\n3');
    expect(result).toEqual({ path: 'a.txt', bytes: 7, created: false });
    expect(context).toBe(
      [
        'Replaced a.txt (now 3 lines, 7 bytes; +2 −1):',
        '--- a/a.txt',
        '+++ b/a.txt',
        '@@ -1,2 +1,3 @@',
        ' one',
        '-two',
        '+2',
        '+3',
        '\\ No newline at end of file',
      ].join('\n'),
    );
    expect(await text('a.txt')).toBe('one\n2\n3');
  });

  test('a second write needs no second read', async () => {
    const { write } = await scene();
    await write('a.txt', '1');
    await expect(write('a.txt', '2')).resolves.toMatchObject({ result: { created: false } });
    expect((await write('a.txt', '2')).context).toContain('already had exactly this content');
  });

  test('a file that was not read is not replaced', async () => {
    const { write, text } = await scene({ 'a.txt': 'old' });
    await expect(write('a.txt', 'new')).rejects.toMatchObject({ code: 'stale_file', message: /You have not read/ });
    expect(await text('a.txt')).toBe('old');
  });

  test('a file changed by another agent is not replaced, and the agent is named', async () => {
    const { agent, text } = await scene({ 'a.txt': 'old' });
    const [ann, bob] = [agent('ann'), agent('bob')];
    await ann.read('a.txt');
    await bob.read('a.txt');
    await bob.write('a.txt', 'bob was here');
    await expect(ann.write('a.txt', 'new')).rejects.toThrow(
      'was changed by agent "bob" since you last read it. Read it again',
    );
    await ann.read('a.txt');
    await ann.write('a.txt', 'new');
    expect(await text('a.txt')).toBe('new');
  });

  // FAILURES: the check stood outside the lock, so two agents both passed it and both wrote.
  test('of many agents that create or replace one file at once exactly one wins', async () => {
    const { agent, text } = await scene({ 'old.txt': 'old' });
    const agents = Array.from({ length: 10 }, (_, at) => ({ name: `agent-${at}`, ...agent(`agent-${at}`) }));
    for (const { read } of agents) await read('old.txt');
    for (const path of ['old.txt', 'new.txt']) {
      const ends = await Promise.allSettled(agents.map(({ name, write }) => write(path, name)));
      const winners = agents.filter((_, at) => ends[at]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect(await text(path)).toBe(winners[0]?.name);
      expect(ends.filter((end) => end.status === 'rejected').map(({ reason }) => String(reason))).toEqual(
        Array(9).fill(expect.stringContaining(`agent "${winners[0]?.name}"`)),
      );
    }
  });

  test('a file deleted since it was read is not made again before the agent has looked', async () => {
    const { workspace, read, write } = await scene({ 'a.txt': 'x' });
    await read('a.txt');
    await rm(join(workspace, 'a.txt'));
    await expect(write('a.txt', 'y')).rejects.toThrow('was deleted by someone outside');
    await expect(read('a.txt')).rejects.toThrow('does not exist');
    await expect(write('a.txt', 'y')).resolves.toMatchObject({ result: { created: true } });
  });

  test('mode and links stay, and nothing temporary is left', async () => {
    const { workspace, read, write, text } = await scene({ 'run.sh': '#!/bin/sh\n' });
    await chmod(join(workspace, 'run.sh'), 0o755);
    await symlink('run.sh', join(workspace, 'link'));
    await read('link');
    await write('link', '#!/bin/bash\n');
    expect(await text('run.sh')).toBe('#!/bin/bash\n');
    expect((await stat(join(workspace, 'run.sh'))).mode & 0o777).toBe(0o755);
    expect(await readdir(workspace)).toEqual(['link', 'run.sh']);
  });

  test('folders, paths through files, and binary files that were read', async () => {
    const { workspace, read, write } = await scene({ 'a.txt': 'x', 'a.bin': Buffer.from([0, 1]) });
    await mkdir(join(workspace, 'folder'));
    await expect(write('folder', 'x')).rejects.toThrow('is a folder, not a regular file');
    await expect(write('a.txt/b', 'x')).rejects.toThrow('runs through something that is not a folder');
    await read('a.bin');
    expect((await write('a.bin', 'text')).context).toBe(
      'Replaced a.bin, which was no text before (now 1 line, 4 bytes).',
    );
  });

  test('a cancelled call writes nothing', async () => {
    const { workspace } = await scene();
    const { ctx } = toolContext({ workspace, signal: AbortSignal.abort() });
    await expect(writeTool.execute({ path: 'a', content: 'x' }, ctx)).rejects.toMatchObject({ status: 'cancelled' });
    expect(await readdir(workspace)).toEqual([]);
  });

  test('what it leaves on its way is recorded first; without the record nothing is written', async () => {
    const { workspace } = await scene();
    const effects: ToolEffect[] = [];
    const { ctx } = toolContext({ workspace, effect: (effect) => void effects.push(effect) });
    await writeTool.execute({ path: 'a', content: 'x' }, ctx);
    await writeTool.execute({ path: 'a', content: 'x' }, ctx);
    expect(effects).toMatchObject([{ kind: 'files', changes: [{ path: join(workspace, 'a') }] }]);
    const effect = () => {
      throw new ToolError('no record');
    };
    const unrecorded = { ...ctx, effect };
    await expect(writeTool.execute({ path: 'a', content: 'y' }, unrecorded)).rejects.toThrow('no record');
    expect(await readFile(join(workspace, 'a'), 'utf8')).toBe('x');
  });
});
