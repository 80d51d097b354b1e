import { describe, expect, test } from 'vitest';
import { type AgentSpec, childSpec, type EffectiveLimits } from '../../src/machines/agent-spec.ts';
import { admit, endAgent, enrol, enrolRestored } from '../../src/machines/agent-trees.ts';
import { initialOrchestratorContext, type OrchestratorContext } from '../../src/machines/orchestrator-context.ts';
import type { AgentRequested } from '../../src/machines/protocol.ts';
import { compilePermissions } from '../../src/permissions/parse.ts';
import { grant } from '../permissions/calls.ts';
import { agentInput, deaf } from './parts.ts';

const empty = initialOrchestratorContext({ policy: { deny: [] }, onAsk: 'wait' });
const spec = (lineage: readonly string[], limits: Partial<EffectiveLimits> = {}): AgentSpec => {
  const base = agentInput().spec;
  const id = lineage.at(-1) ?? 'a';
  return { ...base, identity: { id, name: id, path: lineage, lineage }, limits: { ...base.limits, ...limits } };
};
const withTree = (live: number, total: number): OrchestratorContext => ({
  ...empty,
  trees: empty.trees.set('a', { live, total }),
  liveAgents: live,
});
const asked = (child: AgentSpec): AgentRequested => ({
  type: 'agent.requested',
  spec: child,
  caller: deaf(),
});
const refusal = (context: OrchestratorContext, child: AgentSpec) => {
  const { patch, messages } = admit(context, asked(child));
  const [message] = messages;
  return { patch, event: message?.event };
};

describe('an agent is counted', () => {
  test('in its tree: alive, and ever', () => {
    const one = { ...empty, ...enrol(empty, spec(['a'])) };
    expect([one.trees.get('a'), one.liveAgents]).toEqual([{ live: 1, total: 1 }, 1]);
    const two = { ...one, ...enrol(one, spec(['a', 'b'])) };
    expect([two.trees.get('a'), two.trees.get('b'), two.liveAgents]).toEqual([{ live: 2, total: 2 }, undefined, 2]);
    const three = { ...two, ...enrol(two, spec(['c'])) };
    expect([three.trees.get('c'), three.liveAgents]).toEqual([{ live: 1, total: 1 }, 3]);
  });

  test('out, and its tree goes with the last of it', () => {
    const after = (live: number) => endAgent(withTree(live, 5), 'a', 'a');
    expect([after(3).trees?.get('a'), after(3).liveAgents]).toEqual([{ live: 2, total: 5 }, 2]);
    expect([after(2).trees?.get('a'), after(2).liveAgents]).toEqual([{ live: 1, total: 5 }, 1]);
    expect([after(1).trees?.get('a'), after(1).liveAgents]).toEqual([undefined, 0]);
    expect(endAgent(empty, 'x', 'x').liveAgents).toBe(0);
    expect(endAgent(empty, 'x', 'x').trees?.size).toBe(0);
  });

  test('in again after a restart: alive, and not once more among all there ever were', () => {
    const one = { ...withTree(0, 7), ...enrolRestored(withTree(0, 7), spec(['a', 'b'])) };
    expect([one.trees.get('a'), one.liveAgents]).toEqual([{ live: 1, total: 7 }, 1]);
    expect(enrolRestored(empty, spec(['a'])).trees?.get('a')).toEqual({ live: 1, total: 1 });
    expect(enrolRestored(withTree(2, 7), spec(['a', 'b'])).trees?.get('a')).toEqual({ live: 3, total: 7 });
  });

  test('with the pool it brings, which goes with it', () => {
    const { permissions: _none, ...rest } = spec(['a']);
    const permissions = { allowOnce: [{ tool: 'echo' }] };
    const layers = [{ agentId: 'a', permissions: compilePermissions(permissions, 'x') }];
    const one = { ...empty, ...enrol(empty, { ...rest, permissions, layers }) };
    expect(one.pools.get('a')).toEqual([{ tool: 'echo' }]);
    expect(enrol(empty, { ...rest, permissions, layers: [] }).pools).toBe(empty.pools);
    const other = [{ agentId: 'b', permissions: compilePermissions(permissions, 'x') }];
    expect(enrol(empty, { ...rest, permissions, layers: other }).pools?.size).toBe(0);
    expect(endAgent(one, 'b', 'a').pools?.has('a')).toBe(true);
    expect(endAgent(one, 'a', 'a').pools?.has('a')).toBe(false);
  });

  test('out with the grants that were only for it and its like, and with no others', () => {
    const grants = [
      grant({ tool: 'echo' }, { id: '1', scope: 'all', agentId: 'a' }),
      grant({ tool: 'echo' }, { id: '2', scope: 'agent', agentId: 'a' }),
      grant({ tool: 'echo' }, { id: '3', scope: 'subtree', agentId: 'a' }),
      grant({ tool: 'echo' }, { id: '4', scope: 'agent', agentId: 'b' }),
    ];
    const context = { ...withTree(2, 2), grants };
    expect(endAgent(context, 'a', 'a').grants?.map(({ id }) => id)).toEqual(['1', '4']);
    expect(endAgent(context, 'c', 'a').grants).toBe(grants);
  });
});

