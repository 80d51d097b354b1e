import { describe, expect, it } from 'vitest';
import { call, type HarnessEvent } from '../../src/index.ts';
import { createReadModel } from '../../src/read-model/read-model.ts';
import { collect, echoTool, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

const asking = () =>
  scriptedTeam(function* () {
    yield { calls: [call('echo', { text: 'a' })] };
    yield { text: 'done' };
  });

describe('the read model', () => {
  it('shows the agents, questions and grants that the stream tells of', async () => {
    await using team = asking();
    const id = start(team, 'go', { tools: [echoTool()], name: 'lead' });
    const [relay] = await relaysWaiting(team, 1);
    const model = createReadModel();
    const live = team.events();
    const states: (string | undefined)[] = [];
    model.row(id).subscribe((row) => states.push(row?.state));
    const following = (async () => {
      for await (const entry of live) {
        model.apply(entry);
        if (entry.event.type === 'relay') {
          expect(model.store.getSnapshot().context.relays).toMatchObject([{ id: relay?.id, path: ['lead'] }]);
          team.resolveRelay(entry.event.id, { approved: true, always: true });
        }
      }
    })();
    await following;
    const { context } = model.store.getSnapshot();
    expect(context).toMatchObject({ agentIds: [id], relays: [], grants: [{ permission: { tool: 'echo' } }] });
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      'running',
      'awaitingRelay',
      'running',
      'done',
    ]);
    expect(model.row(id).get()).toEqual(team.agents()[0]);
  });

  it('wakes only the readers of the row that changed', async () => {
    await using team = asking();
    const first = start(team, 'one', { tools: [echoTool()], permissions: { allowlist: [{ tool: 'echo' }] } });
    const second = start(team, 'two', { tools: [echoTool()], permissions: { allowlist: [{ tool: 'echo' }] } });
    const entries = await collect(team.events());
    const model = createReadModel();
    const woken = { first: 0, second: 0 };
    model.row(first).subscribe(() => (woken.first += 1));
    model.row(second).subscribe(() => (woken.second += 1));
    for (const entry of entries.filter(({ agentId }) => agentId === first)) model.apply(entry);
    expect(woken.first).toBeGreaterThan(1);
    expect(woken.second).toBe(0);
  });

  it('starts over from a resync', () => {
    const model = createReadModel();
    const at = { runId: 'orchestrator', type: 'resync' as const, grants: [], relays: [] };
    const agent = {
      id: 'a',
      name: 'a',
      path: ['a'],
      state: 'running' as const,
      usage: { inputTokens: 1, outputTokens: 2 },
    };
    model.apply({ seq: 9, at: 0, agentId: 'orchestrator', event: { ...at, agents: [agent] } });
    expect(model.store.getSnapshot().context).toMatchObject({ seq: 9, agentIds: ['a'] });
    expect(model.row('a').get()).toEqual(agent);
    model.apply({ seq: 10, at: 0, agentId: 'orchestrator', event: { ...at, agents: [] } });
    expect(model.store.getSnapshot().context.agentIds).toEqual([]);
  });

  const told = (...ids: readonly string[]) => {
    const model = createReadModel();
    const tell = (event: HarnessEvent) => model.apply({ seq: (seq += 1), at: 0, agentId: event.runId, event });
    let seq = 0;
    for (const id of ids) tell({ type: 'harness_start', runId: id, name: id });
    return { model, tell };
  };

  it('keeps a row that was asked for before its agent came', () => {
    const { model, tell } = told();
    const row = model.row('b');
    tell({ type: 'harness_start', runId: 'a' });
    tell({ type: 'harness_start', runId: 'b' });
    expect(row.get()).toMatchObject({ id: 'b', state: 'running' });
    expect(model.row('b')).toBe(row);
  });

  it('has the row as it is for whoever is woken by the set', () => {
    const { model, tell } = told('a');
    const seen: unknown[] = [];
    model.store.subscribe(() => seen.push(model.row('a').get()?.state));
    tell({ type: 'harness_end', runId: 'a', status: 'completed' });
    expect(seen).toEqual(['done']);
  });

  it('shows that an agent was forgotten', () => {
    const { model, tell } = told('a', 'b');
    const row = model.row('a');
    tell({ type: 'resync', runId: 'orchestrator', agents: [], relays: [], grants: [] });
    expect(row.get()).toBe(undefined);
    expect(model.store.getSnapshot().context.agentIds).toEqual([]);
  });

  it('counts uses of grants as they are spent', () => {
    const { model, tell } = told('a');
    const grant = {
      id: 'g',
      permission: { tool: 'x' },
      scope: 'all' as const,
      agentId: 'a',
      originRelayId: 'r',
      by: 'ann',
      createdAt: 0,
    };
    tell({
      type: 'relay_resolved',
      runId: 'a',
      relayId: 'r',
      toolCallId: 'a/1',
      approved: true,
      by: 'ann',
      grants: [{ ...grant, usesLeft: 2 }],
    });
    tell({ type: 'tool_start', runId: 'a', id: 'a/2', used: { grants: ['g'], once: [] } });
    expect(model.store.getSnapshot().context.grants).toEqual([{ ...grant, usesLeft: 1 }]);
  });
});
