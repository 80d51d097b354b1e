import { expect, test } from 'vitest';
import { AgentOrchestrator, GreenroomError } from '../../src/index.ts';
import { sqliteJournal } from '../../src/journal/index.ts';
import { folder } from '../journal/entries.ts';
import { echoTool, relaysWaiting, start } from '../support/team.ts';
import { askOnce, harnessOf, session } from './sessions.ts';

const inUse = expect.objectContaining({ code: 'journal', message: expect.stringContaining('in use') });

test('a session is run by one orchestrator: another one gets an error, and the first goes on', async () => {
  const echo = echoTool();
  const { first, reopen, journal } = session(askOnce, [echo]);
  expect(() => new AgentOrchestrator(harnessOf(askOnce), { journal })).toThrow(inUse);
  const id = start(first, 'go', { tools: [echo] });
  const [asked] = await relaysWaiting(first, 1);
  await expect(reopen()).rejects.toThrow(inUse);
  first.resolveRelay(asked?.id ?? '', { approved: true });
  expect(await first.result(id)).toMatchObject({ text: 'it said: echo: hi' });
  await first.suspend();
  const opening = reopen();
  await expect(reopen()).rejects.toThrow(inUse); // also while it is being opened
  await using second = await opening;
  expect(second.agents()).toMatchObject([{ id, state: 'done' }]);
});

test('also of one journal in a file, which stays open for the first', async () => {
  using dir = folder();
  const journal = sqliteJournal(dir.file());
  const options = { journal, harness: harnessOf(askOnce), tools: [echoTool()] };
  await using first = await AgentOrchestrator.open(options);
  await expect(AgentOrchestrator.open(options)).rejects.toThrow(inUse);
  start(first, 'go', { tools: [echoTool()] });
  expect(await relaysWaiting(first, 1)).toHaveLength(1);
});

test('an open() that fails lets go of the journal', async () => {
  const { first, reopen } = session(askOnce, []);
  await first.suspend();
  const workspace = '/nowhere/at/all';
  await expect(reopen({ workspace })).rejects.toThrow(GreenroomError);
  await (await reopen()).cleanup();
});
