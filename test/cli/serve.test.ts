/** `greenroom serve`, and `--console` beside a run: real processes, asked over HTTP. */
import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createClient, type GreenroomClient } from '../../src/client/index.ts';
import { type CliProcess, greenroom, start, temporaryFolder } from './cli.ts';
import { MODEL, says, stage, turn, WRITE } from './stopped-run.ts';

/** What a process prints, as soon as it does. */
async function printed({ child: { stdout } }: Pick<CliProcess, 'child'>, wanted: RegExp): Promise<RegExpExecArray> {
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  let text = '';
  stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const found = wanted.exec(text);
    if (found !== null) resolve(found);
  });
  stdout.once('close', () => reject(new Error(`it ended and never printed ${wanted}; it printed: ${text}`)));
  return await promise;
}

const ADDRESS = /(http:\/\/\S+\/)#token=([0-9a-f]{64})/;

/** A client of what a process serves. */
async function clientOf(process: Pick<CliProcess, 'child'>): Promise<GreenroomClient & Disposable> {
  const [, url = '', token = ''] = await printed(process, ADDRESS);
  const client = createClient({ url, token, retryMs: 10 });
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
}

const relaysOf = (client: GreenroomClient) => client.readModel.store.getSnapshot().context.relays;

describe('serve --demo', () => {
  test('prints an address that holds the secret, waits to be started, and SIGTERM ends it in order', async () => {
    const process = start(['serve', '--demo']);
    using client = await clientOf(process);
    expect(await client.session()).toMatchObject({
      models: [{ id: 'demo', goal: expect.stringContaining('Assam') }],
      canSave: false,
    });
    expect(client.readModel.store.getSnapshot().context.agentIds).toEqual([]);
    expect(await client.start({ goal: 'go', model: 'demo' })).toHaveLength(2);
    await expect(client.start({ goal: 'go' })).rejects.toThrow('The demo is running');
    await expect.poll(() => relaysOf(client).length, { timeout: 60_000 }).toBeGreaterThan(0);
    process.child.kill('SIGTERM');
    const { code, stderr } = await process.end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('a port in use is refused with the remedy, and nothing is left behind', async () => {
    const taken = createTcpServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await greenroom(['serve', '--demo', '--port', String(port)]);
    taken.close();
    expect(code).toBe(2);
    expect(stderr).toContain('Choose another port, or 0 for a free one');
  });

  test('any other address than loopback prints a warning', async () => {
    const open = start(['serve', '--demo', '--host', '0.0.0.0']);
    await printed(open, /Warning: other machines can connect to 0\.0\.0\.0[\s\S]*#token=/);
    open.child.kill('SIGINT');
    expect((await open.end).code).toBe(0);
  });

  test.each([['x'], ['99999'], ['-1']])('--port %s is refused', async (port) => {
    const { code, stderr } = await greenroom(['serve', '--demo', `--port=${port}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('Give a port');
  });
});

describe('serve', () => {
  test('records everything; killed and started again with its journal it goes on with the question that waited', async () => {
    await using at = await stage(turn(WRITE), says('It is written.'));
    using folder = temporaryFolder();
    const journal = join(folder.path, 'run.sqlite');
    const args = ['serve', ...MODEL, '--workspace', at.workspace, '--journal', journal, '--sandbox', 'none'];
    const first = start(args, { env: at.env });
    using early = await clientOf(first);
    const [id = ''] = await early.start({ goal: 'write a.txt', name: 'writer' });
    await expect.poll(() => relaysOf(early)).toMatchObject([{ tool: 'write', path: ['writer'] }]);
    const [asked] = relaysOf(early);
    first.child.kill('SIGKILL');
    await first.end;

    const second = start(['serve', '--journal', journal], { env: at.env });
    using late = await clientOf(second);
    await expect.poll(() => relaysOf(late)).toMatchObject([{ id: asked?.id }]);
    expect(await late.answer(asked?.id ?? '', { approved: true })).toMatchObject({ accepted: true });
    await expect.poll(() => late.readModel.row(id).get()).toMatchObject({ state: 'done', status: 'completed' });
    second.child.kill('SIGTERM');
    const { code, stdout } = await second.end;
    expect(code).toBe(0);
    expect(stdout).toContain('greenroom replay');
    expect(stdout).not.toContain('go on with');

    const third = await greenroom(['serve', '--journal', journal], { env: at.env });
    expect(third.code).toBe(2);
    expect(third.stderr).toContain('already holds a session');
  });

  test('agents that are at work when it stops go on later', async () => {
    await using at = await stage(turn(WRITE), says('It is written.'));
    using folder = temporaryFolder();
    const journal = join(folder.path, 'run.sqlite');
    const first = start(['serve', ...MODEL, '--workspace', at.workspace, '--journal', journal, '--sandbox', 'none'], {
      env: at.env,
    });
    using client = await clientOf(first);
    await client.start({ goal: 'write a.txt' });
    await expect.poll(() => relaysOf(client)).toHaveLength(1);
    first.child.kill('SIGTERM');
    const { code, stdout } = await first.end;
    expect(code).toBe(0);
    expect(stdout).toContain(`Continue with: greenroom serve --journal ${journal}`);
    expect((await at.cli('relays', journal)).stdout).toContain('write');
    const elsewhere = await at.cli('serve', '--journal', journal, '--workspace', '/');
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('continues in its own workspace') });
  });
});

describe('run --console', () => {
  test('shows the run and lets it be answered in the console, without a terminal, too', async () => {
    await using at = await stage(turn(WRITE), says('It is written.'));
    const process = start(
      ['run', 'write a.txt', ...MODEL, '--workspace', at.workspace, '--sandbox', 'none', '--console'],
      { env: at.env },
    );
    using client = await clientOf(process);
    await expect.poll(() => relaysOf(client)).toHaveLength(1);
    const [relay] = relaysOf(client);
    expect(await client.actor(relay?.agentId ?? '')).toMatchObject({
      machine: 'agent',
      active: expect.arrayContaining(['awaitingRelay']),
    });
    await client.answer(relay?.id ?? '', { approved: true, by: 'ann' });
    const { code, stderr } = await process.end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
