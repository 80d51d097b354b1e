import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { agentTool } from '../../src/index.ts';
import { call, TestScheduler, fakeTool, runTeam, type Script, virtualClock } from '../../src/testing/index.ts';

const script: Script = function* ({ task }) {
  if (task === 'go') {
    const [child, shell] = yield {
      text: 'I ask somebody. ',
      calls: [call('agent', { task: 'look', name: 'looker' }), call('shell', { command: 'rm -rf /' })],
    };
    return { text: `${child?.text}; ${shell?.text.includes('never')}` };
  }
  const [page] = yield { calls: [call('fetch', { url: 'a' }), call('fetch', { url: 'b' })] };
  return { text: `found ${page?.text}` };
};

function team(): Parameters<typeof runTeam>[0] {
  const clock = virtualClock();
  const fetch = fakeTool({
    name: 'fetch',
    schema: z.object({ url: z.string() }),
    takesMs: 60_000,
    clock,
    result: ({ url }: { url: string }) => `page ${url}`,
  });
  return {
    model: script,
    task: 'go',
    clock,
    tools: [fetch, fakeTool({ name: 'shell' }), agentTool],
    permissions: { allowlist: [{ tool: 'agent' }] },
    human: [
      { when: { tool: 'fetch', params: { url: 'a' } }, answer: 'always' },
      { when: { tool: 'fetch', agent: 'looker' }, answer: 'yes' },
      { when: 'shell', answer: { approved: false, reason: 'never' } },
    ],
  };
}

describe('runTeam', () => {
  test('plays a whole team at once, whatever time it takes, and gives the same bytes each time', async () => {
    const runs = [await runTeam(team()), await runTeam(team())];
    expect(runs[0]?.outcome).toMatchObject({ status: 'completed', text: 'found page a; true' });
    const spent = (runs[0]?.entries.at(-1)?.at ?? 0) - (runs[0]?.entries[0]?.at ?? 0);
    expect(spent).toBe(60_000);
    expect(JSON.stringify(runs[1])).toBe(JSON.stringify(runs[0]));
  });

  test('fails at an unexpected question, names it and says what to do', async () => {
    const { human: _human, ...rest } = team();
    await expect(runTeam(rest)).rejects.toThrow(
      /unexpected question: agent: shell\(\{"command":"rm -rf \/"\}\).*\nAdd it to the list/,
    );
  });

  test('fails when an expected question is not asked', async () => {
    const more = { ...team(), human: [...(team().human as []), { when: 'bash', answer: 'yes' } as const] };
    await expect(runTeam(more)).rejects.toThrow('bash was asked 0 times, expected 1');
  });

  test('fails when a script runs dry, and when an agent ends before its script does', async () => {
    const dry: Script = function* () {
      yield { calls: [call('shell')] };
    };
    const options = {
      task: 'go',
      tools: [fakeTool({ name: 'shell' })],
      permissions: { allowlist: [{ tool: 'shell' }] },
    };
    await expect(runTeam({ ...options, model: dry })).rejects.toThrow('the script has no step 2 for the task "go"');
    const long: Script = function* () {
      for (;;) yield { calls: [call('shell')] };
    };
    await expect(runTeam({ ...options, model: long, maxIterations: 2 })).rejects.toThrow(
      'ended after step 3 of its script, before its last step',
    );
  });

  test('work that comes when all is let in at once is not waited for', async () => {
    const scheduler = new TestScheduler();
    scheduler.open();
    expect(scheduler.begin({ kind: 'check', id: 'a/b' })({})).toBeUndefined();
    await scheduler.settle();
    expect(scheduler.isAway).toBe(false);
  });

  test('fails when work outside does not come back, and says which', async () => {
    const scheduler = new TestScheduler({ patienceMs: 1 });
    scheduler.begin({ kind: 'tool', id: 'a/b' });
    await expect(scheduler.arrival()).rejects.toThrow('Timed out after 1 ms waiting for tool a/b.');
  });
});
