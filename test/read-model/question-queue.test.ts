import { describe, expect, it } from 'vitest';
import type { PendingRelay } from '../../src/events.ts';
import {
  continued,
  createGuard,
  EMPTY_QUEUE,
  forgotten,
  groupsOf,
  movedBy,
  movedTo,
  type QuestionQueue,
  QUIET_MS,
  withDraft,
  withOpen,
} from '../../src/read-model/question-queue.ts';

const asked = (id: string, changes: Partial<PendingRelay> = {}): PendingRelay => ({
  id,
  kind: 'permission',
  agentId: `agent-of-${id}`,
  toolCallId: `agent-of-${id}/call`,
  tool: 'bash',
  params: { command: 'npm test' },
  path: [id],
  why: '',
  proposal: [{ tool: 'bash', params: { command: 'npm test' } }],
  releases: [],
  askedAt: 1,
  ...changes,
});
const idsOf = (relays: readonly PendingRelay[]) =>
  groupsOf(relays).map(({ relays: members }) => members.map(({ id }) => id));

describe('groups of waiting questions', () => {
  it('questions with the same tool, kind and rules are one group', () => {
    expect(idsOf([asked('a'), asked('b'), asked('c', { tool: 'read', proposal: [{ tool: 'read' }] })])).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
  });

  it('the group with the oldest question comes first, and the oldest question in it', () => {
    const other = { proposal: [{ tool: 'bash', params: { command: 'ls' } }] };
    const relays = [asked('late', { askedAt: 9 }), asked('middle', { askedAt: 5, ...other }), asked('first')];
    expect(idsOf(relays)).toEqual([['first', 'late'], ['middle']]);
    expect(withOpen(EMPTY_QUEUE, relays).waiting.map(({ id }) => id)).toEqual(['first', 'late', 'middle']);
  });

  it('the order in which the keys of a rule were written makes no difference', () => {
    const one = [{ tool: 'bash', params: { command: 'ls', cwd: 'docs' } }];
    const other = [{ params: { cwd: 'docs', command: 'ls' }, tool: 'bash' }];
    expect(idsOf([asked('a', { proposal: one }), asked('b', { proposal: other })])).toEqual([['a', 'b']]);
  });

  it('questions about different kinds of things are never one group', () => {
    expect(idsOf([asked('a'), asked('b', { kind: 'unknown_outcome' })])).toEqual([['a'], ['b']]);
  });

  it('questions that cannot be allowed permanently are one group only when their arguments are equal', () => {
    const once = { proposal: null };
    expect(
      idsOf([asked('a', once), asked('b', once), asked('c', { ...once, params: { command: 'rm -r x' } })]),
    ).toEqual([['a', 'b'], ['c']]);
  });
});

/** Questions of different rules, oldest first. */
const different = (...ids: readonly string[]): PendingRelay[] =>
  ids.map((id) => asked(id, { proposal: [{ tool: 'bash', params: { command: id } }] }));
const queueOf = (ids: readonly string[], current?: string): QuestionQueue => {
  const queue = withOpen(EMPTY_QUEUE, different(...ids));
  return current === undefined ? queue : movedTo(queue, current);
};
const after = (queue: QuestionQueue, ...ids: readonly string[]) => withOpen(queue, different(...ids));

describe('the current question', () => {
  it('stays current while it is open, wherever it is in the queue', () => {
    const { current, gone } = after(queueOf(['a', 'b'], 'b'), 'c', 'b', 'a');
    expect([current?.id, gone]).toEqual(['b', undefined]);
  });

  it('is followed by the next open one below it', () => {
    const { current, gone } = after(queueOf(['a', 'b', 'c', 'd'], 'b'), 'a', 'd');
    expect([current?.id, gone?.id]).toEqual(['d', 'b']);
  });

  it('is followed by the one above it when it was the last', () => {
    expect(after(queueOf(['a', 'b', 'c'], 'c'), 'a', 'b').current?.id).toBe('b');
  });

  it('is the first one when there was none before, and none when none is open', () => {
    expect(queueOf(['a', 'b']).current?.id).toBe('a');
    expect(after(queueOf(['a'])).current).toBeUndefined();
    expect(after(after(queueOf(['a'])), 'b').current?.id).toBe('b');
    expect(after(queueOf(['a']), 'x').current?.id).toBe('x');
  });

  it('moves from the last to the first and back', () => {
    expect(movedBy(queueOf(['a', 'b'], 'b'), 1).current?.id).toBe('a');
    expect(movedBy(queueOf(['a', 'b'], 'a'), -1).current?.id).toBe('b');
    expect(movedBy(EMPTY_QUEUE, 1).current).toBeUndefined();
  });

  it('is not one that is settled', () => {
    expect(movedTo(queueOf(['a', 'b']), 'gone').current?.id).toBe('a');
  });
});

