import { describe, expect, test } from 'vitest';
import type { PendingRelay } from '../../src/events.ts';
import { endings } from '../../src/machines/call-endings.ts';
import type { PreparedCall } from '../../src/machines/call-entities.ts';
import {
  deniedText,
  editedNote,
  lastTurnText,
  reportedOutcomeNote,
  unknownText,
} from '../../src/machines/model-texts.ts';
import type { SavedCall } from '../../src/machines/restored.ts';
import {
  approvalOf,
  asksOutcome,
  confirmationRequest,
  decisionRequest,
  difference,
  isFirstCheck,
  keepsChanging,
  mayHaveRun,
  openCall,
  origin,
  outcomeRequest,
  outputOf,
  preparedOf,
  resolutionOf,
  resultOf,
  standingRequest,
  type ToolCallContext,
  type ToolCallInput,
} from '../../src/machines/tool-call-context.ts';
import { bash } from '../permissions/calls.ts';
import { agentInput, deaf } from './parts.ts';

const proposal = [{ tool: 'bash' }];
const prepared = (idempotent = false): PreparedCall => ({
  tool: { name: 'bash', idempotent } as never,
  input: { command: 'ls' },
  request: bash('ls'),
  proposal,
  digest: 'd',
  relayId: 'r-new',
  at: 5,
});
const relay = (kind: PendingRelay['kind'] = 'permission'): PendingRelay => ({
  id: 'r-old',
  kind,
  agentId: 'a',
  toolCallId: 'a/1',
  tool: 'bash',
  params: {},
  path: ['a'],
  why: 'because',
  proposal: null,
  covers: null,
  releases: [],
  askedAt: 1,
});
const agent = agentInput().spec;
const input = (saved?: SavedCall): ToolCallInput => ({
  call: { id: 'a/1', rawId: '1', name: 'bash', input: { command: 'pwd' } },
  spec: agent,
  orchestrator: deaf(),
  owner: deaf(),
  ...(saved === undefined ? {} : { saved }),
});
const fresh = (patch: Partial<ToolCallContext> = {}): ToolCallContext => ({
  ...openCall(input()),
  prepared: prepared(),
  ...patch,
});
const base = { announced: true, edited: true, input: { command: 'ls' }, ran: true, children: [] };

describe('a call is opened', () => {
  test('as the model asked for it', () => {
    expect(openCall(input())).toStrictEqual({
      ...input(),
      orchestrator: expect.anything(),
      owner: expect.anything(),
      input: { command: 'pwd' },
      edited: false,
      ran: false,
      changes: 0,
      subagents: {},
      children: [],
    });
  });

  test('as it stood: unchecked, with a human’s yes to its edit if there was one', () => {
    const plain = openCall(input({ ...base, stage: 'unchecked' }));
    expect(plain).toMatchObject({ input: { command: 'ls' }, edited: true, ran: true });
    expect(plain).not.toHaveProperty('approval');
    const approval = { relayId: 'r', by: 'ann', waitedMs: 3 };
    expect(openCall(input({ ...base, stage: 'unchecked', approval })).approval).toEqual(approval);
  });

  test('as it stood: over, interrupted, waiting or cleared', () => {
    const ending = endings.cancelled('x');
    expect(openCall(input({ ...base, stage: 'over', ending }))).toHaveProperty('ending', ending);
    expect(openCall(input({ ...base, stage: 'over', ending }))).not.toHaveProperty('prepared');
    const interrupted = openCall(input({ ...base, stage: 'interrupted', prepared: prepared(), why: 'w' }));
    expect(interrupted).toHaveProperty('prepared.relayId', 'r-new');
    expect(interrupted).not.toHaveProperty('relay');
    expect(interrupted).not.toHaveProperty('decidedBy');
    const waiting = openCall(input({ ...base, stage: 'waiting', prepared: prepared(), relay: relay() }));
    expect(waiting.relay).toEqual(relay());
    expect(waiting).not.toHaveProperty('decidedBy');
    const decidedBy = { kind: 'rule', id: 'x' } as const;
    const receipt = { grants: ['g'], once: [] };
    const cleared = openCall(input({ ...base, stage: 'cleared', prepared: prepared(), decidedBy, receipt }));
    expect(cleared).toMatchObject({ decidedBy, receipt });
    expect(cleared).not.toHaveProperty('relay');
    const asked = openCall(input({ ...base, stage: 'cleared', prepared: prepared(), relay: relay() }));
    expect(asked.relay).toEqual(relay());
  });
});

