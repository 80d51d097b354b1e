import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentOrchestrator, call, patchTool, readTool, type Script, writeTool } from '../../src/index.ts';
import { createPatchTool } from '../../src/tools/patch.ts';
import { temporaryFolder } from '../tools/context.ts';
import { relaysWaiting, start, until } from '../support/team.ts';
import { cutAfter, entriesOf, harnessOf, session } from './sessions.ts';

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

describe('files that a call was changing', () => {
  const TWO = '*** Begin Patch\n*** Update File: a.txt\n@@\n-old\n+new\n*** Add File: b.txt\n+made\n*** End Patch';
  const script: Script = function* () {
    yield { calls: [call('read', { path: 'a.txt' })] };
    yield { calls: [call('patch', { patch: TWO })] };
    yield { text: 'done' };
  };
  const names = (folder: string) => readdirSync(folder).toSorted();

  async function patching(patch: typeof patchTool) {
    const workspace = await temporaryFolder();
    writeFileSync(join(workspace, 'a.txt'), 'old\n');
    const tools = [readTool, patch];
    const made = session(script, tools, { workspace, permissions });
    const id = start(made.first, 'go', { tools });
    return { ...made, workspace, id, again: { harness: harnessOf(script), tools, workspace, permissions } };
  }

  test('stay as others left them since, while a human is asked what became of the call', async () => {
    const { first, journal, workspace, id, again } = await patching(patchTool);
    await first.result(id);
    await first.cleanup();
    const at = entriesOf(journal).find(({ event }) => event.type === 'tool_effect')?.seq ?? 0;
    const cut = cutAfter(journal, at);
    const second = await AgentOrchestrator.open({ ...again, journal: cut });
    const asked = second.getPendingRelays();
    expect(asked).toMatchObject([{ kind: 'unknown_outcome', why: expect.stringContaining('are complete') }]);
    await second.suspend();
    writeFileSync(join(workspace, 'a.txt'), 'mine\n');
    await using third = await AgentOrchestrator.open({ ...again, journal: cut });
    expect(third.getPendingRelays()).toEqual(asked);
    expect(readFileSync(join(workspace, 'a.txt'), 'utf8')).toBe('mine\n');
    expect(readFileSync(join(workspace, 'b.txt'), 'utf8')).toBe('made\n');
  });

  test('are all old or all new, too, when the call was cancelled right before the process was killed', async () => {
    const gate = Promise.withResolvers<void>();
    const renamed: string[] = [];
    const held = createPatchTool({
      steps: {
        rename: async (from, to) => {
          if (renamed.push(to) === 2) await gate.promise;
          await fs.rename(from, to);
        },
      },
    });
    const { first, journal, workspace, id, again } = await patching(held);
    await until(first, ({ event }) => event.type === 'tool_effect');
    await expect.poll(() => renamed.length).toBe(2);
    first.kill(id);
    await first.result(id);
    expect(readFileSync(join(workspace, 'a.txt'), 'utf8')).toBe('new\n');
    await using second = await AgentOrchestrator.open({ ...again, journal: cutAfter(journal, journal.lastSeq) });
    expect(await second.result(id)).toMatchObject({ status: 'cancelled' });
    expect(readFileSync(join(workspace, 'a.txt'), 'utf8')).toBe('old\n');
    expect(names(workspace)).toEqual(['a.txt']);
    gate.resolve();
    await first.cleanup();
  });
});
