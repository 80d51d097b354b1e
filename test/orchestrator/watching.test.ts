import { describe, expect, test, vi } from 'vitest';
import type { InspectionEvent } from 'xstate';
import { agentTool, call, type Logger, ModelError, type OrchestratorOptions } from '../../src/index.ts';
import { playedTeam } from '../support/played-model.ts';
import { collect, echoTool, handClock, relaysWaiting, scriptedTeam, start } from '../support/team.ts';

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

function keepingLogger(): Logger & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields: { ...fields } });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const family = () =>
  function* ({ task }: { task: string }) {
    if (task === 'parent') yield { calls: [call('agent', { task: 'child', name: 'kid' })] };
    yield { calls: [call('echo', { text: 'secret text' })] };
    yield { text: 'ok' };
  };

async function runFamily(options: OrchestratorOptions) {
  await using team = scriptedTeam(family(), options);
  const tools = [agentTool, echoTool()];
  const id = start(team, 'parent', { name: 'lead', tools, permissions: { allowlist: [{ tool: 'agent' }] } });
  const [first] = await relaysWaiting(team, 1);
  team.resolveRelay(first?.id ?? '', { approved: true, always: true });
  const outcome = await team.result(id);
  const [grant] = team.grants.list();
  team.grants.revoke(grant?.id ?? '');
  return { id, outcome, entries: await collect(team.events()) };
}

describe('the log', () => {
  test('has one line per spawn, decision, relay, answer, end, revocation and cleanup, with agent id and path', async () => {
    const logger = keepingLogger();
    const { id } = await runFamily({ logger });
    const count = (message: string) => logger.lines.filter((line) => line.message === message).length;
    expect(
      Object.fromEntries(
        ['spawn', 'decision', 'relay', 'relay resolved', 'end', 'grant revoked', 'cleanup'].map((message) => [
          message,
          count(message),
        ]),
      ),
    ).toEqual({ spawn: 2, decision: 3, relay: 1, 'relay resolved': 1, end: 2, 'grant revoked': 1, cleanup: 1 });
    const ofAgents = logger.lines.filter(({ message }) => !['cleanup', 'grant revoked'].includes(message));
    for (const { fields, message } of ofAgents) {
      const path = fields['agentId'] === id ? ['lead'] : ['lead', 'kid'];
      expect([message, fields['path']]).toEqual([message, path]);
    }
  });

  test('has a line per transition of an agent', async () => {
    const logger = keepingLogger();
    const { id } = await runFamily({ logger });
    const child = logger.lines.filter(({ message, fields }) => message === 'transition' && fields['agentId'] !== id);
    const states = child.map(({ fields }) => String(fields['to']));
    expect(states.at(-1)).toBe('done');
    expect(states).toContain('awaitingRelay');
    expect(states.filter((state, index) => state === states[index - 1])).toEqual([]);
  });

  test('holds no arguments and no outputs, and secrets in what others wrote are blacked out', async () => {
    const logger = keepingLogger();
    await runFamily({ logger });
    expect(JSON.stringify(logger.lines)).not.toContain('secret text');

    const broken = keepingLogger();
    await using confused = playedTeam(
      (_asked, nth) => (nth === 0 ? { calls: [{ id: 'a', name: 'echo', input: 'secret text' }] } : { text: 'ok' }),
      { logger: broken },
    );
    await confused.result(start(confused, 'go', { tools: [echoTool()] }));
    expect(broken.lines.map(({ message }) => message)).toContain('decision');
    expect(JSON.stringify(broken.lines)).not.toContain('secret text');

    const errors = keepingLogger();
    await using team = playedTeam(
      () => ({
        fails: {
          error: new ModelError('401: Bearer abc.def, api_key=hunter22, sk-proj-abcdef123', { retryable: false }),
        },
      }),
      { logger: errors },
    );
    await team.result(start(team, 'go'));
    const text = JSON.stringify(errors.lines);
    expect(text).toContain('401');
    expect(text).not.toMatch(/abc\.def|hunter22|abcdef123/);
  });

  test('a turn that is dropped is a warning', async () => {
    const logger = keepingLogger();
    const clock = handClock();
    await using team = playedTeam(
      (_asked, nth) => ({
        text: 'half',
        ...(nth === 0 && { fails: { error: new ModelError('busy', { retryable: true }) } }),
      }),
      { logger, clock },
    );
    const id = start(team, 'go');
    while (clock.pending === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    clock.advance(1000);
    await team.result(id);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'turn discarded', fields: { agentId: id, attempt: 1, retryInMs: 1000 } },
    ]);
  });

  test('is silent by default', async () => {
    const written: unknown[] = [];
    const keep = (chunk: unknown) => {
      written.push(chunk);
      return true;
    };
    const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep));
    await runFamily({});
    for (const spy of spies) spy.mockRestore();
    expect(written).toEqual([]);
  });
});

const thrown: readonly (readonly [string, unknown])[] = [
  ['an error', new Error('broken')],
  ['undefined', undefined],
];
const ways: readonly (readonly [string, (value: unknown) => void])[] = [
  [
    'throws',
    (value) => {
      throw value;
    },
  ],
  // what an async function gives where nobody awaits it
  ['rejects with', (value) => Promise.reject(value)],
];
const failures = ways.flatMap(([way, fail]) => thrown.map(([what, value]) => [way, what, () => fail(value)] as const));

describe.each(failures)('one that %s %s hurts nobody', (_way, _what, fail) => {
  test('a logger', async () => {
    const { outcome } = await runFamily({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
    expect(outcome).toMatchObject({ status: 'completed' });
  });

  test('an inspector', async () => {
    const { outcome } = await runFamily({ inspect: fail });
    expect(outcome).toMatchObject({ status: 'completed' });
    expect((await runFamily({ inspect: { next: fail } })).outcome).toMatchObject({ status: 'completed' });
  });
});

test('a subscriber of events$ that answers relays sees every entry once, in order', async () => {
  await using team = scriptedTeam(family());
  const seen: number[] = [];
  team.events$.subscribe(({ seq, event }) => {
    seen.push(seq);
    if (event.type === 'relay') team.resolveRelay(event.id, { approved: true });
  });
  const id = start(team, 'alone', { tools: [echoTool()] });
  expect(await team.result(id)).toMatchObject({ status: 'completed' });
  const entries = await collect(team.events());
  expect(seen).toEqual(entries.map(({ seq }) => seq));
});

describe('inspect', () => {
  test('a function gets XState’s inspection events, births of agents among them', async () => {
    const events: InspectionEvent[] = [];
    await runFamily({ inspect: (event) => void events.push(event) });
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['@xstate.actor', '@xstate.event', '@xstate.snapshot', '@xstate.microstep', '@xstate.action']),
    );
    const born = events.flatMap((event) =>
      event.type === '@xstate.actor' && 'id' in event.actorRef ? [event.actorRef.id] : [],
    );
    expect(born.filter((id) => id === 'agent')).toHaveLength(2);
    expect(born).toEqual(expect.arrayContaining(['turn', 'call-0', 'tool']));
  });

  test('so does an observer', async () => {
    const observer = {
      seen: 0,
      next(this: { seen: number }) {
        this.seen += 1;
      },
    };
    await runFamily({ inspect: observer });
    expect(observer.seen).toBeGreaterThan(0);
  });
});
