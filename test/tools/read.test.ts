import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matchesSegments, parseGlob, pathSegments } from '../../src/permissions/paths/glob.ts';
import { FileTime } from '../../src/tools/file-time.ts';
import { readTool } from '../../src/tools/read.ts';
import { temporaryFolder, toolContext } from './context.ts';
import { mkdir, mkfifo, symlink, writeFile } from './files.ts';

async function scene(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const workspace = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(workspace, name), content);
  const { ctx } = toolContext({ workspace });
  const read = async (input: unknown) => readTool.execute(readTool.schema.parse(input), ctx);
  return { workspace, ctx, read };
}

describe('read', () => {
  test('numbers the lines and says nothing more when that is all', async () => {
    const { read } = await scene({ 'a.txt': 'one\n\nthree\n' });
    expect(await read({ path: 'a.txt' })).toEqual({
      context: '1\tone\n2\t\n3\tthree',
      result: { kind: 'text', path: 'a.txt', bytes: 11, totalLines: 3, from: 1, to: 3 },
    });
  });

  test('a part of a file says which part, and where to go on', async () => {
    const { read } = await scene({ 'a.txt': '1\n2\n3\n4\n' });
    expect((await read({ path: 'a.txt', offset: 2, limit: 2 })).context).toBe(
      '2\t2\n3\t3\n\n(Lines 2–3 of 4. Continue with offset 4.)',
    );
    expect((await read({ path: 'a.txt', offset: 4 })).context).toBe('4\t4\n\n(Lines 4–4 of 4: the end of the file.)');
    await expect(read({ path: 'a.txt', offset: 5 })).rejects.toThrow('a.txt has only 4 lines; there is no line 5.');
  });

  test('2000 lines are shown when nothing is said, and never more than 100 000 characters', async () => {
    const { read } = await scene({ 'a.txt': 'x\n'.repeat(2001), 'wide.txt': `${'y'.repeat(1500)}\n`.repeat(100) });
    expect(await read({ path: 'a.txt' })).toMatchObject({ result: { to: 2000, totalLines: 2001 } });
    const wide = await read({ path: 'wide.txt' });
    expect(wide.result).toMatchObject({ to: 66 });
    expect(wide.context).toContain('Continue with offset 67.');
  });

  test('a long line is cut, and how to see the rest is said', async () => {
    const { read } = await scene({ "it's.txt": `${'x'.repeat(5000)}\nshort\n` });
    const { context } = await read({ path: "it's.txt" });
    expect(context).toContain(`1\t${'x'.repeat(2000)}… [cut: 3000 of 5000 characters not shown]\n2\tshort`);
    expect(context).toContain("sed -n 1p 'it'\\''s.txt' | cut -c2001-4000");
  });

  test('what a writer has to keep is said: CRLF, a missing last newline, a byte order mark, broken UTF-8', async () => {
    const { read } = await scene({
      'dos.txt': 'a\r\nb\r\n',
      'open.txt': 'a\nb',
      'bom.txt': '\uFEFFa\n',
      'latin.txt': Buffer.from('caf\xe9\n', 'latin1'),
      'empty.txt': '',
    });
    expect((await read({ path: 'dos.txt' })).context).toBe('1\ta\n2\tb\n\n(Lines end in CRLF.)');
    expect((await read({ path: 'open.txt' })).context).toBe('1\ta\n2\tb\n\n(No newline at the end of the file.)');
    expect((await read({ path: 'bom.txt' })).context).toBe('1\ta\n\n(Begins with a byte order mark.)');
    expect((await read({ path: 'latin.txt' })).context).toContain('Not valid UTF-8');
    expect((await read({ path: 'empty.txt' })).context).toBe('empty.txt is empty.');
  });

  test.each([
    ['image/png', Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1')],
    ['image/jpeg', Buffer.from('\xff\xd8\xff\xe0rest', 'latin1')],
    ['image/gif', Buffer.from('GIF89a rest')],
    ['image/webp', Buffer.from('RIFF\0\0\0\0WEBPVP8 ')],
  ])('a file that is %s by its bytes comes as an image, whatever its name', async (mediaType, bytes) => {
    const { read } = await scene({ 'picture.txt': bytes });
    expect(await read({ path: 'picture.txt' })).toEqual({
      context: [
        { type: 'text', text: `picture.txt (${mediaType}, ${bytes.length} bytes)` },
        { type: 'image', data: bytes.toString('base64'), mediaType },
      ],
      result: { kind: 'media', path: 'picture.txt', bytes: bytes.length, mediaType },
    });
  });

  test('a PDF comes as a file', async () => {
    const { read } = await scene({ 'a.pdf': '%PDF-1.7 …' });
    const data = Buffer.from('%PDF-1.7 …').toString('base64');
    expect((await read({ path: 'a.pdf' })).context).toContainEqual({
      type: 'file',
      data,
      mediaType: 'application/pdf',
      filename: 'a.pdf',
    });
  });

  test('binary files, too big files and too big images are said plainly', async () => {
    const { read } = await scene({
      'a.bin': Buffer.from([1, 0, 2]),
      'big.log': Buffer.alloc(10 * 1024 * 1024 + 1, 'x'),
      'big.gif': Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(4_000_000)]),
    });
    expect(await read({ path: 'a.bin' })).toEqual({
      context: 'a.bin is a binary file of 3 bytes; its content is not shown.',
      result: { kind: 'binary', path: 'a.bin', bytes: 3 },
    });
    expect((await read({ path: 'big.log' })).context).toContain('big.log is too big to be read here: 10.5 MB');
    expect((await read({ path: 'big.gif' })).context).toContain('is too big to be shown');
  });

  test('a folder is said to be one, with its names', async () => {
    const { read, workspace } = await scene({ 'b.txt': '', '.hidden': '' });
    await mkdir(join(workspace, 'a'));
    expect(await read({ path: '.' })).toEqual({
      context: '. is a folder with 3 entries:\n.hidden\na/\nb.txt',
      result: { kind: 'folder', path: '.', entries: ['.hidden', 'a/', 'b.txt'] },
    });
    expect((await read({ path: 'a' })).context).toBe('a is a folder with 0 entries.');
  });

  test('a missing file names its neighbours, or how far the path exists', async () => {
    const { read } = await scene({ 'orders.ts': '', 'README.md': '', 'zebra.txt': '' });
    await expect(read({ path: 'order.js' })).rejects.toThrow('order.js does not exist. Did you mean: orders.ts?');
    await expect(read({ path: 'readme.MD' })).rejects.toThrow('Did you mean: README.md?');
    await expect(read({ path: 'src/orders.ts' })).rejects.toThrow('src/orders.ts (there is no src) does not exist.');
  });

  test('a pipe is refused instead of waited for', async () => {
    const { read, workspace } = await scene();
    mkfifo(join(workspace, 'pipe'));
    await expect(read({ path: 'pipe' })).rejects.toThrow('is a pipe, not a regular file');
    await expect(read({ path: '/dev/zero' })).rejects.toThrow('is a device, not a regular file');
  });

  test('a file that says it is empty and is not is read to its end', async () => {
    const { read } = await scene();
    expect((await read({ path: '/proc/self/status' })).context).toContain('Name:');
  });

  test('what was read, also in part, is what this agent has seen', async () => {
    const { read, ctx, workspace } = await scene({ 'a.txt': '1\n2\n' });
    await expect(ctx.fileTime.assert(join(workspace, 'a.txt'))).rejects.toMatchObject({ code: 'stale_file' });
    await read({ path: 'a.txt', limit: 1 });
    await expect(ctx.fileTime.assert(join(workspace, 'a.txt'))).resolves.toBeUndefined();
  });

  test('a cancelled call ends as cancelled', async () => {
    const { workspace } = await scene({ 'a.txt': 'x' });
    const { ctx } = toolContext({ workspace, signal: AbortSignal.abort() });
    const input = readTool.schema.parse({ path: 'a.txt' });
    await expect(readTool.execute(input, ctx)).rejects.toMatchObject({ status: 'cancelled' });
  });

  test.each([[{}], [{ path: '' }], [{ path: 'a\0b' }], [{ path: 'a', offset: 0 }], [{ path: 'a', file: 'b' }]])(
    'refuses the arguments %j',
    (input) => {
      expect(readTool.schema.safeParse(input).success).toBe(false);
    },
  );
});

