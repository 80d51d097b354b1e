import { describe, expect, test } from 'vitest';
import { agentTool } from '../../src/index.ts';
import { call, expectAgents, fakeTool, runTeam, type Script } from '../../src/testing/index.ts';

const script: Script = function* ({ task }) {
  if (task !== 'go') return { text: 'seen' };
  yield { calls: [call('read', { path: 'a' }), call('agent', { task: 'look', name: 'kid' })] };
  yield { calls: [call('write', { path: 'a' }), call('write', { path: '/etc/passwd' })] };
  return { text: 'all done' };
};

const run = await runTeam({
  model: script,
  task: 'go',
  tools: [fakeTool({ name: 'read' }), fakeTool({ name: 'write' }), agentTool],
  permissions: { allowlist: [{ tool: 'read' }, { tool: 'agent' }] },
  human: [
    { when: { tool: 'write', params: { path: 'a' } }, answer: 'yes' },
    { when: { tool: /^wr/, params: { path: /^\/etc/ } }, answer: 'no' },
  ],
});
const facts = expectAgents(run);
const passwd = { tool: 'write', params: { path: /passwd/ } };

describe('facts of a run', () => {
  test('hold, and can be chained', () => {
    facts
      .neverRuns(passwd)
      .neverRuns('bash')
      .runs('read', 1)
      .runs({ tool: 'write', params: { path: 'a' }, agent: 'agent' }, 1)
      .asks('write', 2)
      .neverAsks('read')
      .asksBeforeRunning('write')
      .asksBefore(passwd, { tool: 'write', params: { path: 'a' } })
      .runsBefore('read', 'write')
      .endsWith('agent', 'completed', 'all done')
      .endsWith('kid', 'completed', /se/)
      .hasTree({ name: 'agent', agents: [{ name: 'kid' }] })
      .staysWithin({ agents: 2, calls: 3, turns: 4, tokens: 10_000 });
    expectAgents(run.entries).runs('read');
  });

  test.each<[string, () => unknown, string | RegExp]>([
    ['neverRuns', () => facts.neverRuns('read'), /read must not run, but ran \(seq \d+\):\n {2}agent: read\(/],
    ['runs', () => facts.runs('bash'), 'bash ran 0 times, expected at least one. There were:\n  agent: read'],
    ['runs so often', () => facts.runs('read', 2), 'read ran 1 times, expected 2'],
    ['runs, of a refused call', () => facts.runs(passwd), 'ran 0 times'],
    ['asks', () => facts.asks('read'), 'read was asked about 0 times'],
    ['neverAsks', () => facts.neverAsks('write'), 'A human must not be asked about write, but was:\n  agent: write'],
    ['asksBeforeRunning', () => facts.asksBeforeRunning('read'), 'Ran without a question:\n  agent: read'],
    [
      'asksBefore',
      () => facts.asksBefore('write', 'read'),
      /Not in order: question about write \(seq \d+\), then start/,
    ],
    ['asksBefore, never asked', () => facts.asksBefore('read', 'write'), 'question about read (never)'],
    ['runsBefore', () => facts.runsBefore('write', 'read'), 'Not in order: start of write'],
    ['runsBefore, never run', () => facts.runsBefore('read', 'bash'), 'then start of bash (never)'],
    [
      'endsWith, its status',
      () => facts.endsWith('agent', 'failed'),
      'must end failed, but ended completed: "all done"',
    ],
    ['endsWith, its text', () => facts.endsWith('agent', 'completed', /none/), 'must end completed with /none/'],
    ['endsWith, its name', () => facts.endsWith('nobody', 'completed'), 'There were: agent, kid.'],
    ['hasTree', () => facts.hasTree({ name: 'agent' }), 'The tree of agents differs'],
    ['staysWithin', () => facts.staysWithin({ agents: 1 }), '2 agents were used; the budget allows 1.'],
  ])('%s fails with the place', (_name, check, message) => {
    expect(check).toThrow(message);
  });
});
