/** Time to resume a recorded session, until its agents are at work again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AgentOrchestrator,
  createAgentHarness,
  createGeneratorHarness,
  type HarnessEvent,
  scriptedModel,
} from '../src/index.ts';
import { sqliteJournal } from '../src/journal/index.ts';
import { report } from './report.ts';

const EVENTS = 100_000;
const AGENTS = 100;
/** Events of one turn of `turnOf`. */
const TURN = 10;

const usage = { inputTokens: 1000, outputTokens: 100 };

/** The events of a run: turns with text and a call that ran. */
function* recording(): Generator<HarnessEvent> {
  const setup = {
    messages: [{ role: 'user' as const, content: 'Look at the project and say what it is about.' }],
    tools: [],
    limits: { maxDepth: 3, maxLiveAgents: 100, maxAgents: 1000, maxIterations: 10_000 },
    retry: { maxAttempts: 4, baseMs: 1000, maxMs: 30_000 },
    workspace: tmpdir(),
    loop: true,
    permissions: {},
  };
  for (let agent = 0; agent < AGENTS; agent += 1)
    yield { type: 'harness_start', runId: `a${agent}`, name: `agent-${agent}`, setup };
  for (let turn = 1; turn * TURN * AGENTS < EVENTS; turn += 1) {
    for (let agent = 0; agent < AGENTS; agent += 1) yield* turnOf(`a${agent}`, turn);
  }
}

function* turnOf(runId: string, number: number): Generator<HarnessEvent> {
  const raw = `call_${number}`;
  const id = `${runId}/${raw}`;
  const input = { command: 'npm test -- --reporter dot' };
  const tool_calls = [{ id: raw, name: 'bash', arguments: input }];
  for (let piece = 0; piece < 3; piece += 1)
    yield { type: 'text', runId, id: `${runId}/t${number}`, content: 'some words ' };
  yield { type: 'usage', runId, ...usage };
  yield {
    type: 'turn',
    runId,
    number,
    taken: 0,
    messages: [{ role: 'assistant', content: 'some words '.repeat(3), tool_calls }],
  };
  yield { type: 'tool_call', runId, id, name: 'bash', input };
  yield { type: 'tool_start', runId, id, decidedBy: { kind: 'rule', id: 'orchestrator.allowlist[0]' } };
  yield { type: 'tool_progress', runId, toolCallId: id, stream: 'stdout', content: '....' };
  yield {
    type: 'tool_result',
    runId,
    id,
    name: 'bash',
    status: 'ok',
    output: { context: `${'.'.repeat(200)}\nexit code 0` },
  };
  yield { type: 'message', runId, message: { role: 'user', content: 'go on' } };
}

export async function benchRecovery(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-bench-'));
  try {
    const file = join(folder, 'session');
    const journal = sqliteJournal(file);
    let seq = 0;
    let batch = [];
    for (const event of recording()) {
      seq += 1;
      batch.push({ seq, at: seq, agentId: event.runId, event });
      if (batch.length === 1000) journal.append(batch.splice(0));
    }
    journal.append(batch);
    batch = [];
    journal.close({ unfinished: true });
    const held = Promise.withResolvers<never>();
    const waiting = scriptedModel(function* () {
      yield { text: 'never said' };
    });
    waiting.doStream = () => held.promise;
    const harness = createAgentHarness({ harness: createGeneratorHarness({ model: waiting }), maxIterations: 10_000 });
    const began = performance.now();
    const team = await AgentOrchestrator.open({ journal: sqliteJournal(file), harness });
    const took = performance.now() - began;
    const live = team.agents().filter(({ state }) => state === 'running').length;
    if (live !== AGENTS) throw new Error(`${live} of ${AGENTS} agents were restored`);
    await team.suspend();
    report('resuming', {
      [`a session of ${seq} events and ${AGENTS} agents`]: `${Math.round(took)} ms`,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
