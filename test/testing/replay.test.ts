import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { agentTool, createBashTool, defineTool, readTool, type Tool } from '../../src/index.ts';
import {
  call,
  expectAgents,
  fakeTool,
  loadRecording,
  record,
  replay,
  ReplayDifference,
  type Script,
} from '../../src/testing/index.ts';
import { temporaryFolder } from '../tools/context.ts';

const script: Script = function* ({ task }) {
  if (task !== 'go') {
    const [file] = yield { text: 'Reading on. ', calls: [call('read', { path: 'a.txt' })] };
    return { text: `a.txt says ${file?.text}` };
  }
  const [child, listing] = yield {
    text: 'I look around, and let somebody read. ',
    reasoning: 'two at once',
    calls: [call('agent', { task: 'look', name: 'kid' }), call('bash', { command: 'echo one; echo two >&2; ls' })],
  };
  yield { text: `${child?.text} / ${listing?.text}`, calls: [call('bash', { command: 'rm a.txt' })] };
  return { text: 'done' };
};

const tools: readonly Tool[] = [readTool, createBashTool({ sandbox: 'none' }), agentTool];

async function recorded(file?: string) {
  const workspace = await temporaryFolder();
  writeFileSync(join(workspace, 'a.txt'), 'hello\n');
  return await record({
    model: script,
    task: 'go',
    tools,
    workspace,
    permissions: { allowlist: [{ tool: 'agent' }, { tool: 'read' }] },
    human: [
      { when: { tool: 'bash', params: { command: /^echo/ } }, answer: 'yes' },
      { when: { tool: 'bash', params: { command: /^rm/ } }, answer: 'yes' },
    ],
    ...(file === undefined ? {} : { file }),
  });
}

describe('a recording', () => {
  test('of real tools plays again to the byte, without them, from its file', async () => {
    const file = join(await temporaryFolder(), 'run.json');
    const run = await recorded(file);
    expectAgents(run).runs('bash', 2).endsWith('agent', 'completed', 'done');
    const again = await replay(file, {
      tools: tools.map((tool) => ({ ...tool, execute: () => Promise.reject(new Error('run')) })),
    });
    expect(JSON.stringify(again.entries)).toBe(JSON.stringify(run.entries));
    expect(readFileSync(file, 'utf8')).not.toContain('undefined');
  });

  test('can be branched: what if the answer had been no?', async () => {
    const { recording } = await recorded();
    const last = recording.inputs.findLast((input) => input.kind === 'answer');
    const branched = await replay(recording, {
      tools,
      branch: { relayId: last?.kind === 'answer' ? last.relayId : '', answer: { approved: false }, model: script },
    });
    expectAgents(branched)
      .runs('bash', 1)
      .neverRuns({ tool: 'bash', params: { command: 'rm a.txt' } })
      .endsWith('agent', 'completed');
  });

  test('is refused when it is of another version, is none, or has tools that are not given', async () => {
    const folder = await temporaryFolder();
    const { recording } = await recorded(join(folder, 'run.json'));
    const write = (name: string, value: unknown) => {
      writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
      return join(folder, name);
    };
    expect(() => loadRecording(write('old.json', { ...recording, format: 0 }))).toThrow(
      'it has format 0; this version plays format 1. Record it again.',
    );
    expect(() => loadRecording(write('none.json', '{'))).toThrow('cannot be used');
    expect(() => loadRecording(write('less.json', { format: 1 }))).toThrow('Record it again');
    await expect(replay(recording)).rejects.toThrow('the tool "read" is missing');
    await expect(
      replay(recording, { tools, branch: { relayId: 'nobody', answer: { approved: true }, model: script } }),
    ).rejects.toThrow('no question "nobody" was answered');
  });
});

describe('a replay fails at the first difference', () => {
  const counting = (count: () => number) =>
    defineTool({
      name: 'count',
      description: 'Counts.',
      schema: z.object({ step: z.number() }),
      execute: () => ({ context: `${count()}` }),
    });
  const calls: Script = function* () {
    const [one] = yield { calls: [call('count', { step: 1 })] };
    yield { text: one?.text ?? '' };
  };
  const options = { model: calls, task: 'go', permissions: { allowlist: [{ tool: 'count' }] } };

  test('when a tool gives something else, with both and a remedy', async () => {
    let count = 0;
    const tool = counting(() => (count += 1));
    const { recording } = await record({ ...options, tools: [tool] });
    const error = await replay(recording, { tools: [tool], liveTools: true }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ReplayDifference);
    expect(String(error)).toMatch(/differs from its recording at seq \d+, after the release of tool .*call_0_0/);
    expect(String(error)).toMatch(/-\s+"context": "1"\n\+\s+"context": "2"/);
    expect(String(error)).toContain('record again');
  });

  test('when a rule or a schema has changed', async () => {
    const { recording } = await record({ ...options, tools: [counting(() => 1)] });
    const strict = { ...counting(() => 1), schema: z.object({ step: z.string() }) };
    await expect(replay(recording, { tools: [strict], liveChecks: true })).rejects.toThrow(
      /differs from its recording at seq/,
    );
    const unruly = { ...recording, options: { ...recording.options, permissions: {} } };
    await expect(replay(unruly, { tools: [counting(() => 1)] })).rejects.toThrow(/differs|nothing happens after/);
  });

  test('when a recorded result no longer arrives', async () => {
    const { recording } = await record({ ...options, tools: [counting(() => 1)] });
    const cut = { ...recording, models: {} };
    await expect(replay(cut, { tools: [counting(() => 1)] })).rejects.toThrow(/seq/);
  });
});

test('a recording of a team of fakes plays again, too', async () => {
  const team = {
    model: function* () {
      const results = yield { calls: ['a', 'b', 'c'].map((text) => call('fake', { text })) };
      yield { text: results.map(({ text }) => text).join() };
    } satisfies Script,
    task: 'go',
    tools: [fakeTool({ name: 'fake', result: ({ text }: { text: string }) => text })],
    human: [{ when: 'fake', answer: 'yes', times: 'any' } as const],
  };
  const { recording, entries, outcome } = await record(team);
  expect(outcome.text).toBe('a,b,c');
  expect((await replay(recording, { tools: team.tools })).entries).toEqual(entries);
});
