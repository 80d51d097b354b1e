/** "Always, and save". */
import { describe, expect, test } from 'vitest';
import { call, type OrchestratorOptions, type RelayAnswer, type Script, type ToolPermission } from '../../src/index.ts';
import { echoTool, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

const asksOnce: Script = function* () {
  yield { calls: [call('echo', { text: 'a' })] };
  yield { text: 'ok' };
};
const rule = { tool: 'echo', params: { text: 'a' }, exact: true };
const SAVE = { approved: true, always: { save: true }, by: 'ada' } as const;

async function asked(options: OrchestratorOptions, tool = echoTool()) {
  const team = scriptedTeam(asksOnce, options);
  const agentId = start(team, 'go', { tools: [tool] });
  const [relay] = await relaysWaiting(team, 1);
  return { team, agentId, relayId: relay?.id ?? '' };
}

describe('always: { save: true }', () => {
  test('hands over the rules that were shown, with where they come from', async () => {
    const saved: unknown[] = [];
    const { team, agentId, relayId } = await asked({ savePolicy: (...args) => void saved.push(args) });
    await using _ = team;
    expect(team.resolveRelay(relayId, SAVE)).toBe(true);
    expect(team.grants.list()).toMatchObject([{ permission: rule, scope: 'all' }]);
    await team.result(agentId);
    expect(saved).toEqual([[[rule], { relayId, agentId, by: 'ada' }]]);
  });

  test('a plain "always" saves nothing', async () => {
    const saved: unknown[] = [];
    const { team, agentId, relayId } = await asked({ savePolicy: (rules) => void saved.push(rules) });
    await using _ = team;
    team.resolveRelay(relayId, { approved: true, always: { save: false } });
    await team.result(agentId);
    expect(saved).toEqual([]);
  });

  test.each<[string, RelayAnswer]>([
    ['one agent', { approved: true, always: { save: true, scope: 'agent' } }],
    ['a subtree', { approved: true, always: { save: true, scope: 'subtree' } }],
    ['some time', { approved: true, always: { save: true, expiresInMs: 1000 } }],
    ['some uses', { approved: true, always: { save: true, uses: 3 } }],
    ['changed arguments', { approved: true, always: { save: true }, input: { text: 'b' } }],
  ])('for %s it is refused, and the question stays open', async (_what, answer) => {
    const { team, relayId } = await asked({ savePolicy: () => expect.unreachable() });
    await using _ = team;
    expect(() => team.resolveRelay(relayId, answer)).toThrow(
      expect.objectContaining({ code: 'invalid_params', path: 'always.save' }),
    );
    expect(team.getPendingRelays()).toHaveLength(1);
  });

  test('without anybody who saves it is refused, and the question stays open', async () => {
    const { team, relayId } = await asked({});
    await using _ = team;
    expect(() => team.resolveRelay(relayId, SAVE)).toThrow(/savePolicy/);
    expect(team.getPendingRelays()).toHaveLength(1);
  });

  test('for a call that cannot be made permanent it is refused', async () => {
    const fickle = { ...echoTool(), derivePermission: () => null };
    const { team, relayId } = await asked({ savePolicy: () => expect.unreachable() }, fickle);
    await using _ = team;
    expect(() => team.resolveRelay(relayId, SAVE)).toThrow(/cannot be made permanent/);
  });

  test.each<[string, () => Promise<void> | void]>([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('one that %s is logged, and the call runs all the same', async (_how, savePolicy) => {
    const errors: object[] = [];
    const logger = { debug() {}, info() {}, warn() {}, error: (fields: object) => void errors.push(fields) };
    const { team, agentId, relayId } = await asked({ savePolicy, logger });
    team.resolveRelay(relayId, SAVE);
    expect(await team.result(agentId)).toMatchObject({ status: 'completed' });
    await team.cleanup();
    expect(errors).toEqual([expect.objectContaining({ relayId, error: 'disk full' })]);
  });

  test('cleanup waits for what is being saved', async () => {
    const gate = Promise.withResolvers<void>();
    let saved: readonly ToolPermission[] = [];
    const savePolicy = async (rules: readonly ToolPermission[]) => {
      await gate.promise;
      saved = rules;
    };
    const { team, agentId, relayId } = await asked({ savePolicy });
    team.resolveRelay(relayId, SAVE);
    await team.result(agentId);
    const ended = team.cleanup();
    gate.resolve();
    await ended;
    expect(saved).toEqual([rule]);
  });

  test('savePolicy must be a function', () => {
    // @ts-expect-error -- what plain JavaScript could pass
    expect(() => scriptedTeam(asksOnce, { savePolicy: 'yes' })).toThrow(/savePolicy/);
  });
});