describe('what rules see of the file tools', () => {
  test('the subject is the absolute normalised path', async () => {
    const { ctx, workspace } = await scene();
    const input = readTool.schema.parse({ path: 'src/../src/./a.ts' });
    expect(await readTool.subjects?.(input, ctx)).toEqual([{ path: `${workspace}/src/a.ts` }]);
  });

  test.each(['a[1].ts', '{b}.ts', '*?.ts', '~/x', '!no.ts', '(group)/page.tsx', '@scope/a,b.ts'])(
    'the derived rule of %s covers that file and no other',
    async (path) => {
      const { ctx } = await scene();
      const rules = await readTool.derivePermission?.(readTool.schema.parse({ path }), ctx);
      const pattern = [rules].flat()[0]?.params?.['path'];
      const globs = parseGlob(String(pattern));
      const matches = (name: string) => globs.some(({ segments }) => matchesSegments(segments, pathSegments(name)));
      expect(matches(path)).toBe(true);
      expect(
        [path.replace('*', 'x'), 'a1.ts', 'b.ts', 'xx.ts'].filter((other) => other !== path && matches(other)),
      ).toEqual([]);
    },
  );

  test('outside of the workspace the derived rule has the absolute path', async () => {
    const { ctx } = await scene();
    const rules = await readTool.derivePermission?.(readTool.schema.parse({ path: '/etc/hostname' }), ctx);
    expect(rules).toEqual([{ tool: 'read', params: { path: '/etc/hostname' } }]);
  });

  test('a link is covered under both of its names', async () => {
    const { ctx, workspace } = await scene({ 'target.txt': '' });
    await symlink('target.txt', join(workspace, 'link'));
    const rules = await readTool.derivePermission?.(readTool.schema.parse({ path: 'link' }), ctx);
    expect(rules).toEqual([{ tool: 'read', params: { path: '{link,target.txt}' } }]);
  });

  test('no rule is derived for what a rule cannot cover or a human cannot see', async () => {
    const { ctx, workspace } = await scene();
    await symlink('nowhere', join(workspace, 'dangling'));
    for (const path of ['.', 'dangling', 'a\u200Bb', 'tail ', 'back\\slash', '/dev/null']) {
      expect(await readTool.derivePermission?.(readTool.schema.parse({ path }), ctx)).toBeNull();
    }
  });
});

test('agents that share a file table have views of their own', async () => {
  const { workspace } = await scene({ 'a.txt': 'x' });
  const fileTime = new FileTime();
  const [ann, bob] = ['ann', 'bob'].map((agentId) => toolContext({ workspace, agentId, fileTime }).ctx);
  if (ann === undefined || bob === undefined) throw new Error('two contexts');
  await readTool.execute(readTool.schema.parse({ path: 'a.txt' }), ann);
  await expect(bob.fileTime.assert(join(workspace, 'a.txt'))).rejects.toMatchObject({ code: 'stale_file' });
});
