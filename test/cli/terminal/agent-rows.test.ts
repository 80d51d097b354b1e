import { describe, expect, test } from 'vitest';
import { agentLines, agentRows } from '../../../src/cli/terminal/agent-rows.ts';
import { plainPaint } from '../../../src/cli/output/screen.ts';
import type { AgentSummary } from '../../../src/index.ts';

function agent(path: string, extra: Partial<AgentSummary> = {}): AgentSummary {
  const names = path.split('/');
  const parent = names.at(-2);
  return {
    id: names.at(-1) ?? '',
    ...(parent === undefined ? {} : { parentId: `${parent}/call` }),
    name: names.at(-1) ?? '',
    path: names,
    state: 'running',
    usage: { inputTokens: 0, outputTokens: 0 },
    ...extra,
  };
}

const shown = (agents: readonly AgentSummary[], max: number) => {
  const { rows, more } = agentRows(agents, max);
  return [...rows.map(({ name, depth }) => '  '.repeat(depth) + name), ...(more === 0 ? [] : [`+ ${more}`])];
};

describe('the rows of the tree', () => {
  test('are all agents where they fit, each below its parent', () => {
    const agents = [agent('lead'), agent('audit'), agent('lead/docs'), agent('lead/docs/index')];
    expect(shown(agents, 8)).toEqual(['lead', '  docs', '    index', 'audit']);
  });

  test('are the busy ones where not all fit: those that wait, those that run a tool, then the rest, and how many more', () => {
    const agents = [
      agent('done', { state: 'done', status: 'completed' }),
      agent('thinks'),
      agent('works', { calls: [{ id: 'c', tool: 'bash', running: true }] }),
      agent('asks', { state: 'awaitingRelay' }),
    ];
    expect(shown(agents, 4)).toHaveLength(4);
    expect(shown(agents, 3)).toEqual(['works', 'asks', '+ 2']);
    expect(shown(agents, 2)).toEqual(['asks', '+ 3']);
    expect(shown(agents, 1)).toEqual(['+ 4']);
  });

  test('name the whole path of an agent whose parent is not shown', () => {
    const agents = [agent('lead'), agent('lead/docs', { state: 'awaitingRelay' }), agent('other')];
    expect(shown(agents, 2)).toEqual(['lead › docs', '+ 2']);
  });

  test('say state, tokens and activity, and mark who waits', () => {
    const agents = [
      agent('lead', {
        state: 'awaitingRelay',
        calls: [{ id: 'c', tool: 'bash', running: false }],
        usage: { inputTokens: 12_000, outputTokens: 345 },
      }),
      agent('audit', { state: 'done', status: 'failed' }),
    ];
    expect(agentLines(agentRows(agents, 8), { columns: 60, paint: plainPaint })).toEqual([
      '? lead   waiting   12.3k  asks for bash',
      '  audit  failed        0  ',
    ]);
  });

  test('are cut on a narrow terminal, and hold nothing that acts on it', () => {
    const agents = [agent('a\u{1b}[2J', { state: 'awaitingRelay' })];
    const wide = agentLines(agentRows(agents, 8), { columns: 80, paint: plainPaint });
    expect(wide.join()).toContain('a\\u{1b}[2J');
    const [narrow = ''] = agentLines(agentRows(agents, 8), { columns: 12, paint: plainPaint });
    expect(narrow.length).toBeLessThanOrEqual(12);
  });
});
