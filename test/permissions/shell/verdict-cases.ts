/**
 * Many commands for every guarded program: made from what its guard speaks of (guard-words.json: the words of each source, to
 * which new ones may be added), and from the arguments in verdict-samples.ts that only some programs understand. Rules leave
 * the arguments to a wildcard, all of them or those behind words of the rule's own.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { GUARD_TABLES } from '../../../src/permissions/shell/guard-table.ts';
import { EVERYWHERE, PLACES, SAMPLES } from './verdict-samples.ts';

export interface VerdictCase {
  /** The rule, as `bash` has it. */
  readonly rule: string;
  readonly command: string;
  /** Another rule, for what stands in front of the command. */
  readonly beside?: string;
}

const WORDS = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync(new URL('guard-words.json', import.meta.url), 'utf8')));

const VALUES = ['v', '3', '-v', '*.x', '/etc/x', 'a,b', '-3', '.env', '"*"', '../x'];
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0159@#'];

/** What may stand behind the words that a rule has itself. */
const BEHIND = ['', 'x', '-a', '-3', '--no-such', '--help', '*.ts', '-*', '/etc/x', '.env', 'x y', '-- -z', '-x y'];

function optionsOf(word: string): readonly string[] {
  const name = word.replace(/[=?]$/, '');
  const long = name.startsWith('-') ? name : `--${name}`;
  const glob = `${long.slice(0, 4)}*${long.slice(5)}`;
  return [
    long,
    `${long}=v`,
    `${long} v`,
    `${long}=/etc/x`,
    `${long}=*.x`,
    `${long} *.x`,
    `${long} -v`,
    glob,
    `${long}=`,
  ];
}

function* commonCases(program: string): Generator<VerdictCase> {
  const rule = `${program} *`;
  for (const argument of EVERYWHERE) {
    yield { rule, command: `${program} ${argument}`.trim() };
    yield { rule, command: `${program} x ${argument}`.trim() };
    yield { rule, command: `${program} ${argument} x`.trim() };
    yield { rule, command: `${program} -- ${argument}`.trim() };
  }
  for (const own of ['x', '--', '-a', 'x -b', '--no-such', '-a v', '*.ts', '"a b"', 'x y', '-C x', '-c x']) {
    for (const more of BEHIND) yield { rule: `${program} ${own} *`, command: `${program} ${own} ${more}`.trim() };
  }
  for (const letter of LETTERS) {
    yield { rule, command: `${program} -${letter}` };
    yield { rule, command: `${program} -${letter}v x` };
    yield { rule, command: `${program} -${letter}* x` };
    yield { rule, command: `${program} -v${letter} x` };
    for (const value of VALUES) yield { rule, command: `${program} -${letter} ${value} x` };
    for (const value of ['x', '-x', '*.x']) {
      yield { rule: `${program} -${letter} *`, command: `${program} -${letter} ${value} y` };
      yield { rule: `${program} -${letter} ${value} *`, command: `${program} -${letter} ${value} y` };
      yield { rule: `${program} -${letter}* x`, command: `${program} -${letter}${value} x` };
    }
  }
}

function* ownCases(program: string, words: readonly string[]): Generator<VerdictCase> {
  const rule = `${program} *`;
  for (const word of words) {
    for (const option of optionsOf(word)) {
      yield { rule, command: `${program} ${option} x` };
      yield { rule: `${program} ${option} *`, command: `${program} ${option} y` };
    }
    if (word.startsWith('-')) continue;
    const verb = word.replace(/[=?]$/, '');
    yield { rule, command: `${program} ${verb}` };
    for (const argument of ['x', '-a', '--all', '--no-such', '/etc/x', 'x y', '-- x', '-n 3', '*.ts', '.env']) {
      yield { rule, command: `${program} ${verb} ${argument}` };
      yield { rule: `${program} ${verb} *`, command: `${program} ${verb} ${argument}` };
      yield { rule: `${program} ${verb} x *`, command: `${program} ${verb} x ${argument}` };
    }
  }
}

/** The same command behind others, or fed by something. */
function* inCompany({ rule, command }: VerdictCase): Generator<VerdictCase> {
  yield { rule, command: `printf x | ${command}`, beside: 'printf x' };
  yield { rule, command: `${command} <<< x 2>&1` };
  yield { rule, command: `cd src && ${command}`, beside: 'cd src' };
  yield { rule, command: `timeout 5 ${command}`, beside: `timeout 5 ${rule}` };
}

/** One in so many is taken: of what is the same for all programs, of what words in sources make, and of what feeds them. */
const ONE_IN = { common: 14, own: 40, company: 60, places: 2 };

/** For one program of every guard. */
export function* verdictCases(): Generator<VerdictCase> {
  const sources = Object.values(WORDS).map((words) => words.split(' '));
  const byGuard = new Map(GUARD_TABLES.flatMap((table) => Object.entries(table).map(([name, guard]) => [guard, name])));
  for (const program of [...byGuard.values()].toSorted()) {
    const words = new Set(sources.filter((some) => some.includes(program)).flat());
    const common = [...commonCases(program)].filter(isDrawn(ONE_IN.common));
    const own = [...ownCases(program, [...words].toSorted())].filter(isDrawn(ONE_IN.own));
    yield* common;
    yield* own;
    yield* [...common, ...own].flatMap((one) => [...inCompany(one)]).filter(isDrawn(ONE_IN.company));
  }
  for (const program of ['cat', 'git show', 'find', 'cd', 'grep x', 'rm build/', 'npm test', 'less']) {
    const every = PLACES.map((place) => ({ rule: `${program} *`, command: `${program} ${place}` }));
    yield* every.filter(isDrawn(ONE_IN.places));
  }
  yield* sampleCases();
}

/** The commands that only some programs understand, under every rule that stands beside them. */
export function sampleCases(): readonly VerdictCase[] {
  return SAMPLES.flatMap(({ rules, commands }) =>
    rules.flatMap((rule) => commands.map((command) => withFront(rule, command))),
  );
}

/** What stands in front of a pipe is allowed as it is. */
function withFront(rule: string, command: string): VerdictCase {
  const [front = '', last] = command.split(' | ');
  return last === undefined ? { rule, command } : { rule, command, beside: front };
}

function isDrawn(oneIn: number): (one: VerdictCase) => boolean {
  return ({ rule, command }) => lot(`${rule}\n${command}`) % oneIn === 0;
}

/** A number that a text always has (FNV-1a). */
function lot(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash >>> 4;
}
