/** The work, done by this project. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import {
  AgentOrchestrator,
  createAgentHarness,
  createGeneratorHarness,
  defineTool,
  type Harness,
  type InvocationEvent,
  type OrchestratorOptions,
  type SpawnParams,
} from '../../src/index.ts';
import { sqliteJournal } from '../../src/journal/index.ts';
import { decisionMicros } from '../permissions.ts';
import {
  AGENT_TURNS,
  check,
  DELTAS,
  type Figures,
  instantModel,
  mergeCheck,
  MODEL_MS,
  repeated,
  type Script,
  stalled,
  type Subject,
  timed,
  weighed,
} from './work.ts';

let looked = 0;
const look = defineTool({
  name: 'look',
  description: 'Looks.',
  schema: z.object({ n: z.number() }),
  execute: () => {
    looked += 1;
    return { context: 'ok' };
  },
});
const TASK: SpawnParams = { messages: [{ role: 'user', content: 'go' }], tools: [look] };
const ALLOWED: OrchestratorOptions = { permissions: { allowlist: [{ tool: 'look' }] } };
/** More agents at once than any row has. */
const MANY = { maxLiveAgents: 1_000_000, maxAgents: 1_000_000 };

function teamOf(script: Script, options: OrchestratorOptions = {}): AgentOrchestrator {
  const harness = createAgentHarness({
    harness: createGeneratorHarness({ model: instantModel(script) }),
    maxIterations: script.turns + 1,
  });
  return new AgentOrchestrator(harness, { limits: MANY, ...options });
}

/** Runs `agents` agents to their end; every event is read, and every question is answered with yes. */
async function play(team: AgentOrchestrator, agents: number): Promise<{ readonly texts: number }> {
  const before = looked;
  const ids = Array.from({ length: agents }, () => team.spawn(TASK));
  let texts = 0;
  let calls = 0;
  for await (const { event } of team.events()) {
    if (event.type === 'text') texts += 1;
    if (event.type === 'tool_start') calls += 1;
    if (event.type === 'relay') team.resolveRelay(event.id, { approved: true });
  }
  check(looked - before === calls, `${looked - before} of ${calls} calls ran`);
  const last = await team.result(ids.at(-1) ?? '');
  check(last.status === 'completed' && last.text.endsWith('done'), `it ended ${last.status}: ${last.text}`);
  await team.cleanup();
  return { texts };
}

/** Agents that each wait for an answer about one call. */
async function waitingTeam(agents: number): Promise<AgentOrchestrator> {
  const team = teamOf({ turns: 2 });
  const all = Promise.withResolvers<void>();
  let asked = 0;
  const counting = team.events$.subscribe(({ event }) => {
    if (event.type !== 'relay') return;
    asked += 1;
    if (asked === agents) all.resolve();
  });
  for (let i = 0; i < agents; i += 1) team.spawn(TASK);
  await all.promise;
  counting.unsubscribe();
  return team;
}

/** One "always" for all of them, until every agent has ended. */
async function releaseAll(agents: number): Promise<Figures> {
  const team = await waitingTeam(agents);
  const before = looked;
  const [first] = team.getPendingRelays();
  const figures = await stalled(async () => {
    check(team.resolveRelay(first?.id ?? '', { approved: true, always: true }), 'the answer was not taken');
    for await (const _ of team.events({ since: team.lastSeq() }));
  });
  check(looked - before === agents, `${looked - before} of ${agents} calls ran`);
  await team.cleanup();
  return figures;
}

export const greenroom: Subject = {
  turn: (turns, effort) =>
    repeated(effort, turns, async () => {
      const before = looked;
      await play(teamOf({ turns }, ALLOWED), 1);
      check(looked - before === turns - 1, `${looked - before} of ${turns - 1} calls`);
    }),

  journal: async (turns, effort) => {
    const folder = mkdtempSync(join(tmpdir(), 'greenroom-bench-'));
    let run = 0;
    try {
      return await repeated(effort, turns, async () => {
        run += 1;
        await play(teamOf({ turns }, { ...ALLOWED, journal: sqliteJournal(join(folder, String(run))) }), 1);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },

  agents: async (agents) => {
    await play(teamOf({ turns: AGENT_TURNS, delayMs: MODEL_MS }, ALLOWED), Math.ceil(agents / 10));
    const { cpu, wall } = await timed(async () => {
      await play(teamOf({ turns: AGENT_TURNS, delayMs: MODEL_MS }, ALLOWED), agents);
    });
    return { cpu: cpu / agents / AGENT_TURNS, wall };
  },

  deltas: async (agents, effort) => {
    const { cpu, wall } = await repeated(effort, agents * DELTAS, async () => {
      const { texts } = await play(teamOf({ turns: 1, pieces: DELTAS }), agents);
      check(texts === agents * DELTAS, `${texts} of ${agents * DELTAS} deltas`);
    });
    return { cpu: (cpu ?? 0) * 1000, wall: (wall ?? 0) * 1000 };
  },

  merge: async (agents, { mergedEvents }) => {
    const each = Math.max(2, Math.floor(mergedEvents / agents));
    const talker: Harness = {
      async *invoke(): AsyncGenerator<InvocationEvent, void, void> {
        for (let i = 0; i < each; i += 1) yield { type: 'text', runId: '', id: 'b', content: 'x' };
      },
    };
    const team = new AgentOrchestrator(talker, { limits: MANY });
    const index = new Map<string, number>();
    for (let i = 0; i < agents; i += 1) index.set(team.spawn({ messages: TASK.messages }), i);
    const merged = mergeCheck(agents, each);
    const took = await timed(async () => {
      for await (const { agentId, event } of team.events())
        if (event.type === 'text') merged.take(index.get(agentId) ?? 0);
    });
    await team.cleanup();
    return merged.figures(took);
  },

  approve: (_size, effort) => repeated(effort, 1, async () => void (await play(teamOf({ turns: 2 }), 1))),

  waiting: async (agents) => {
    await (await waitingTeam(Math.ceil(agents / 10))).cleanup();
    let team: AgentOrchestrator | undefined;
    const figures = await weighed(agents, async (count) => (team = await waitingTeam(count)));
    await team?.cleanup();
    return figures;
  },

  always: async (agents) => {
    await releaseAll(Math.ceil(agents / 10));
    return await releaseAll(agents);
  },

  cleanup: async (agents) => {
    const team = await waitingTeam(agents);
    const { cpu, wall } = await timed(() => team.cleanup());
    check(team.getPendingRelays().length === 0, 'questions are left');
    return { cpu, wall };
  },

  decide: (grants) => Promise.resolve({ cpu: decisionMicros(grants) }),
};