test('only a call that depends on no earlier decision and no human may be decided by its check', () => {
  expect(isFirstCheck(fresh())).toBe(true);
  const approval = { relayId: 'r', by: 'ann', waitedMs: 1 };
  const receipt = { grants: ['g'], once: [] };
  const later = [{ relay: relay() }, { approval }, { changed: 'x' }, { receipt }];
  expect(later.map((patch) => isFirstCheck(fresh(patch)))).toEqual([false, false, false, false]);
});

describe('the result of a call', () => {
  test('has its ending, the files it saw, and what decided it', () => {
    const decidedBy = { kind: 'rule', id: 'x' } as const;
    const files = [{ path: 'x' }] as never;
    const context = fresh({ ran: true, decidedBy, ending: { status: 'ok', output: { context: 'c' }, files } });
    expect(resultOf(context)).toStrictEqual({
      id: 'a/1',
      name: 'bash',
      output: { context: 'c' },
      status: 'ok',
      decidedBy,
      files,
    });
    const settlement = { id: 'a/1', rawId: '1', name: 'bash', output: { context: 'c' }, status: 'ok', decidedBy };
    expect(outputOf(context)).toStrictEqual({ settlement });
    const denied = fresh({ ending: { status: 'denied', output: {}, fatal: 'why' } });
    expect(outputOf(denied)).toMatchObject({ settlement: { status: 'denied' }, fatal: 'why' });
  });

  test('shows the arguments that a human chose, and whether they ran', () => {
    const edited = { edited: true, input: { command: 'pwd' }, ending: { status: 'ok', output: {} } } as const;
    expect(resultOf(fresh({ ...edited, ran: true })).output.context).toContain('What ran: {"command":"ls"}');
    expect(resultOf(fresh(edited)).output.context).toContain('Not run: {"command":"pwd"}');
  });
});

describe('a call ends', () => {
  test.each([
    ['failed', endings.failed('x'), { status: 'error', output: { context: 'x' } }],
    ['refused', endings.refused('x'), { status: 'error', decidedBy: { kind: 'input', reason: 'x' } }],
    [
      'uncheckable',
      endings.uncheckable(new Error('x')),
      { status: 'error', decidedBy: { kind: 'input', reason: 'x' } },
    ],
    ['unsteady', endings.unsteady(), { status: 'error', decidedBy: { kind: 'input' } }],
    ['limited', endings.limited('x'), { status: 'limited', decidedBy: { kind: 'limit', reason: 'x' } }],
    ['cancelled', endings.cancelled('x'), { status: 'cancelled', decidedBy: { kind: 'cancel', reason: 'x' } }],
    ['withdrawn', endings.withdrawn('x'), { status: 'cancelled', decidedBy: { kind: 'cancel', reason: 'x' } }],
  ])('%s', (_name, ending, expected) => {
    expect(ending).toMatchObject(expected);
    expect(ending).not.toHaveProperty('fatal');
  });

  test('as its tool says; a limit that a tool met is a limit', () => {
    const output = { context: 'x' };
    const event = { type: 'tool.failed' as const, output };
    expect(endings.byTool({ ...event, status: 'error' })).toStrictEqual({ status: 'error', output });
    const decidedBy = { kind: 'limit', reason: 'x' };
    expect(endings.byTool({ ...event, status: 'limited' })).toStrictEqual({ status: 'limited', output, decidedBy });
    const parts = { context: [{ type: 'text' as const, text: 'x' }] };
    expect(endings.byTool({ ...event, status: 'limited', output: parts })).toHaveProperty(
      'decidedBy.reason',
      'a limit was reached',
    );
  });

  test('unknown, because of whoever gave it up', () => {
    expect(endings.unknown('x')).toStrictEqual({ status: 'unknown', output: { context: unknownText('x') } });
    const denied = { type: 'call.denied' as const, relayId: 'r', reason: 'why' };
    const rule = { kind: 'rule' as const, id: 'x' };
    const human = { kind: 'human' as const, by: 'ann' };
    expect(endings.givenUp({ ...denied, decidedBy: rule })).toStrictEqual(endings.unknown('why', rule));
    expect(endings.givenUp({ ...denied, decidedBy: human })).toStrictEqual(
      endings.unknown('a human gave it up', human),
    );
    const resolution = { relayId: 'r', approved: false, by: 'ann', reason: 'told', waitedMs: 1 };
    expect(endings.givenUp({ ...denied, decidedBy: human, resolution })).toStrictEqual(endings.unknown('told', human));
    expect(endings.givenUp({ ...denied, decidedBy: rule, fatal: false })).not.toHaveProperty('fatal');
    expect(endings.givenUp({ ...denied, decidedBy: rule, fatal: true })).toHaveProperty('fatal', 'why');
  });

  test('denied, and its agent with it where nobody is there to ask', () => {
    const decidedBy = { kind: 'rule' as const, id: 'x' };
    const denied = { type: 'call.denied' as const, relayId: 'r', reason: 'why', decidedBy };
    const ending = { status: 'denied', output: { context: deniedText('why') }, decidedBy };
    expect(endings.denied(denied)).toStrictEqual(ending);
    expect(endings.denied({ ...denied, fatal: false })).toStrictEqual(ending);
    expect(endings.denied({ ...denied, fatal: true })).toStrictEqual({ ...ending, fatal: 'why' });
  });

  test('as a human says, and the model reads who says so', () => {
    const decidedBy = { kind: 'human' as const };
    const output = { context: 'x' };
    expect(endings.reported({ output, decidedBy })).toEqual({
      status: 'ok',
      output: reportedOutcomeNote(output),
      decidedBy,
    });
  });
});

