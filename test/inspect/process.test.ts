/** What a server leaves in its process. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const inspect = new URL('../../src/inspect/index.ts', import.meta.url).href;

/** Runs a program that has a server with a viewer. */
function run(rest: string) {
  const program = `
    import { createInspectServer } from ${JSON.stringify(inspect)};
    const before = process.getActiveResourcesInfo();
    const server = await createInspectServer();
    const viewer = new WebSocket(server.url);
    await new Promise((resolve) => viewer.addEventListener('open', resolve));
    ${rest}
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: process.env['PATH'] },
  });
  return { status, stdout, stderr };
}

test('closing leaves no socket and no timer', () => {
  const rest = `
    const gone = new Promise((resolve) => viewer.addEventListener('close', resolve));
    await server.close();
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify([before, process.getActiveResourcesInfo()].map((all) => all.filter((name) => !/Pipe|TTY|Immediate/.test(name)))));
  `;
  expect(run(rest)).toEqual({ status: 0, stdout: '[[],[]]\n', stderr: '' });
});

test('one that nobody closes keeps no process alive', () => {
  const rest = `
    import('node:net').then(({ connect }) => connect(server.port, '127.0.0.1').unref());
    viewer.close();
    console.log('done');
  `;
  expect(run(rest)).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
});
