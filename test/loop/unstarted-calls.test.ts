/** A call that was let through and never started has used nothing up. */
import { describe, expect, test } from 'vitest';
import { agentTool, call, type Script } from '../../src/index.ts';
import { type Arrival, TestScheduler } from '../../src/testing/index.ts';
import { echoTool, scriptedTeam, start } from '../support/team.ts';

/** Each agent asks for one call; its task says what to echo. */
const once: Script = function* ({ task }) {
  yield { calls: [call('echo', { text: task })] };
  return { text: 'ok' };
};

/** With "always" for every call of it. */
const anyEcho = () => ({ ...echoTool(), derivePermission: () => ({ tool: 'echo' }) });

/** Lets everything in, in the order in which it comes, that is not held. */
async function goOn(scheduler: TestScheduler, isHeld: (arrival: Arrival) => boolean = () => false): Promise<void> {
  for (;;) {
    await scheduler.settle();
    const next = scheduler.ready.find((arrival) => !isHeld(arrival));
    if (next === undefined) return;
    await scheduler.release(next);
  }
}

/** The last look before a start. */
const isLastLook = ({ kind }: Arrival) => kind === 'verify';

describe('a call that is cancelled between its decision and its start', () => {
  test('gives the use of a grant back: the next such call has it', async () => {
    const scheduler = new TestScheduler();
    const echo = anyEcho();
    await using team = scriptedTeam(once, { scheduler: scheduler });
    start(team, 'asked', { tools: [echo] });
    const released = start(team, 'released', { tools: [echo] });
    await goOn(scheduler, isLastLook);
    const [asked] = team.getPendingRelays();
    team.resolveRelay(asked?.id ?? '', { approved: true, always: { uses: 1 } });
    expect(team.grants.list()).toEqual([]);
    await goOn(scheduler, isLastLook);
    team.kill(released);
    expect(team.grants.list()).toMatchObject([{ usesLeft: 1 }]);
    start(team, 'next', { tools: [echo] });
    await goOn(scheduler);
    expect(team.getPendingRelays()).toEqual([]);
    expect(echo.runs).toEqual(['asked', 'next']);
  });

  test('gives the entry of an allowOnce back: the next such call of the agent has it', async () => {
    const scheduler = new TestScheduler();
    const echo = anyEcho();
    const script: Script = function* ({ task }) {
      if (task === 'child') yield { calls: [call('echo', { text: 'killed' })] };
      else {
        yield { calls: [call('agent', { task: 'child', name: 'child' })] };
        yield { calls: [call('echo', { text: 'next' })] };
      }
      return { text: 'ok' };
    };
    await using team = scriptedTeam(script, { scheduler: scheduler });
    const permissions = { allowlist: [{ tool: 'agent' }], allowOnce: [{ tool: 'echo' }] };
    start(team, 'root', { tools: [agentTool, echo], permissions });
    await goOn(scheduler, (arrival) => isLastLook(arrival) && team.agents().length === 2); // the child is hired
    team.kill(team.agents().find(({ name }) => name === 'child')?.id ?? '');
    await goOn(scheduler);
    expect(team.getPendingRelays()).toEqual([]);
    expect(echo.runs).toEqual(['next']);
  });
});