function guarded() {
  let time = 1000;
  const guard = createGuard(() => time);
  return { guard, pass: (ms: number) => (time += ms) };
}

describe('a draft', () => {
  const drafted = (queue: QuestionQueue, ...about: readonly string[]) => withDraft(queue, { about, text: 'bec' });

  it('is left when its question is settled elsewhere, and holds answers until the human continues', () => {
    const queue = after(drafted(queueOf(['a', 'b']), 'a'), 'b');
    expect([queue.draft, queue.left]).toEqual([undefined, { about: ['a'], text: 'bec', isHeld: true }]);
    expect(continued(queue).left).toMatchObject({ text: 'bec', isHeld: false });
    expect(forgotten(queue).left).toBeUndefined();
  });

  it('without a text holds answers too, and leaves nothing to keep', () => {
    const queue = after(withDraft(queueOf(['a']), { about: ['a'], text: '' }));
    expect(queue.left?.isHeld).toBe(true);
    expect(continued(queue).left).toBeUndefined();
  });

  it('stays while its question is open', () => {
    expect(after(drafted(queueOf(['a', 'b']), 'a'), 'a', 'c').draft?.text).toBe('bec');
  });

  it('is dropped when the human moves on or closes it', () => {
    const queue = drafted(queueOf(['a', 'b']), 'a');
    for (const other of [movedBy(queue, 1), movedTo(queue, 'b'), withDraft(queue, undefined)]) {
      expect([other.draft, after(other, 'b').left]).toEqual([undefined, undefined]);
    }
  });

  it('for a group stays while the group has two questions and one of them is current', () => {
    const alike = ['a', 'b', 'c'].map((id) => asked(id));
    const queue = drafted(withOpen(EMPTY_QUEUE, alike), 'a', 'b', 'c');
    const two = withOpen(queue, alike.slice(1));
    expect([two.current?.id, two.left]).toEqual(['b', undefined]);
    expect(withOpen(two, alike.slice(2)).left?.text).toBe('bec');
  });
});

describe('the guard of a question', () => {
  it('a question takes no answer for half a second, and then does', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    expect(guard.isOpen()).toBe(false);
    pass(QUIET_MS - 1);
    expect(guard.isOpen()).toBe(false);
    expect(guard.remaining()).toBe(1);
    pass(1);
    expect(guard.isOpen()).toBe(true);
  });

  it('a question that takes the place of another one by itself takes no answer for half a second', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    pass(QUIET_MS);
    guard.show('b');
    expect(guard.isOpen()).toBe(false);
    pass(QUIET_MS);
    expect(guard.isOpen()).toBe(true);
  });

  it('a question that comes back is a new one', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    pass(QUIET_MS);
    guard.show('b');
    guard.show('a');
    expect(guard.isOpen()).toBe(false);
  });

  it('showing the same question again starts nothing anew', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    pass(QUIET_MS - 1);
    guard.show('a');
    pass(1);
    expect(guard.isOpen()).toBe(true);
  });

  it('a screen that was out of sight begins anew', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    pass(QUIET_MS);
    guard.restart();
    expect(guard.remaining()).toBe(QUIET_MS);
  });

  it('nothing takes an answer while nothing is shown', () => {
    const { guard, pass } = guarded();
    pass(10 * QUIET_MS);
    expect(guard.isOpen()).toBe(false);
    guard.show('a');
    pass(QUIET_MS);
    guard.show(undefined);
    expect(guard.isOpen()).toBe(false);
  });
});

describe('somebody who goes on typing', () => {
  it('answers nothing: every key while no answer is taken begins the half second anew', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    for (let keys = 0; keys < 20; keys += 1) {
      pass(QUIET_MS - 1);
      expect(guard.isOpen()).toBe(false);
      guard.typed();
    }
    pass(QUIET_MS);
    expect(guard.isOpen()).toBe(true);
  });

  it('closes nothing that takes answers', () => {
    const { guard, pass } = guarded();
    guard.show('a');
    pass(QUIET_MS);
    guard.typed();
    expect(guard.isOpen()).toBe(true);
  });
});
