/** An inspector of any kind can be given, none can do harm, and none costs nothing. */
import { createInspector } from '@statelyai/inspect';
import { expect, test, vi } from 'vitest';
import type * as xstate from 'xstate';
import type { InspectionEvent } from 'xstate';
import {
  AgentOrchestrator,
  call,
  createAgentHarness,
  createGeneratorHarness,
  type OrchestratorOptions,
  scriptedModel,
} from '../../src/index.ts';
import { memoryJournal } from '../../src/journal/memory-journal.ts';
import { eventually, runToEnd } from '../support/processes.ts';
import { echoTool, scriptedTeam, start } from '../support/team.ts';

/** What XState was given to report to. */
const { given } = vi.hoisted(() => ({ given: [] as ((event: InspectionEvent) => void)[] }));
vi.mock(import('xstate'), async (original) => {
  const real = await original();
  const createActor = ((logic: never, options: { inspect?: (event: InspectionEvent) => void }) => {
    if (options?.inspect !== undefined) given.push(options.inspect);
    return real.createActor(logic, options as never);
  }) as unknown as typeof xstate.createActor;
  return { ...real, createActor };
});

const script = function* () {
  yield { calls: [call('echo')] };
  yield { text: 'done' };
};
const ALLOWED = { tools: [echoTool()], permissions: { allowlist: [{ tool: 'echo' }] } };

type Inspect = NonNullable<OrchestratorOptions['inspect']>;
const fail = () => {
  throw new Error('a broken inspector');
};

const never = () => new Promise(() => undefined);
/** What an inspector gives is nobody's business, so its type is that it gives nothing. */
const giving = (give: () => unknown): (() => void) => give;

test.each<[string, Inspect]>([
  ['a function', () => undefined],
  ['a function that throws', fail],
  ['one that rejects', giving(() => Promise.reject(new Error('later')))],
  ['one that never settles', giving(never)],
  ['one that gives a promise that throws', giving(() => new Proxy({}, { get: fail }))],
  ['several', [() => undefined, { next: () => undefined }]],
  ['an observer', { next: () => undefined }],
  ['an observer whose next throws', { next: fail }],
  ['an observer whose next never settles', { next: giving(never) }],
])('%s is an inspector, and the run goes on', async (_name, inspect) => {
  await using team = scriptedTeam(script, { inspect });
  expect(await team.result(start(team, 'go', ALLOWED))).toMatchObject({ status: 'completed', text: 'done' });
});

test('each of several inspectors sees every event, also when one before it throws', async () => {
  const seen: [InspectionEvent[], InspectionEvent[]] = [[], []];
  const inspect = [
    (event: InspectionEvent) => void seen[0].push(event),
    fail,
    { next: (event: InspectionEvent) => void seen[1].push(event) },
  ];
  await using team = scriptedTeam(script, { inspect });
  await team.result(start(team, 'go', ALLOWED));
  expect(seen[0].length).toBeGreaterThan(0);
  expect(seen[1]).toEqual(seen[0]);
});

test('an opened session takes one, too, and it sees the agents', async () => {
  const born: string[] = [];
  const inspect = (event: InspectionEvent) => {
    if (event.type === '@xstate.actor') born.push((event.actorRef as { readonly id?: string }).id ?? '');
    fail();
  };
  const harness = createAgentHarness({ harness: createGeneratorHarness({ model: scriptedModel(script) }) });
  await using team = await AgentOrchestrator.open({ journal: memoryJournal(), harness, inspect });
  expect(await team.result(start(team, 'go', ALLOWED))).toMatchObject({ status: 'completed' });
  expect(born).toEqual(expect.arrayContaining(['agent', 'turn']));
});

test("what the inspectors of Stately's own package give fits as it is", async () => {
  const sent: { readonly type: string }[] = [];
  const inspector = createInspector({ send: (event) => void sent.push(event) });
  await using team = scriptedTeam(script, { inspect: inspector.inspect });
  await team.result(start(team, 'go', ALLOWED));
  await eventually(() => expect(sent.map(({ type }) => type)).toContain('@xstate.snapshot'));
});

test('what is no inspector is refused with the field', () => {
  const inspect = { nxt: fail } as unknown as Inspect;
  expect(() => scriptedTeam(script, { inspect })).toThrow(/inspect: not an inspector/);
});

test('without one, XState inspects nothing', async () => {
  given.length = 0;
  await using quiet = scriptedTeam(script);
  expect(given).toEqual([]);
  await using watched = scriptedTeam(script, { inspect: ({ type }) => void type });
  expect(given).toHaveLength(1);
  expect(quiet).not.toBe(watched);
});

test('without one, nothing of the server or of a WebSocket is loaded', async () => {
  const spy = `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    import { writeSync } from 'node:fs';
    registerHooks({ load(url, context, next) { writeSync(1, url + '\\n'); return next(url, context); } });
  `)}`;
  const entry = new URL('../../src/index.ts', import.meta.url).href;
  const program = `
    const { AgentOrchestrator, createAgentHarness, createGeneratorHarness, scriptedModel } = await import(${JSON.stringify(entry)});
    const model = scriptedModel(function* () { yield { text: 'done' }; });
    const team = new AgentOrchestrator(createAgentHarness({ harness: createGeneratorHarness({ model }) }));
    await team.result(team.spawn({ messages: [{ role: 'user', content: 'go' }] }));
    await team.cleanup();
  `;
  const args = ['--import', spy, '--input-type=module', '--eval', program];
  const { status, stdout } = await runToEnd(process.execPath, args, { env: { PATH: process.env['PATH'] } });
  expect(status).toBe(0);
  const loaded = stdout.split('\n');
  expect(loaded).toContain(entry);
  expect(loaded.filter((url) => /\/src\/inspect\/|\/node_modules\/ws\/|^node:(http|net)$/.test(url))).toEqual([]);
});
