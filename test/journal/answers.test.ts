/** A human's answers in a journal: recorded before anybody acts upon them. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type RelayAnswer } from '../../src/index.ts';
import {
  type Journal,
  leaveAnswer,
  memoryJournal,
  openSession,
  type RecordedAnswer,
  sqliteJournal,
} from '../../src/journal/index.ts';
import { AnswerWatch } from '../../src/journal/answer-watch.ts';
import { asked, fact, folder } from './entries.ts';

const yes: RelayAnswer = { approved: true, by: 'ann' };
const no: RelayAnswer = { approved: false, reason: 'not today' };

/** What a listener hears, and when it has heard so much. */
function listener(journal: Journal) {
  const heard: string[] = [];
  let wake = () => {};
  const release = journal.onAnswer?.(({ relayId }) => {
    heard.push(relayId);
    wake();
  });
  const until = async (count: number) => {
    while (heard.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return heard;
  };
  return { heard, until, release: () => release?.() };
}

describe.each<[string, (path: string) => Journal]>([
  ['the journal on disk', (path) => sqliteJournal(path)],
  ['the journal in memory', () => memoryJournal()],
])('in %s', (_name, open) => {
  test('the first answer to a relay wins; a later one is false and changes nothing', () => {
    using dir = folder();
    const journal = open(dir.file());
    expect(journal.answer?.('r', yes, 1)).toBe(true);
    expect(journal.answer?.('r', no, 2)).toBe(false);
    expect(journal.answers?.()).toEqual([{ relayId: 'r', answer: yes, at: 1 }]);
    journal.close();
  });

  test('answers come back in the order given, with all that they say', () => {
    using dir = folder();
    const journal = open(dir.file());
    const given: RecordedAnswer[] = [
      {
        relayId: 'z',
        answer: { approved: true, always: { scope: 'agent', uses: 2 }, input: { command: 'ls' } },
        at: 3,
      },
      { relayId: 'a', answer: no, at: 2 },
      { relayId: 'm', answer: { approved: true, output: { context: 'it ran' } }, at: 1 },
    ];
    for (const { relayId, answer, at } of given) journal.answer?.(relayId, answer, at);
    expect(journal.answers?.()).toEqual(given);
    journal.close();
    expect(journal.answers?.()).toEqual(given); // whoever is late still reads them
  });

  test('answers leave the entries as they are', () => {
    using dir = folder();
    const journal = open(dir.file());
    journal.append([fact(1)]);
    journal.answer?.('r', yes, 1);
    journal.append([fact(2)]);
    expect(journal.lastSeq).toBe(2);
    expect(journal.read({ since: 0, limit: 9 }).entries).toEqual([fact(1), fact(2)]);
    journal.close();
  });

  test('an owner never hears of its own answers', () => {
    using dir = folder();
    const journal = open(dir.file());
    const { heard } = listener(journal);
    journal.answer?.('r', yes, 1);
    journal.drainAnswers?.();
    expect(heard).toEqual([]);
    journal.close();
  });
});

describe('memoryJournal', () => {
  test('keeps no more answers than its bounds, the newest', () => {
    const few = memoryJournal({ maxEvents: 3 });
    for (let at = 1; at <= 10; at += 1) few.answer?.(`r${at}`, yes, at);
    expect(few.answers?.().map(({ relayId }) => relayId)).toEqual(['r8', 'r9', 'r10']);
    const small = memoryJournal({ maxBytes: 160_000 });
    for (let at = 1; at <= 10; at += 1) small.answer?.(`r${at}`, { approved: true, input: 'x'.repeat(2000) }, at);
    expect(small.answers?.().map(({ relayId }) => relayId)).toEqual(['r9', 'r10']);
  });
});

describe('sqliteJournal', () => {
  test('an answer is in the file when answer() returns, and a later owner still has it', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.answer?.('r', yes, 1);
    using reader = openSession(dir.file());
    expect(reader.answers()).toEqual([{ relayId: 'r', answer: yes, at: 1 }]);
    journal.close();
    const later = sqliteJournal(dir.file());
    expect(later.answer?.('r', no, 2)).toBe(false);
    expect(later.answers?.()).toEqual(reader.answers());
    later.close();
  });

  test.each<[string, unknown, string]>([
    ['what is no answer', { approved: 'maybe' }, 'approved'],
    ['an input that JSON cannot hold', { approved: true, input: { size: 12n } }, 'BigInt'],
  ])('%s is refused, recorded nowhere, and harms nothing', (_name, answer, said) => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    expect(() => journal.answer?.('r', answer as RelayAnswer, 1)).toThrow(
      expect.objectContaining({ code: 'invalid_params', message: expect.stringContaining(said) }),
    );
    expect(journal.answers?.()).toEqual([]);
    expect(journal.answer?.('r', yes, 2)).toBe(true);
    journal.close();
  });

  test('after close() no answer is taken', () => {
    using dir = folder();
    const journal = sqliteJournal(dir.file());
    journal.close();
    expect(() => journal.answer?.('r', yes, 1)).toThrow(expect.objectContaining({ code: 'journal' }));
    expect(journal.answers?.()).toEqual([]);
  });
});

