import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { parseScript } from '../../../src/permissions/shell/script.ts';

const folder = mkdtempSync(join(tmpdir(), 'greenroom-bash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Runs every text where no program can be found: each name comes to a handler, which records its words. Twice, so that
 * what stands behind `&&` runs, and what stands behind `||`.
 */
const RECORDER = String.raw`
command_not_found_handle() { local all; printf -v all '%s\2' "$@"; printf '%s\3' "$all" >> "$record"; return "$answer"; }
record=$2
while IFS= read -r -d '' text; do
  for answer in 0 1; do ( eval "$text" ) < /dev/null > /dev/null 2>&1; done
  printf '\4' >> "$record"
done < "$1"
`;

/** The program calls bash really makes for each text, each listed once, sorted. */
function callsByBash(texts: readonly string[]): string[][] {
  const empty = join(folder, 'empty');
  mkdirSync(empty, { recursive: true });
  writeFileSync(join(folder, 'texts'), texts.map((text) => `${text}\0`).join(''));
  writeFileSync(join(folder, 'record'), '');
  const args = ['--noprofile', '--norc', '-c', RECORDER, 'recorder', join(folder, 'texts'), join(folder, 'record')];
  const { status } = spawnSync('/bin/bash', args, {
    cwd: empty,
    env: { LC_ALL: 'C.UTF-8', PATH: '/nowhere' },
    stdio: 'ignore',
  });
  expect(status).toBe(0);
  expect(readdirSync(empty)).toEqual([]);
  return readFileSync(join(folder, 'record'), 'utf8')
    .split('\u0004')
    .slice(0, -1)
    .map((block) =>
      listed(
        block
          .split('\u0003')
          .slice(0, -1)
          .map((call) => call.split('\u0002').slice(0, -1)),
      ),
    );
}

function listed(calls: readonly (readonly string[])[]): string[] {
  return [...new Set(calls.map((words) => JSON.stringify(words)))].toSorted();
}

/** Names that never come to the handler: builtins made of signs, and paths. */
const UNRECORDED = /^[:[.]$|\//;

/** The texts of a sample that are judged, with the calls that were judged. */
function judged(texts: fc.Arbitrary<string>, numRuns: number) {
  return [...new Set(fc.sample(texts, { seed: 1, numRuns }))].flatMap((text) => {
    const script = parseScript(text);
    if (!script.ok) return [];
    const calls = script.commands.map(({ words }) => words.map((word) => word.text));
    // a glob that leaves the empty folder finds real files
    const leaves = script.commands.some(({ words }) => words.some((word) => word.glob && word.text.includes('/')));
    if (leaves || calls.some(([program = '']) => UNRECORDED.test(program))) return [];
    return [{ text, calls: listed(calls) }];
  });
}

function expectAgreement(sample: ReturnType<typeof judged>): void {
  const ran = callsByBash(sample.map(({ text }) => text));
  const differences = sample.flatMap(({ text, calls }, index) =>
    JSON.stringify(calls) === JSON.stringify(ran[index]) ? [] : [{ text, judged: calls, ran: ran[index] }],
  );
  expect(differences).toEqual([]);
}

test('what is judged runs in bash with exactly the words that were judged: any characters', () => {
  const unit = fc.constantFrom(...Array.from('ab1 -_./:,+@%^=\'"\'"  \t\n;&&||<>()$`\\\\*?[]{}~#!2éß✓\u00a0'));
  const sample = judged(
    fc.string({ maxLength: 14, unit }).map((tail) => `prog ${tail}`),
    30_000,
  );
  expect(sample.length).toBeGreaterThan(1000);
  expectAgreement(sample);
});

test('what is judged runs in bash with exactly the words that were judged: pieces of shell syntax', () => {
  const pieces = [
    'alpha',
    'beta',
    ' ',
    ' ',
    '\n',
    ' && ',
    ' || ',
    ' | ',
    '; ',
    '&&',
    '|',
    ';',
    '\\\n',
    ' \\\n ',
    '#x',
    ' # y\n',
    "'a b'",
    '"c d"',
    "'it'\\''s'",
    '"$"',
    '"a$b"',
    '"\\$x"',
    '"\\a"',
    '\\;',
    '\\ ',
    '""',
    "''",
    '!',
    ' ! ',
    '~1',
    '@{1}',
    '2>&1',
    ' 2>/dev/null',
    '>/dev/null',
    ' &>/dev/null',
    '</dev/null',
    ' 1>&2 ',
    '>&2',
    '<<<',
    "<<< 'x' ",
    ' {} ',
    '[',
    ']',
    "<<'E'\n$(x)\nE\n",
    '<<-"E"\n\tx\n\tE\n',
    '\nE\n',
    "<<'E'",
    'a=b',
    '*.x',
    '?',
    '-n',
    '{a,b}',
    '1',
    '2',
    '\t',
    '$x',
    '`x`',
  ];
  const sample = judged(
    fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 9 }).map((some) => `alpha ${some.join('')}`),
    30_000,
  );
  expect(sample.length).toBeGreaterThan(1500);
  expectAgreement(sample);
});
