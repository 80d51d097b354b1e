import { expect, test } from 'vitest';
import { AgentOrchestrator, call, type Envelope, type Script } from '../../src/index.ts';
import { leaveAnswer, openSession, sqliteJournal } from '../../src/journal/index.ts';
import { folder, joinedText } from '../journal/entries.ts';
import { collect, echoTool, relaysWaiting, start, until } from '../support/team.ts';
import { askOnce, harnessOf } from './sessions.ts';

const talkative: Script = function* () {
  const [echo] = yield { text: 'one two three four', calls: [call('echo', { text: 'hi' })] };
  yield { text: `five six seven ${echo?.text}` };
};

test('a reader goes on by seq over a restart, with nothing lost and nothing twice', async () => {
  using dir = folder();
  const echo = echoTool();
  const open = () =>
    AgentOrchestrator.open({ journal: sqliteJournal(dir.file()), harness: harnessOf(talkative), tools: [echo] });
  const first = await open();
  const id = start(first, 'go', { tools: [echo] });
  const seen: Envelope[] = [];
  for await (const entry of first.events()) {
    seen.push(entry);
    if (entry.event.type === 'text' && seen.length > 3) break; // it leaves in the middle of a text
  }
  const [asked] = await relaysWaiting(first, 1);
  await first.suspend();
  const second = await open();
  second.resolveRelay(asked?.id ?? '', { approved: true });
  await second.result(id);
  const rest = await collect(second.events({ since: seen.at(-1)?.seq ?? 0 }));
  const whole = await collect(second.events());
  expect(joinedText([...seen, ...rest])).toEqual(joinedText(whole));
  expect(whole.filter(({ event }) => event.type === 'resumed')).toHaveLength(1); // the first began it
  await second.cleanup();
});

test('an answer that another process leaves is taken up by the one that runs, and the first one wins', async () => {
  using dir = folder();
  const echo = echoTool();
  await using team = new AgentOrchestrator(harnessOf(askOnce), { journal: sqliteJournal(dir.file()) });
  const id = start(team, 'go', { tools: [echo] });
  const [asked] = await relaysWaiting(team, 1);
  const relayId = asked?.id ?? '';
  expect(leaveAnswer(dir.file(), relayId, { approved: false, reason: 'from afar', by: 'ben' })).toBe('recorded');
  expect(team.resolveRelay(relayId, { approved: true })).toBe(false);
  const { event } = await until(team, (entry) => entry.event.type === 'relay_resolved');
  expect(event).toMatchObject({ approved: false, by: 'ben', reason: 'from afar' });
  expect(leaveAnswer(dir.file(), relayId, { approved: true })).toBe('settled');
  await team.result(id);
  expect(echo.runs).toEqual([]);
});

test('of answers to a stopped session each counts for its own question, also beside an "always"', async () => {
  using dir = folder();
  const echo = { ...echoTool(), derivePermission: () => ({ tool: 'echo' }) };
  const first = new AgentOrchestrator(harnessOf(askOnce), { journal: sqliteJournal(dir.file()) });
  for (const task of ['one', 'two', 'three']) start(first, task, { tools: [echo] });
  const [one, two, three] = await relaysWaiting(first, 3);
  await first.suspend();
  leaveAnswer(dir.file(), one?.id ?? '', { approved: true, always: true });
  leaveAnswer(dir.file(), two?.id ?? '', { approved: false, reason: 'not this' });
  await using second = await AgentOrchestrator.open({
    journal: sqliteJournal(dir.file()),
    harness: harnessOf(askOnce),
    tools: [echo],
  });
  const entries = await collect(second.events());
  const ends = entries.flatMap(({ event }) => (event.type === 'relay_resolved' ? [event] : []));
  const endOf = (id?: string) => ends.find(({ relayId }) => relayId === id);
  expect(endOf(one?.id)).toMatchObject({ approved: true, by: 'human' });
  expect(endOf(two?.id)).toMatchObject({ approved: false, by: 'human', reason: 'not this' });
  expect(endOf(three?.id)).toMatchObject({ approved: true, by: 'grant' });
  expect(echo.runs).toHaveLength(2);
});

test('a result for a call that has not run is no answer: the call is refused and nothing is made of it', async () => {
  using dir = folder();
  const echo = echoTool();
  await using team = new AgentOrchestrator(harnessOf(askOnce), { journal: sqliteJournal(dir.file()) });
  const id = start(team, 'go', { tools: [echo] });
  const [asked] = await relaysWaiting(team, 1);
  leaveAnswer(dir.file(), asked?.id ?? '', { approved: true, output: { context: 'made up' } });
  const { text } = await team.result(id);
  expect(text).toContain('the answer does not fit the question (output)');
  expect(text).not.toContain('made up');
  expect(echo.runs).toEqual([]);
});

test('an answer to a stopped session is used when it is resumed, before any rule or grant', async () => {
  using dir = folder();
  const echo = echoTool();
  const permissions = { allowlist: [{ tool: 'echo' }] };
  const first = new AgentOrchestrator(harnessOf(askOnce), { journal: sqliteJournal(dir.file()) });
  const id = start(first, 'go', { tools: [echo] });
  const [asked] = await relaysWaiting(first, 1);
  await first.suspend();
  expect(leaveAnswer(dir.file(), asked?.id ?? '', { approved: false, reason: 'no' })).toBe('recorded');
  expect(leaveAnswer(dir.file(), asked?.id ?? '', { approved: true })).toBe('settled');
  await using second = await AgentOrchestrator.open({
    journal: sqliteJournal(dir.file()),
    harness: harnessOf(askOnce),
    tools: [echo],
    permissions,
  });
  expect(second.getPendingRelays()).toEqual([]);
  await second.result(id);
  expect(echo.runs).toEqual([]);
  using session = openSession(dir.file());
  const ends = [...session.entries()].flatMap(({ event }) => (event.type === 'relay_resolved' ? [event] : []));
  expect(ends).toMatchObject([{ relayId: asked?.id, approved: false, reason: 'no' }]);
});
