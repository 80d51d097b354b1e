import { describe, expect, it } from 'vitest';
import { createGuard, QUIET_MS } from '../../src/web/inbox/guard.ts';

function guarded() {
  let time = 1000;
  const guard = createGuard(() => time);
  return { guard, pass: (ms: number) => (time += ms) };
}

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
