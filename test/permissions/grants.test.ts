import { expect, test } from 'vitest';
import { Grant } from '../../src/events.ts';
import { liveGrants, makeGrants, useGrants } from '../../src/permissions/grants.ts';
import { bash, call, decided, grant } from './calls.ts';

const RULE = { tool: 'bash', params: { command: 'git status *' } };

function made(always: Parameters<typeof makeGrants>[0]['always'], proposal: (typeof RULE)[] | null = [RULE]) {
  let next = 1;
  return makeGrants({
    proposal,
    always,
    relay: { id: 'r9', agentId: 'a' },
    by: 'ann',
    now: 100,
    ids: () => `g${next++}`,
  });
}

test('"always" makes one grant for each rule, for all agents, for ever', () => {
  expect(made(true, [RULE, RULE])).toEqual([
    { id: 'g1', permission: RULE, scope: 'all', agentId: 'a', originRelayId: 'r9', by: 'ann', createdAt: 100 },
    { id: 'g2', permission: RULE, scope: 'all', agentId: 'a', originRelayId: 'r9', by: 'ann', createdAt: 100 },
  ]);
});

test('scope, expiry and uses narrow it', () => {
  const [narrow] = made({ scope: 'agent', expiresInMs: 50, uses: 2 });
  expect(narrow).toMatchObject({ scope: 'agent', expiresAt: 150, usesLeft: 2 });
  expect(Grant.parse(narrow)).toEqual(narrow);
});

test('no "always" and no proposal make none; a proposal that does not compile throws and makes none', () => {
  expect([...made(undefined), ...made(false), ...made(true, null)]).toEqual([]);
  expect(() => made(true, [RULE, { tool: 'bash', params: { command: '' } }])).toThrow(/proposal.1.params.command/);
});

test('a grant shares nothing with the proposal it was made from', () => {
  const proposal = [{ tool: 'bash', params: { command: 'git status *' } }];
  const grants = made(true, proposal);
  if (proposal[0]) proposal[0].params.command = '*';
  expect(decided(bash('rm x'), { grants }).type).toBe('ask');
  expect(Object.isFrozen(grants[0]?.permission.params)).toBe(true);
});

test('uses count down to nothing, only for the grants that were used', () => {
  const grants = [grant(RULE, { usesLeft: 1 }), grant(RULE, { id: 'g2', usesLeft: 1 }), grant(RULE, { id: 'g3' })];
  const after = useGrants(grants, ['g1', 'g3']);
  expect(after.map(({ usesLeft }) => usesLeft)).toEqual([0, 1, undefined]);
  expect(grants[0]?.usesLeft).toBe(1);
  expect(liveGrants(after, 0).map(({ id }) => id)).toEqual(['g2', 'g3']);
});

test('1 000 grants decide a call, the last of them too', () => {
  const grants = Array.from({ length: 1000 }, (_, index) =>
    grant({ tool: 'read', params: { path: `/src/${index}/**` } }, { id: `g${index}`, createdAt: index }),
  );
  expect(decided(call('read', { path: '/src/999/a.ts' }), { grants })).toMatchObject({ decidedBy: { id: 'g999' } });
});
