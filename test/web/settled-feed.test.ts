import { describe, expect, it } from 'vitest';
import type { Envelope, HarnessEvent, PendingRelay } from '../../src/events.ts';
import { createSettledFeed } from '../../src/web/inbox/settled-feed.ts';

const asked: PendingRelay = {
  id: 'r1',
  kind: 'permission',
  agentId: 'a',
  toolCallId: 'a/c',
  tool: 'bash',
  params: { command: 'npm test' },
  path: ['lead', 'tests'],
  why: '',
  proposal: null,
  releases: [],
  askedAt: 1,
};

let seq = 0;
const entry = (event: HarnessEvent): Envelope => ({ seq: ++seq, at: 7, agentId: 'a', event });
const answer = (by: string, approved: boolean, more: object = {}, relayId = 'r1') =>
  entry({ type: 'relay_resolved', runId: 'a', relayId, toolCallId: 'a/c', approved, by, ...more });

describe('the questions settled last', () => {
  it('tell what was asked, by whom it was answered and how', () => {
    const feed = createSettledFeed();
    feed.tell(entry({ type: 'relay', runId: 'a', ...asked }));
    feed.tell(answer('Ann', false, { reason: 'too soon' }));
    expect(feed.settled.get()).toEqual([
      {
        relayId: 'r1',
        what: 'bash: npm test',
        path: ['lead', 'tests'],
        by: 'Ann',
        approved: false,
        answer: 'no: too soon',
        at: 7,
      },
    ]);
  });

  it('know questions that were asked before the stream was followed', () => {
    const feed = createSettledFeed();
    feed.know([asked]);
    feed.tell(answer('console', true));
    expect(feed.settled.get()).toMatchObject([{ what: 'bash: npm test', answer: 'yes' }]);
  });

  it('are the last twenty, newest first', () => {
    const feed = createSettledFeed();
    for (let number = 1; number <= 25; number++) feed.tell(answer('Ann', true, {}, `r${number}`));
    expect(feed.settled.get()).toHaveLength(20);
    expect(feed.settled.get()[0]?.relayId).toBe('r25');
    expect(feed.settled.get().at(-1)?.relayId).toBe('r6');
  });

  it.each([
    ['grant', true, 'yes: an earlier "always" covers it'],
    ['rule', false, 'no: a rule forbids it'],
    ['cancel', false, 'the question was withdrawn'],
  ])('were settled by no human when the record says %s', (by, approved, words) => {
    const feed = createSettledFeed();
    feed.tell(answer(by, approved));
    const [settled] = feed.settled.get();
    expect(settled?.answer).toBe(words);
    expect(settled?.by).toBeUndefined();
  });

  it('say that the arguments were changed, or that it ran already', () => {
    const feed = createSettledFeed();
    feed.tell(answer('Ann', true, { input: { command: 'ls' } }));
    feed.tell(answer('Ann', true, { output: { context: 'done' } }));
    expect(feed.settled.get().map((settled) => settled.answer)).toEqual(['it ran', 'yes, with changed arguments']);
  });
});