describe('a subagent', () => {
  test('is admitted up to each limit, and refused at it', () => {
    const cases = [
      {
        limits: { maxDepth: 1 },
        at: ['a', 'b'],
        past: ['a', 'b', 'c'],
        live: [1, 1],
        total: [1, 1],
        limit: 'maxDepth',
      },
      {
        limits: { maxLiveAgents: 3 },
        at: ['a', 'b'],
        past: ['a', 'b'],
        live: [2, 3],
        total: [2, 3],
        limit: 'maxLiveAgents',
      },
      { limits: { maxAgents: 5 }, at: ['a', 'b'], past: ['a', 'b'], live: [1, 1], total: [4, 5], limit: 'maxAgents' },
    ] as const;
    for (const { limits, at, past, live, total, limit } of cases) {
      expect(refusal(withTree(live[0], total[0]), spec(at, limits)).event?.type).toBe('subagent.admitted');
      const refused = refusal(withTree(live[1], total[1]), spec(past, limits));
      expect(refused).toMatchObject({ patch: {}, event: { type: 'subagent.refused', limit } });
      const message = new RegExp(
        `^Limit ${limit} \\(${Object.values(limits)[0]}\\) reached: .*do this task yourself\\.$`,
      );
      expect(refused.event).toHaveProperty('message', expect.stringMatching(message));
    }
  });

  test('is told what stands in the way, in numbers', () => {
    expect(refusal(withTree(1, 1), spec(['a', 'b', 'c'], { maxDepth: 1 })).event).toHaveProperty(
      'message',
      'Limit maxDepth (1) reached: this subagent would have depth 2. No subagent was started; do this task yourself.',
    );
  });

  test('of a tree that is not counted is the first of it', () => {
    const { patch } = admit(empty, asked(spec(['a', 'b'])));
    expect(patch.trees?.get('a')).toEqual({ live: 1, total: 1 });
  });

  test('that is restored is admitted beyond every limit', () => {
    const restored = { spec: spec(['a', 'b']), saved: {} as never };
    const { patch, messages } = admit(withTree(100, 1000), { ...asked(spec(['a', 'b'])), restored });
    expect(patch.trees?.get('a')).toEqual({ live: 101, total: 1000 });
    expect(messages).toMatchObject([{ event: { type: 'subagent.admitted', restored } }]);
  });
});

describe('what a child gets', () => {
  const parent: AgentSpec = { ...spec(['a']), model: 'p/m', tools: [{ name: 'x' }, { name: 'y' }] as never };
  const child = (params: object, from = parent) =>
    childSpec(from, { agentId: 'b-12345', callId: 'a/1', params: { task: 'do', ...params } });

  test('is everything its parent has, under a name of its own', () => {
    const { identity, messages, tools, model, limits } = child({});
    const made = {
      id: 'b-12345',
      parentId: 'a/1',
      name: 'agent-2345',
      path: ['a', 'agent-2345'],
      lineage: ['a', 'b-12345'],
    };
    expect(identity).toStrictEqual(made);
    expect(messages).toEqual([{ role: 'user', content: 'do' }]);
    expect([tools, model, limits]).toEqual([parent.tools, 'p/m', parent.limits]);
  });

  test('is less where the call says so: other words in front, fewer tools, another model', () => {
    const { identity, messages, tools, model } = child({ name: 'n', system: 's', tools: ['y', 'z'], model: 'q/m' });
    expect([identity.name, identity.path]).toEqual(['n', ['a', 'n']]);
    expect(messages).toEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: 'do' },
    ]);
    expect([tools.map(({ name }) => name), model]).toEqual([['y'], 'q/m']);
    expect(child({ tools: [] }).tools).toEqual([]);
  });

  test('has no model where neither says one', () => {
    expect(child({}, spec(['a']))).not.toHaveProperty('model');
    expect(child({ model: 'q/m' }, spec(['a'])).model).toBe('q/m');
  });
});
