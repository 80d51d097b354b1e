/**
 * Many commands for every guarded program, made from what its guard speaks of (guard-words.json: the words of each source, to
 * which new ones may be added): options alone, with a value and with what is usually bad, under a rule that leaves the
 * arguments to a wildcard.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { GUARD_TABLES } from '../../../src/permissions/shell/guard-table.ts';

export interface VerdictCase {
  /** The rule, as `bash` has it. */
  readonly rule: string;
  readonly command: string;
}

const WORDS = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(new URL('guard-words.json', import.meta.url), 'utf8')));

/** What stands in for arguments of all kinds. */
const PLAIN = [
  '',
  'a.txt',
  './a.txt',
  'src/*.ts',
  '*.ts',
  '../a.txt',
  '/etc/passwd',
  '/ws/a',
  '~/x',
  '@args',
  'A=b',
  '+x',
];
const ODD = [
  '-',
  '--',
  '-- -x',
  '-5',
  '--no-such',
  '--help',
  '--version',
  '-zz',
  'a -- b',
  '"a b"',
  '.git/x',
  'a:b',
  '$HOME',
];
const VALUES = ['v', '3', '-v', '*.x', '/etc/x', 'a,b'];
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ019'];

function optionsOf(word: string): readonly string[] {
  const name = word.replace(/[=?]$/, '');
  const long = name.startsWith('-') ? name : `--${name}`;
  return [long, `${long}=v`, `${long} v`, `${long}=/etc/x`];
}

function* casesOf(program: string, words: readonly string[]): Generator<VerdictCase> {
  const rule = `${program} *`;
  for (const argument of [...PLAIN, ...ODD]) {
    yield { rule, command: `${program} ${argument}`.trim() };
    yield { rule, command: `${program} x ${argument}`.trim() };
    yield { rule, command: `${program} ${argument} x`.trim() };
  }
  for (const letter of LETTERS) {
    yield { rule, command: `${program} -${letter}` };
    yield { rule, command: `${program} -${letter}v x` };
    yield { rule, command: `${program} -${letter} ${VALUES[letter.charCodeAt(0) % VALUES.length]} x` };
  }
  for (const word of words) {
    for (const option of optionsOf(word)) yield { rule, command: `${program} ${option} x` };
    if (word.startsWith('-')) continue;
    const verb = word.replace(/[=?]$/, '');
    yield { rule, command: `${program} ${verb}` };
    for (const argument of ['x', '-a', '--all', '--no-such', '/etc/x']) {
      yield { rule, command: `${program} ${verb} ${argument}` };
      yield { rule: `${program} ${verb} *`, command: `${program} ${verb} ${argument}` };
    }
  }
}

/** One in so many is taken of the cases that are the same for all programs, and of those made of words in sources. */
const ONE_IN = { common: 4, own: 24 };

/** For one program of every guard. */
export function* verdictCases(): Generator<VerdictCase> {
  const sources = Object.values(WORDS).map((words) => words.split(' '));
  const byGuard = new Map(GUARD_TABLES.flatMap((table) => Object.entries(table).map(([name, guard]) => [guard, name])));
  for (const program of [...byGuard.values()].toSorted()) {
    const own = sources.filter((words) => words.includes(program));
    const words = [...new Set(own.flat())].toSorted();
    const common = [...casesOf(program, [])];
    yield* common.filter(({ command }) => lot(command) % ONE_IN.common === 0);
    const more = [...casesOf(program, words)].slice(common.length);
    yield* more.filter(({ command }) => lot(command) % ONE_IN.own === 0);
  }
}

/** A number that a text always has (FNV-1a). */
function lot(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash >>> 4;
}
