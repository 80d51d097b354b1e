/** What must hold of a session whose process was killed at some moment, and that was then played to its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Envelope } from '../../../src/index.ts';
import { openSession } from '../../../src/journal/index.ts';
import { expectLaws } from '../../lifecycle/laws.ts';
import { endsWithTest } from '../../support/processes.ts';
import { eventsOf } from '../../support/team.ts';
import { filesOf, journalOf, logged, NEW, OLD, play, type Told } from './session.ts';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

export interface Run {
  /** What it promised before it ended. */
  readonly told: readonly Told[];
  /** The step at which it killed itself; none when it came to its end. */
  readonly killedAt: string | undefined;
}

export interface Kill {
  /** Kills itself at this step: its number from the start, or `<name>:<nth>`. Default: it does not. */
  readonly step?: number | string;
  /** Only if that is before everything is back; else it ends there, without a kill. */
  readonly inRecovery?: boolean;
  /** Is killed from outside once it has promised so much. */
  readonly afterPromises?: number;
}

/** Plays the session in a process of its own. */
export async function playInProcess(
  dir: string,
  { step = 0, inRecovery = false, afterPromises = Infinity }: Kill,
): Promise<Run> {
  const args = [CHILD, dir, String(step), String(inRecovery)];
  // compiled once for all of them
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'greenroom-compile-cache') };
  const child = endsWithTest(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env }));
  let said = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > afterPromises) child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]; // as Node documents it
  if (signal !== 'SIGKILL' && code !== 0) throw new Error(`the child failed at step ${step}: ${complaint}`);
  const lines = said.split('\n').slice(0, -1);
  const told = lines.map((line) => JSON.parse(line) as Told & { killed?: string });
  return {
    told,
    killedAt: signal === 'SIGKILL' ? (told.find(({ killed }) => killed)?.killed ?? 'by hand') : undefined,
  };
}

/** The rows are a prefix: each begins where the one before ended. */
export function expectPrefix(path: string): void {
  const db = new DatabaseSync(path);
  try {
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    // killed before it had tables
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get() === undefined) return;
    let last = 0;
    for (const { seq, first } of db.prepare('SELECT seq, first FROM entry ORDER BY seq').iterate()) {
      expect(first).toBe(last + 1);
      last = Number(seq);
    }
  } finally {
    db.close();
  }
}

const isFact = ({ event: { type } }: Envelope): boolean =>
  type !== 'text' && type !== 'reasoning' && type !== 'tool_progress';

function recorded(dir: string): { readonly entries: Envelope[]; readonly answered: ReadonlySet<string> } {
  using session = openSession(journalOf(dir));
  return { entries: [...session.entries()], answered: new Set(session.answers().map(({ relayId }) => relayId)) };
}

/** P1: what anybody was told is on the disk. */
function expectToldIsStored(told: readonly Told[], stored: readonly Envelope[]): void {
  const types = new Map(stored.map(({ seq, event }) => [seq, event.type]));
  const last = stored.at(-1)?.seq ?? 0;
  for (const { seq } of told) {
    if (seq === undefined) continue;
    expect(seq.seq).toBeLessThanOrEqual(last);
    if (seq.type !== 'text') expect(types.get(seq.seq)).toBe(seq.type); // a piece of text may be stored joined
  }
}

const isThere = (dir: string): boolean => {
  try {
    return openSession(journalOf(dir)).close() === undefined;
  } catch {
    return false; // killed before there was a session
  }
};

/** Goes on in this process after the runs so far, to the end; and checks every promise on the way. */
export async function expectComeback(dir: string, runs: readonly Run[]): Promise<void> {
  const told = runs.flatMap((run) => run.told);
  const before = isThere(dir) ? recorded(dir) : { entries: [], answered: new Set<string>() };
  if (existsSync(journalOf(dir))) expectPrefix(journalOf(dir));
  expectToldIsStored(told, before.entries);
  const { atStart } = await play(dir);
  const { entries } = recorded(dir);
  const facts = entries.filter(isFact).map((entry, at) => ({ ...entry, seq: at + 1 }));
  expectPrefix(journalOf(dir));
  expectLaws(facts);
  // P2: what was asked and not answered stands under its id; an answer that counted is the one that was used
  const resolved = new Set(eventsOf(before.entries, 'relay_resolved').map(({ relayId }) => relayId));
  const open = eventsOf(before.entries, 'relay').filter(({ id }) => !resolved.has(id) && !before.answered.has(id));
  const standing = atStart.standing.map(({ id }) => id);
  expect(standing).toEqual(expect.arrayContaining(open.map(({ id }) => id)));
  for (const { answered } of told) {
    if (answered === undefined) continue;
    const [end, ...more] = eventsOf(entries, 'relay_resolved').filter(({ relayId }) => relayId === answered.relayId);
    expect(end?.approved).toBe(answered.approved);
    expect(more).toEqual([]);
  }
  expectIntents(dir, entries);
  expectGrants(entries, told);
  // P6: files are old or new, and nothing else lies there
  expect([OLD, NEW]).toContainEqual(atStart.files);
  expect(filesOf(dir)).toEqual(NEW);
  // P7
  expect(atStart.running).toEqual([]);
  const outcome = { status: 'completed', text: 'all done; the child is done' };
  expect(eventsOf(entries, 'harness_end').at(-1)).toMatchObject(outcome);
}

/** P3: at most one start per intent; and in the end each effect is there exactly once, because a human looked. */
function expectIntents(dir: string, entries: readonly Envelope[]): void {
  const intents = Map.groupBy(eventsOf(entries, 'tool_start'), ({ id }) => id);
  for (const [id, lines] of Map.groupBy(logged(dir), (line) => line.split(' ')[0] ?? '')) {
    if (id !== 'bash') expect(lines.length).toBeLessThanOrEqual(intents.get(id)?.length ?? 0);
  }
  const texts = logged(dir).map((line) => line.replace(/^\S+ /, ''));
  expect(texts.toSorted()).toEqual(['bash', 'edited', 'g:child', 'g:root']);
}

/** P4: a grant is there before anything runs by it. P5: nothing runs by it after it was taken back. */
function expectGrants(entries: readonly Envelope[], told: readonly Told[]): void {
  const known = new Set<string>();
  for (const { event } of entries) {
    if (event.type === 'relay_resolved') for (const { id } of event.grants ?? []) known.add(id);
    if (event.type === 'grant_revoked') known.delete(event.grantId);
    if (event.type === 'tool_start' && event.decidedBy?.kind === 'grant') expect(known).toContain(event.decidedBy.id);
  }
  const revoked = eventsOf(entries, 'grant_revoked').map(({ grantId }) => grantId);
  for (const { revoked: id } of told) if (id !== undefined) expect(revoked).toContain(id);
  expect(known.size).toBe(0);
}
