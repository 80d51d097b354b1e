/**
 * Any object with `invoke()` can be an agent: here a "harness" that wraps a program of our own instead of a model.
 *
 *     npx node examples/custom-harness.ts
 *
 * It yields events as it goes. Before it does something that needs permission it yields a `relay` and waits until
 * `respond` is called: by a rule, by a saved "always", or by a human. The orchestrator decides, as for every other call.
 */
import { setTimeout as after } from 'node:timers/promises';
// in your own project: from 'greenroom'
import { AgentOrchestrator, type Harness, type InvocationEvent, type RelayResponse } from '../src/index.ts';

/** Sends each line of its task to a printer, if it may. */
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
