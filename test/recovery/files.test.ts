import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { call, patchTool, readTool, type Script, writeTool } from '../../src/index.ts';
import { temporaryFolder } from '../tools/context.ts';
import { relaysWaiting, start } from '../support/team.ts';
import { session } from './sessions.ts';

const permissions = { allowlist: [{ tool: 'read' }, { tool: 'patch' }] };
const PATCH = '*** Begin Patch\n*** Update File: a.txt\n@@\n-old\n+new\n*** End Patch';

describe('what an agent knew of files', () => {
  /** Reads a file, waits for a human about another one, then patches the first. */
  const script: Script = function* () {
    yield { calls: [call('read', { path: 'a.txt' })] };
    yield { calls: [call('write', { path: 'b.txt', content: 'b' })] };
    const [patched] = yield { calls: [call('patch', { patch: PATCH })] };
    yield { text: patched?.text ?? '' };
  };

  async function resumed(meanwhile: (file: string) => void) {
    const workspace = await temporaryFolder();
    const file = join(workspace, 'a.txt');
    writeFileSync(file, 'old\n');
    const tools = [readTool, writeTool, patchTool];
    const { first, reopen } = session(script, tools, { workspace, permissions });
    const id = start(first, 'go', { tools });
    const [asked] = await relaysWaiting(first, 1);
    await first.suspend();
    meanwhile(file);
    const second = await reopen();
    second.resolveRelay(asked?.id ?? '', { approved: true });
    const { text } = await second.result(id);
    await second.cleanup();
    return { text, now: readFileSync(file, 'utf8') };
  }

  test('holds after a restart: it need not read again what is as it was', async () => {
    const { text, now } = await resumed(() => undefined);
    expect(text).not.toContain('Read it');
    expect(now).toBe('new\n');
  });

  test('also protects from what changed while nothing ran', async () => {
    const { text, now } = await resumed((file) => writeFileSync(file, 'old\nand mine\n'));
    expect(text).toContain('was changed by someone outside');
    expect(now).toBe('old\nand mine\n');
  });
});
