import { expect, test } from 'vitest';
import { agentsByCall, treeRows } from '../../src/web/team/agent-tree.ts';

const AGENTS = [
  { id: 'a' },
  { id: 'b' },
  { id: 'a1', parentId: 'a/c1' },
  { id: 'a2', parentId: 'a/c2' },
  { id: 'a1x', parentId: 'a1/c1' },
];
const outline = (folded: readonly string[] = [], agents: Parameters<typeof treeRows>[0] = AGENTS) =>
  treeRows(agents, new Set(folded)).map(({ id, level, place, among }) => `${'-'.repeat(level)}${id} ${place}/${among}`);

test('agents stand under the agent whose call made them, in the order of their birth', () => {
  expect(outline()).toEqual(['-a 1/2', '--a1 1/2', '---a1x 1/1', '--a2 2/2', '-b 2/2']);
});

test('what is folded hides everything below', () => {
  expect(outline(['a'])).toEqual(['-a 1/2', '-b 2/2']);
  expect(outline(['a1'])).toEqual(['-a 1/2', '--a1 1/2', '--a2 2/2', '-b 2/2']);
});

test('an agent whose parent is not known stands at the top', () => {
  expect(outline([], [{ id: 'x', parentId: 'gone/c1' }])).toEqual(['-x 1/1']);
});

test('agents that claim to have made themselves are rows all the same', () => {
  expect(outline([], [{ id: 'x', parentId: 'x/c1' }])).toEqual(['-x 1/1']);
});

test('the agents of a call are found by the call', () => {
  expect(agentsByCall([...AGENTS, { id: 'a3', parentId: 'a/c1' }]).get('a/c1')).toEqual(['a1', 'a3']);
});
