import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { runToEnd } from '../support/processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs an example as its reader does; without any key or setting of this machine. */
async function play(name: string): Promise<string[]> {
  const env = { PATH: process.env['PATH'] };
  const { status, stdout, stderr } = await runToEnd(process.execPath, [`examples/${name}.ts`], { cwd: root, env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trim().split('\n');
}

describe('examples/concurrent-tasks.ts', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await play('concurrent-tasks');
  });

  test('starts all agents before any of them ends', () => {
    const started = ['poem', 'list', 'note'].map((name) => lines.indexOf(`${name}: started`));
    const firstEnd = lines.findIndex((line) => line.endsWith(': completed'));
    expect(Math.min(...started)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...started)).toBeLessThan(firstEnd);
  });

  test('ends every agent and prints what the real command counted', () => {
    expect(lines.filter((line) => line.endsWith(': completed'))).toHaveLength(3);
    expect(lines.slice(-3)).toEqual(['poem.txt has 2 line(s).', 'list.txt has 4 line(s).', 'note.txt has 1 line(s).']);
  });
});

describe('examples/delegating-to-specialists.ts', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await play('delegating-to-specialists');
  });

  test('shows both specialists under the lead, started before either ends', () => {
    const starts = ['code-reader', 'doc-reader'].map((name) => lines.indexOf(`lead › ${name}: started`));
    const firstEnd = lines.findIndex((line) => line.endsWith(': completed'));
    expect(Math.min(...starts)).toBeGreaterThan(lines.indexOf('lead: started'));
    expect(Math.max(...starts)).toBeLessThan(firstEnd);
  });

  test('ends the lead last, with an answer made of what both found', () => {
    const ends = lines.filter((line) => line.endsWith(': completed'));
    expect(ends).toHaveLength(3);
    expect(ends.at(-1)).toBe('lead: completed');
    expect(lines.at(-1)).toMatch(/1 open end: price\.js:1:.*The README promises a bulk price\./);
  });
});

describe('examples/human-in-the-loop.ts', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await play('human-in-the-loop');
  });

  test('asks once for each of the four calls, and not for the one that "always" covered', () => {
    expect(lines.filter((line) => line.startsWith('? '))).toHaveLength(4);
    expect(lines).toContain('bash: ok, decided by grant');
  });

  test('says what "always" would save before it is answered', () => {
    expect(lines).toContain('  "always" would save: bash(pwd)');
    expect(lines).toContain('  "always" would save: write(plan.txt)');
  });

  test('runs what was allowed, with the edited arguments, and nothing of what was refused', () => {
    expect(lines).toContain('bash: denied, decided by human');
    expect(lines).toContain('files: plan.txt, title.txt');
    expect(lines).toContain('title: Tea for Twelve');
  });

  test('lists the grant with its author and its uses left, and revokes it', () => {
    expect(lines).toContain('saved: bash(pwd), by ada, 4 uses left');
    expect(lines).toContain('after revoking it: 0 saved');
  });
});

describe('examples/custom-harness.ts', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await play('custom-harness');
  });

  test('asks a human only about the call that no rule decides', () => {
    expect(lines.filter((line) => line.startsWith('asked:'))).toEqual(['asked: {"line":"Yours, Charles"}']);
  });

  test('lets one call through by rule, denies one with the reason of the rule, and ends with its own text', () => {
    expect(lines).toContain('ok: "printed: Dear Ada,"');
    expect(lines).toContain('denied: "Secrets stay here."');
    expect(lines.at(-1)).toBe('completed: Printed 2 of 3 lines.');
  });
});

describe('examples/console.ts', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = await play('console');
  });

  test('answers every question over the client: yes, no, and yes with a change', () => {
    expect(lines.filter((line) => line.includes(' asks for '))).toHaveLength(3);
    expect(lines).toContain('bob asks for {"customer":"Bob","cents":90000}: no');
  });

  test('ends by itself once every agent has, and the change is what ran', () => {
    expect(lines.filter((line) => line.includes(' ended ')).toSorted()).toEqual([
      'ada ended completed: Ada got 12.00 back.',
      'bob ended completed: No refund.',
      'cleo ended completed: Cleo got 50.00 back.',
    ]);
  });
});

test('every example says how it is run and what users import', () => {
  const names = readdirSync(`${root}/examples`).filter((name) => name.endsWith('.ts'));
  expect(names).toHaveLength(6);
  for (const name of names) {
    const text = readFileSync(`${root}/examples/${name}`, 'utf8');
    expect(text).toContain(`node examples/${name}`);
    expect(text).toContain("from 'greenroom'");
  }
});

test('examples/own-chart.ts takes its own delay and runs its own action when an agent waits for a human', async () => {
  const lines = await play('own-chart');
  expect(lines.filter((line) => line.startsWith('bell:'))).toEqual(['bell: reporter waits for an answer']);
  expect(lines.filter((line) => line.startsWith('back-off:'))).toEqual(['back-off: attempt 2 follows in 10 ms']);
  expect(lines.at(-1)).toBe('reporter: completed');
});
