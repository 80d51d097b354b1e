import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { AgentOrchestrator, call, defineTool, type Script } from '../../src/index.ts';
import { identityOf } from '../../src/tools/process-identity.ts';
import { endsWithTest } from '../support/processes.ts';
import { start, until } from '../support/team.ts';
import { cutAfter, harnessOf, session } from './sessions.ts';

const script: Script = function* () {
  yield { calls: [call('leave', {})] };
  yield { text: 'done' };
};

test.each(['runs', 'was cancelled'])(
  'what a call that %s when the process was killed has started is ended',
  async (how) => {
    const gate = Promise.withResolvers<void>();
    const left = endsWithTest(spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }));
    await once(left, 'spawn');
    const leave = defineTool({
      name: 'leave',
      description: 'Starts a process, and heeds no signal.',
      schema: z.object({}),
      async execute(_input, ctx) {
        const process = identityOf(left.pid ?? 0);
        if (process !== undefined) ctx.effect({ kind: 'process', process });
        await gate.promise;
        return {};
      },
    });
    const permissions = { allowlist: [{ tool: 'leave' }] };
    const { first, journal } = session(script, [leave], { permissions });
    const id = start(first, 'go', { tools: [leave] });
    await until(first, ({ event }) => event.type === 'tool_effect');
    if (how === 'was cancelled') {
      first.kill(id);
      await first.result(id);
    }
    const exit = once(left, 'exit');
    const cut = cutAfter(journal, journal.lastSeq);
    await using second = await AgentOrchestrator.open({ journal: cut, harness: harnessOf(script), tools: [leave] });
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(second.getPendingRelays()).toHaveLength(how === 'runs' ? 1 : 0);
    gate.resolve();
    await first.cleanup();
  },
);
