/** Serves the session of a journal, or starts one in an empty journal: `<journal> <port> <page>`. Prints its address. */
import { AgentOrchestrator, call, createAgentHarness, createGeneratorHarness, scriptedModel } from '../../src/index.ts';
import { sqliteJournal } from '../../src/journal/index.ts';
import { createServer } from '../../src/server/index.ts';
import { echoTool, start } from '../support/team.ts';

const [journal = '', port = '0', page = ''] = process.argv.slice(2);
const model = scriptedModel(function* () {
  const [said] = yield { text: 'I ask.', calls: [call('echo', { text: 'may I?' })] };
  yield { text: `It said: ${said?.text ?? ''}` };
});
const harness = createAgentHarness({ harness: createGeneratorHarness({ model }) });
const tools = [echoTool()];
const team = await AgentOrchestrator.open({ journal: sqliteJournal(journal), harness, tools });
if (team.lastSeq() === 0) start(team, 'go', { name: 'asker', tools });
const server = await createServer({ orchestrator: team }, { port: Number(port), page });
process.once('SIGTERM', () => {
  void server.close().then(() => team.cleanup());
});
// a test process that is killed cannot end this one
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(1), 1000).unref();
console.log(server.address);