describe('what the model reads', () => {
  test('has the note in front, of text, of parts, and of nothing', () => {
    expect(reportedOutcomeNote({ context: 'x' }).context).toMatch(/^\[The process ended.*:\]\nx$/s);
    expect(reportedOutcomeNote({}).context).toMatch(/:\]\n$/);
    const parts = reportedOutcomeNote({ context: [{ type: 'text', text: 'x' }], result: 1 });
    expect(parts).toMatchObject({ context: [{ text: expect.stringMatching(/^\[The/) }, { text: 'x' }], result: 1 });
  });

  test('says whether what a human chose ran, and what it was', () => {
    expect(editedNote({}, { input: { a: 1 }, ran: true }).context).toMatch(/What ran: \{"a":1\}/);
    expect(editedNote({}, { input: { a: 1 }, ran: false }).context).toMatch(/Not run: \{"a":1\}/);
    expect(editedNote({}, { input: undefined, ran: true }).context).toContain('What ran: undefined');
    expect(editedNote({}, { input: 1n, ran: true }).context).toContain('arguments that cannot be shown');
    expect(lastTurnText(7)).toMatch(/^You have used all 7 turns/);
  });
});

describe('between decision and start', () => {
  const same = { moved: [], altered: [], at: 1, relayId: 'r' };

  test('what was moved counts always; files whose content changed count when a human saw them', () => {
    expect(difference(fresh(), same)).toBe(undefined);
    expect(difference(fresh(), { ...same, altered: ['x'] })).toBe(undefined);
    expect(difference(fresh({ relay: relay() }), same)).toBe(undefined);
    const changed = 'the file x has changed since this call was checked';
    expect(difference(fresh({ relay: relay() }), { ...same, altered: ['x'] })).toBe(changed);
    expect(difference(fresh(), { ...same, moved: ['a', 'b'] })).toBe('a; b');
    expect(difference(fresh({ relay: relay() }), { ...same, moved: ['a'], altered: ['x'] })).toBe(`a; ${changed}`);
  });

  test('it is looked at again five times', () => {
    expect([0, 4, 5, 6].map((changes) => keepsChanging({ ...fresh(), changes }))).toEqual([false, false, true, true]);
  });

  test('a human’s yes goes along, and nobody else’s', () => {
    expect(approvalOf(fresh())).toBe(undefined);
    expect(approvalOf(fresh({ decidedBy: { kind: 'rule', id: 'x', by: 'y' } }))).toBe(undefined);
    const decidedBy = { kind: 'human', id: 'r', by: 'ann', waitedMs: 7 } as const;
    expect(approvalOf(fresh({ decidedBy }))).toEqual({ relayId: 'r', by: 'ann', waitedMs: 7 });
    expect(approvalOf(fresh({ decidedBy: { kind: 'human' } }))).toEqual({ relayId: '', by: 'human', waitedMs: 0 });
  });

  test('a call without a preparation is an error', () => {
    expect(preparedOf(fresh())).toEqual(prepared());
    expect(() => preparedOf(openCall(input()))).toThrow('entered only with a prepared call');
  });

  test('a decision about a call that did not wait has a resolution all the same', () => {
    const resolution = { relayId: 'r', approved: true, by: 'ann', waitedMs: 1 };
    expect(resolutionOf({ relayId: 'x', resolution })).toBe(resolution);
    expect(resolutionOf({ relayId: 'x' })).toEqual({ relayId: 'x', approved: false, by: 'unknown', waitedMs: 0 });
  });
});

