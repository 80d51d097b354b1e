/** Scripted human: answers the questions of the demo when there is no terminal. */
import type { AgentOrchestrator, Envelope, PendingRelay, RelayAnswer } from '../../index.ts';
import type { Team } from '../../read-model/team.ts';
import { callLabel } from '../../read-model/call-text.ts';
import type { Human } from '../output/view.ts';
import { RUN_TESTS } from './steps.ts';

const BY = 'the scripted human';

/** Answers once every agent waits, so that every run asks and answers the same. */
export class ScriptedHuman implements Human {
  readonly #orchestrator: AgentOrchestrator;

  constructor(orchestrator: AgentOrchestrator) {
    this.#orchestrator = orchestrator;
  }

  hear(_entry: Envelope, team: Team): void {
    const agents = team.agents();
    // an agent that waits for its subagent is idle, too
    const isIdle = (id: string) =>
      agents.some(({ state, parentId }) => state !== 'done' && parentId?.startsWith(`${id}/`));
    if (agents.some(({ id, state }) => state === 'running' && !isIdle(id))) return;
    for (const { id } of team.relays()) {
      // an earlier answer may have settled this one
      const relay = this.#orchestrator.getPendingRelays().find((pending) => pending.id === id);
      if (relay !== undefined) this.#orchestrator.resolveRelay(id, answerTo(relay));
    }
  }

  close(): void {}
}

function answerTo({ tool, params }: PendingRelay): RelayAnswer {
  const label = callLabel(tool, params);
  if (label === `bash: ${RUN_TESTS}`) return { approved: true, always: true, by: BY };
  if (label.includes('test/')) {
    return { approved: false, reason: 'The test is right, the README says the same. Repair the code.', by: BY };
  }
  return { approved: true, by: BY };
}
