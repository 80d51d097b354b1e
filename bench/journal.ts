/** Speed of the journal file, beside bare `node:sqlite` with the same rows in the same run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Envelope } from '../src/index.ts';
import { openSession, sqliteJournal } from '../src/journal/index.ts';
import { perSecond, report } from './report.ts';

const FACTS = 20_000;
const TURNS = 100;
const OPENED = 100_000;
const DELTAS = 1_000_000;

const fact = (seq: number): Envelope => {
  const event = {
    type: 'tool_call',
    runId: 'a',
    id: `a/${seq}`,
    name: 'bash',
    input: { command: 'x'.repeat(120) },
  } as const;
  return { seq, at: seq, agentId: 'a', event };
};

/** Both write the same rows in short turns, so that other load on the disk meets both. */
function facts(folder: string): { readonly bare: number; readonly ours: number } {
  const db = new DatabaseSync(join(folder, 'bare'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec(
    'CREATE TABLE entry (seq INTEGER PRIMARY KEY, first INTEGER NOT NULL, at REAL NOT NULL, agent_id TEXT NOT NULL, event TEXT NOT NULL, lengths TEXT) STRICT',
  );
  const insert = db.prepare('INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)');
  const journal = sqliteJournal(join(folder, 'ours'));
  const took = { bare: 0, ours: 0 };
  const timed = (who: keyof typeof took, write: () => void) => {
    const began = performance.now();
    write();
    took[who] += performance.now() - began;
  };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const entries = Array.from({ length: FACTS / TURNS }, (_, at) => fact(turn * (FACTS / TURNS) + at + 1));
    const rows = entries.map(({ event }) => JSON.stringify(event));
    const bare = () => {
      for (const [at, row] of rows.entries()) {
        const { seq = 0 } = entries[at] ?? {};
        insert.run(seq, seq, seq, 'a', row, null);
      }
    };
    const ours = () => {
      for (const entry of entries) journal.append([entry]);
    };
    for (const who of turn % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const)) {
      timed(who, who === 'bare' ? bare : ours);
    }
  }
  db.close();
  journal.close();
  return { bare: perSecond(FACTS, took.bare), ours: perSecond(FACTS, took.ours) };
}

function opening(file: string): { readonly open: number; readonly read: number } {
  const journal = sqliteJournal(file);
  for (let seq = 1; seq <= OPENED; seq += 1000) {
    journal.append(Array.from({ length: 1000 }, (_, at) => fact(seq + at)));
  }
  journal.close();
  const began = performance.now();
  sqliteJournal(file).close();
  const open = performance.now() - began;
  let seen = 0;
  using reader = openSession(file);
  for (const _ of reader.entries()) seen += 1;
  if (seen !== OPENED) throw new Error(`lost events: ${seen} of ${OPENED}`);
  return { open, read: performance.now() - began };
}

/** Four agents write in turns; a reader reads after every 100 deltas. */
function deltas(file: string): { readonly rate: number; readonly growth: number } {
  const journal = sqliteJournal(file);
  let since = 0;
  let before = 0;
  let peak = 0;
  const began = performance.now();
  for (let seq = 1; seq <= DELTAS; seq += 1) {
    const id = `b${Math.floor(seq / 20) % 4}`;
    journal.append([{ seq, at: seq, agentId: 'a', event: { type: 'text', runId: 'a', id, content: 'word ' } }]);
    if (seq % 100 === 0) since = journal.read({ since, limit: 512 }).entries.at(-1)?.seq ?? since;
    if (seq % 100_000 !== 0) continue;
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    if (before === 0) before = heapUsed + external;
    peak = Math.max(peak, heapUsed + external - before);
  }
  const rate = perSecond(DELTAS, performance.now() - began);
  journal.close();
  return { rate, growth: peak / 2 ** 20 };
}

export async function benchJournal(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-bench-'));
  try {
    const { bare, ours } = facts(folder);
    const { open, read } = opening(join(folder, 'opened'));
    const passed = deltas(join(folder, 'deltas'));
    report('the journal in a file', {
      'facts, bare node:sqlite': bare,
      'facts, the journal': ours,
      'facts, of bare node:sqlite': `${Math.round((ours / bare) * 100)} %`,
      'open 100 000 events': `${open.toFixed(1)} ms, ${Math.round(read)} ms with all of them read`,
      '1 000 000 deltas, with a reader': passed.rate,
      'largest growth of the heap': `${passed.growth.toFixed(1)} MiB`,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