describe('what the orchestrator is asked', () => {
  const ref = deaf();

  test('is whether this call may run, under the id a question would have', () => {
    const context = fresh();
    expect(decisionRequest(context, ref)).toStrictEqual({
      type: 'call.requested',
      request: context.prepared?.request,
      layers: [],
      proposal,
      relayId: 'r-new',
      at: 5,
      path: ['a'],
      ref,
    });
  });

  test('comes with what there is: a yes, a receipt, what changed; an edit makes nothing permanent', () => {
    const approval = { relayId: 'r', by: 'ann', waitedMs: 1 };
    const receipt = { grants: ['g'], once: [] };
    expect(decisionRequest(fresh({ approval, receipt, edited: true }), ref)).toMatchObject({
      approval,
      receipt,
      proposal: null,
    });
    expect(decisionRequest(fresh({ changed: 'x' }), ref)).toMatchObject({ changed: 'x', mustAsk: false });
    expect(decisionRequest(fresh({ changed: 'x', relay: relay() }), ref)).toMatchObject({
      changed: 'x',
      mustAsk: true,
    });
    expect(decisionRequest(fresh({ relay: relay() }), ref)).not.toHaveProperty('mustAsk');
  });

  test('before the start: the same once more, with a human’s yes', () => {
    const decidedBy = { kind: 'human', id: 'r', by: 'ann', waitedMs: 7 } as const;
    const changed = 'what allowed this call does so no longer';
    const yes = { relayId: 'r', by: 'ann', waitedMs: 7 };
    expect(confirmationRequest(fresh({ decidedBy, changed: 'old' }), ref)).toMatchObject({ changed, approval: yes });
    expect(confirmationRequest(fresh(), ref)).not.toHaveProperty('approval');
    expect(confirmationRequest(fresh(), ref)).not.toHaveProperty('mustAsk');
  });

  test('after a restart: the question that stood, under its id', () => {
    expect(standingRequest(fresh(), ref)).toEqual(decisionRequest(fresh(), ref));
    const asked = standingRequest(fresh({ relay: relay() }), ref);
    expect(asked).toMatchObject({ relayId: 'r-old', standing: relay() });
    expect(asked).not.toHaveProperty('unknown');
    expect(asked).not.toHaveProperty('mustAsk');
    const unknown = standingRequest(fresh({ relay: relay('unknown_outcome') }), ref);
    expect(unknown).toMatchObject({ relayId: 'r-old', unknown: 'because' });
    const saved = { ...base, stage: 'waiting', prepared: prepared(), relay: relay() } as const;
    expect(standingRequest(fresh({ relay: relay(), saved }), ref)).not.toHaveProperty('mustAsk');
    expect(standingRequest(fresh({ relay: relay(), saved: { ...saved, isAgain: true } }), ref).mustAsk).toBe(true);
  });

  test('of a call that was cut: what became of it, and why nobody knows', () => {
    const saved = { ...base, stage: 'interrupted', prepared: prepared(), why: 'cut' } as const;
    expect(outcomeRequest(fresh({ saved }), ref)).toMatchObject({ relayId: 'r-new', unknown: 'cut' });
    expect(outcomeRequest(fresh(), ref).unknown).toBe('');
  });
});

test('a call may have run when its outcome is asked for, or it was started and is not idempotent', () => {
  expect(mayHaveRun(fresh())).toBe(false);
  expect(mayHaveRun(fresh({ ran: true }))).toBe(true);
  expect(mayHaveRun(fresh({ ran: true, prepared: prepared(true) }))).toBe(false);
  expect(mayHaveRun(fresh({ relay: relay('unknown_outcome') }))).toBe(true);
  expect(mayHaveRun(fresh({ relay: relay() }))).toBe(false);
  expect([asksOutcome(fresh()), asksOutcome(fresh({ relay: relay('unknown_outcome') }))]).toEqual([false, true]);
});

test('events of a call carry the call that asked for its agent, if one did', () => {
  const { spec } = input();
  expect(origin({ spec })).toStrictEqual({ runId: 'a' });
  const identity = { ...spec.identity, parentId: 'p/1' };
  expect(origin({ spec: { ...spec, identity } })).toStrictEqual({ runId: 'a', parentId: 'p/1' });
});
