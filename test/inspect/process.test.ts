/** What a server leaves in its process. */
import { expect, test } from 'vitest';
import { runModule } from '../support/processes.ts';

const inspect = new URL('../../src/inspect/index.ts', import.meta.url).href;

/** Runs a program that has a server with a viewer. */
async function run(rest: string) {
  const program = `
    import { createInspectServer } from ${JSON.stringify(inspect)};
    const before = process.getActiveResourcesInfo();
    const server = await createInspectServer();
    const viewer = new WebSocket(server.url);
    await new Promise((resolve) => viewer.addEventListener('open', resolve));
    ${rest}
  `;
  const { status, stdout, stderr } = await runModule(program, [], { env: { PATH: process.env['PATH'] } });
  return { status, stdout, stderr };
}

test('closing leaves no socket and no timer', async () => {
  const rest = `
    const gone = new Promise((resolve) => viewer.addEventListener('close', resolve));
    await server.close();
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify([before, process.getActiveResourcesInfo()].map((all) => all.filter((name) => !/Pipe|TTY|Immediate/.test(name)))));
  `;
  expect(await run(rest)).toEqual({ status: 0, stdout: '[[],[]]\n', stderr: '' });
});

test('one that nobody closes keeps no process alive', async () => {
  const rest = `
    import('node:net').then(({ connect }) => connect(server.port, '127.0.0.1').unref());
    viewer.close();
    console.log('done');
  `;
  expect(await run(rest)).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
});
