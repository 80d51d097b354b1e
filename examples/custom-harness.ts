/**
 * Makes an agent of a program: any object with `invoke()` is a harness, and a harness can be an agent.
 *
 *     npx node examples/custom-harness.ts
 *
 * It yields events as it works. Before a step that needs permission it yields a `relay` and waits until `respond` is
 * called. The orchestrator decides, as for every other call: by a rule, by a saved "always", or by a human.
 */
import { setTimeout as after } from 'node:timers/promises';
// in your own project: from 'greenroom'
import { AgentOrchestrator, type Harness, type InvocationEvent, type RelayResponse } from '../src/index.ts';

/** Sends each permitted line of its task to a printer. */
const printer: Harness = {
  async *invoke({ messages, runId = 'printer', signal }): AsyncGenerator<InvocationEvent, void, void> {
    const [task] = messages;
    const lines = typeof task?.content === 'string' ? task.content.split('\n') : [];
    let printed = 0;
    for (const [index, line] of lines.entries()) {
      const id = `line-${index + 1}`;
      const params = { line };
      yield { type: 'tool_call', runId, id, name: 'print', input: params };

      const answer = Promise.withResolvers<RelayResponse>();
      const relay = { type: 'relay', runId, id, kind: 'permission', toolCallId: id, tool: 'print', params } as const;
      yield { ...relay, respond: answer.resolve };
      const said = await answer.promise;

      if (said.approved) {
        yield { type: 'tool_start', runId, id };
        await after(5, undefined, { signal }); // the work; an abort ends it
        printed += 1;
        yield { type: 'tool_result', runId, id, name: 'print', status: 'ok', output: { context: `printed: ${line}` } };
      } else {
        const context = said.reason ?? 'not allowed';
        yield { type: 'tool_result', runId, id, name: 'print', status: 'denied', output: { context } };
      }
    }
    yield { type: 'text', runId, id: 'summary', content: `Printed ${printed} of ${lines.length} lines.` };
  },
};

await using orchestrator = new AgentOrchestrator(printer, {
  permissions: {
    allowlist: [{ tool: 'print', params: { line: 'Dear *' } }],
    deny: [{ tool: 'print', params: { line: '*secret*' }, reason: 'Secrets stay here.' }],
  },
});
const id = orchestrator.spawn({
  name: 'printer',
  messages: [{ role: 'user', content: 'Dear Ada,\nthe secret is out.\nYours, Charles' }],
});

for await (const { event } of orchestrator.events()) {
  if (event.type === 'relay') {
    console.log(`asked: ${JSON.stringify(event.params)}`);
    orchestrator.resolveRelay(event.id, { approved: true });
  }
  if (event.type === 'tool_result') console.log(`${event.status}: ${JSON.stringify(event.output.context)}`);
}
const { status, text } = await orchestrator.result(id);
console.log(`${status}: ${text}`);
