/** Random teams under random humans: whatever happens, the stream keeps its laws and nothing is left behind. */
import { setImmediate as nextLoop } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyActorRef } from 'xstate';
import * as z from 'zod';
import {
  type AgentOrchestrator,
  agentTool,
  call,
  defineTool,
  type Envelope,
  type ScriptedCall,
  type Tool,
  ToolError,
} from '../../src/index.ts';
import { memoryJournal } from '../../src/journal/index.ts';
import { echoTool, handClock, scriptedTeam } from '../support/team.ts';
import { expectLaws, mirrorOf } from './laws.ts';

type Act =
  | { readonly kind: 'echo' | 'ask' | 'fail' | 'slow' | 'unknown' | 'broken' }
  | { readonly kind: 'agent'; readonly plan: Plan };
interface Plan {
  readonly turns: readonly (readonly Act[])[];
}

const leaf = fc.constantFrom<Act>(
  { kind: 'echo' },
  { kind: 'ask' },
  { kind: 'fail' },
  { kind: 'slow' },
  { kind: 'unknown' },
  { kind: 'broken' },
);
const { plan: planOfAgent } = fc.letrec<{ plan: Plan; act: Act }>((tie) => ({
  plan: fc.record({ turns: fc.array(fc.array(tie('act'), { minLength: 1, maxLength: 3 }), { maxLength: 3 }) }),
  act: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'team' },
    { weight: 3, arbitrary: leaf },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('agent' as const), plan: tie('plan') }) },
  ),
}));

const callOf = (act: Act): ScriptedCall => {
  if (act.kind === 'agent') return call('agent', { task: JSON.stringify(act.plan) });
  if (act.kind === 'broken') return call('echo', '{"text":');
  return call(act.kind, act.kind === 'slow' ? { rounds: 3 } : {});
};

const isPlan = (value: unknown): value is Plan => typeof value === 'object' && value !== null && 'turns' in value;

/** A team that does what its task, a plan in JSON, says. */
function plannedTeam(options: Parameters<typeof scriptedTeam>[1]): AgentOrchestrator {
  return scriptedTeam(function* ({ task }) {
    const plan: unknown = JSON.parse(task);
    if (!isPlan(plan)) throw new Error('the task is no plan');
    for (const acts of plan.turns) yield { text: 'working', calls: acts.map(callOf) };
    return { text: 'done' };
  }, options);
}

const tools = (): Tool[] => [
  agentTool,
  echoTool(),
  echoTool('ask'),
  defineTool({
    name: 'fail',
    description: 'Fails.',
    schema: z.object({}),
    execute: () => {
      throw new ToolError('it failed', { result: 7 });
    },
  }),
  defineTool({
    name: 'slow',
    description: 'Takes a few rounds of the event loop and tells of each.',
    schema: z.object({ rounds: z.number() }),
    execute: async ({ rounds }, ctx) => {
      for (let round = 0; round < rounds; round += 1) {
        await nextLoop(undefined, { signal: ctx.signal });
        ctx.progress(`round ${round}`);
      }
      return {};
    },
  }),
];

const allowlist = ['agent', 'echo', 'fail', 'slow'].map((tool) => ({ tool }));

/** What the human does at an entry, drawn from a list that is gone through in a circle. */
function react(team: AgentOrchestrator, { agentId, event }: Envelope, choice: number): void {
  if (choice === 0) team.kill(agentId);
  if (choice === 1) team.kill(team.agents()[0]?.id ?? '', 'tired of it');
  if (event.type !== 'relay') return;
  const answers = [
    { approved: true },
    { approved: true, always: true },
    { approved: true, input: { text: 'edited' } },
    { approved: false, reason: 'no' },
    { approved: true, always: { scope: 'agent', uses: 1 } },
  ] as const;
  const answer = answers[choice % (answers.length + 1)];
  // one of six questions is answered later, together with whatever else then waits
  if (answer === undefined) {
    setImmediate(() => team.getPendingRelays().forEach(({ id }) => team.resolveRelay(id, { approved: true })));
    return;
  }
  const isOpen = team.getPendingRelays().some(({ id }) => id === event.id);
  expect(team.resolveRelay(event.id, answer)).toBe(isOpen);
  expect(team.resolveRelay(event.id, answer)).toBe(false);
}

interface Play {
  readonly plans: readonly Plan[];
  readonly choices: readonly number[];
  /** The entry at which everything is cleaned up, if the play lasts that long. */
  readonly curtain: number;
}

async function perform({ plans, choices, curtain }: Play): Promise<Envelope[]> {
  const journal = memoryJournal();
  const clock = handClock();
  const actors = new Set<AnyActorRef>();
  const team = plannedTeam({
    journal,
    clock,
    limits: { maxDepth: 2, maxDurationMs: 1000 },
    inspect: (event) => {
      if (event.type === '@xstate.actor') actors.add(event.actorRef as AnyActorRef);
    },
  });
  const mirror = mirrorOf(journal);
  const entries: Envelope[] = [];
  for (const plan of plans) {
    team.spawn({
      messages: [{ role: 'user', content: JSON.stringify(plan) }],
      tools: tools(),
      permissions: { allowlist },
    });
  }
  for await (const entry of team.events()) {
    entries.push(entry);
    mirror.compare(team);
    if (entry.seq === curtain) void team.cleanup();
    else react(team, entry, choices[entry.seq % choices.length] ?? 9);
  }
  mirror.compare(team);
  await team.cleanup();
  expect(clock.pending).toBe(0);
  expect([...actors].filter((actor) => actor.getSnapshot().status === 'active')).toEqual([]);
  return entries;
}

describe('harness events', () => {
  test('keep their laws over random teams, random answers and random kills, and the fold of the stream is the team', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          plans: fc.array(planOfAgent, { minLength: 1, maxLength: 3 }),
          choices: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 }),
          curtain: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 80 })),
        }),
        async (play) => {
          const entries = await perform(play);
          expectLaws(entries);
          for (const { event } of entries) {
            seen.add(event.type);
            if (event.type === 'tool_result') seen.add(event.status);
            if (event.type === 'harness_end') seen.add(event.status);
          }
        },
      ),
      { seed: 1, numRuns: 150 },
    );
    // the plays were not all the same one
    for (const what of ['relay', 'tool_progress', 'ok', 'error', 'denied', 'cancelled', 'completed', 'limited']) {
      expect(seen).toContain(what);
    }
  });
});