describe('answers from outside', () => {
  afterEach(() => vi.useRealTimers());

  function asking(path: string, ...relays: string[]): Journal {
    const journal = sqliteJournal(path);
    journal.append(relays.map((id, at) => asked(at + 1, id)));
    return journal;
  }

  test('reach the owner that listens, in the order given, each once', async () => {
    using dir = folder();
    const journal = asking(dir.file(), 'r1', 'r2', 'r3');
    const { until } = listener(journal);
    leaveAnswer(dir.file(), 'r2', yes);
    expect(await until(1)).toEqual(['r2']);
    journal.answer?.('r1', yes, 1);
    leaveAnswer(dir.file(), 'r3', no);
    expect(await until(2)).toEqual(['r2', 'r3']);
    journal.drainAnswers?.();
    expect(await until(2)).toEqual(['r2', 'r3']);
    journal.close();
  });

  test('are handed over at once by drainAnswers(), so that the owner takes them up before its own', () => {
    using dir = folder();
    const journal = asking(dir.file(), 'r1', 'r2');
    const heard: unknown[] = [];
    journal.onAnswer?.((recorded) => heard.push(recorded.answer));
    leaveAnswer(dir.file(), 'r1', yes);
    journal.drainAnswers?.();
    expect(heard).toEqual([yes]);
    expect(journal.answer?.('r1', no, 1)).toBe(false);
    journal.close();
  });

  test('wait for a listener, but those of before the journal was opened are only in answers()', () => {
    using dir = folder();
    asking(dir.file(), 'r1', 'r2', 'r3').close({ unfinished: true });
    leaveAnswer(dir.file(), 'r1', yes);
    const journal = sqliteJournal(dir.file());
    leaveAnswer(dir.file(), 'r2', yes);
    journal.drainAnswers?.();
    journal.answer?.('own', yes, 1);
    const first = listener(journal);
    journal.drainAnswers?.();
    expect(first.heard).toEqual(['r2']);
    first.release();
    leaveAnswer(dir.file(), 'r3', yes);
    const second = listener(journal);
    journal.drainAnswers?.();
    expect(second.heard).toEqual(['r3']);
    expect(journal.answers?.().map(({ relayId }) => relayId)).toEqual(['r1', 'r2', 'own', 'r3']);
    journal.close();
  });

  test('a listener may look, answer, append and leave while it is told', () => {
    using dir = folder();
    const journal = asking(dir.file(), 'r1', 'r2', 'r3');
    for (const relay of ['r1', 'r2', 'r3']) leaveAnswer(dir.file(), relay, yes);
    const heard: string[] = [];
    const release = journal.onAnswer?.(({ relayId }) => {
      heard.push(relayId);
      journal.append([fact(journal.lastSeq + 1)]);
      journal.answer?.(`own-${relayId}`, yes, 1);
      if (relayId === 'r1') journal.drainAnswers?.();
      if (relayId === 'r3') release?.();
    });
    journal.drainAnswers?.();
    expect(heard).toEqual(['r1', 'r2', 'r3']);
    journal.close();
  });

  test('a listener that throws ends nothing: the ones behind are handed over with the next look', async () => {
    using dir = folder();
    const journal = asking(dir.file(), 'r1', 'r2', 'r3');
    const other = Promise.withResolvers<string>();
    journal.onAnswer?.(({ relayId }) => {
      if (relayId === 'r3') other.resolve(relayId);
      else throw new Error(`no ${relayId}`);
    });
    leaveAnswer(dir.file(), 'r1', yes);
    expect(() => journal.drainAnswers?.()).toThrow('no r1');
    leaveAnswer(dir.file(), 'r2', yes);
    leaveAnswer(dir.file(), 'r3', yes);
    expect(await other.promise).toBe('r3');
    journal.close();
  });

  test('are looked for only while somebody listens', () => {
    vi.useFakeTimers();
    using dir = folder();
    const journal = asking(dir.file(), 'r1');
    const timers = [vi.getTimerCount()];
    const one = listener(journal);
    const other = listener(journal);
    timers.push(vi.getTimerCount());
    one.release();
    timers.push(vi.getTimerCount());
    other.release();
    timers.push(vi.getTimerCount());
    listener(journal);
    timers.push(vi.getTimerCount());
    journal.close();
    timers.push(vi.getTimerCount());
    listener(journal);
    expect([...timers, vi.getTimerCount()]).toEqual([0, 1, 1, 0, 1, 0, 0]);
  });

  test('are read only when somebody else has written', () => {
    vi.useFakeTimers();
    let version = 1;
    let reads = 0;
    const watch = new AnswerWatch({ version: () => version, after: () => void (reads += 1) }, 0);
    watch.listen(() => {});
    vi.advanceTimersByTime(1000);
    expect(reads).toBe(1);
    version = 2;
    vi.advanceTimersByTime(1000);
    expect(reads).toBe(2);
    watch.stop();
  });

  test('a damaged one is said by whoever reads it, and the journal takes nothing more', () => {
    vi.useFakeTimers();
    using dir = folder();
    const journal = asking(dir.file(), 'r1', 'r2');
    const { heard } = listener(journal);
    leaveAnswer(dir.file(), 'r1', yes);
    const db = new DatabaseSync(dir.file());
    db.exec(`UPDATE answer SET answer = '{"approved":'`);
    db.close();
    vi.advanceTimersByTime(1000); // the timer throws nothing
    expect(heard).toEqual([]);
    const damaged = expect.objectContaining({
      code: 'journal',
      message: expect.stringMatching(/answer to relay r1 .*damaged.* Keep a copy/),
    });
    expect(() => journal.answers?.()).toThrow(damaged);
    expect(() => journal.append([fact(3)])).toThrow(damaged);
    expect(() => journal.answer?.('r2', yes, 1)).toThrow(damaged);
    expect(journal.read({ since: 0, limit: 9 }).entries.length).toBe(2);
    using reader = openSession(dir.file());
    expect(() => reader.answers()).toThrow(damaged);
    journal.close();
    expect(reader.info().state).toBe('stopped');
  });
});
