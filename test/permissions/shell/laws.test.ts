/** Laws that hold for every command. The samples are drawn with fixed seeds. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Decision } from '../../../src/permissions/decide.ts';
import { compileRule } from '../../../src/permissions/rules.ts';
import { GUARD_TABLES } from '../../../src/permissions/shell/guard-table.ts';
import { parseScript } from '../../../src/permissions/shell/script.ts';
import { state } from '../calls.ts';
import { verdictCases, type VerdictCase } from './verdict-cases.ts';

const RUN = { seed: 1, numRuns: 3000 };
const nothing = state({});

/** Without a look at the disk: there are many cases. */
function verdict(command: string, allow: readonly string[], deny: readonly string[] = []): Decision['type'] {
  const compiled = (text: string) => compileRule({ tool: 'bash', params: { command: text } }, 'rule');
  const call = { tool: 'bash', callId: 'root/c1', rawCallId: 'c1', agentId: 'root', lineage: ['root'] };
  const request = { ...call, input: { command }, subjects: [{ command }], workspace: '/ws' };
  const policy = {
    deny: deny.map((text) => ({ kind: 'rule' as const, rule: compiled(text) })),
    allowlist: allow.map(compiled),
  };
  return decide(request, { ...nothing, policy }).type;
}
const rulesOf = ({ rule, beside }: VerdictCase) => (beside === undefined ? [rule] : [rule, beside]);

const samples = [...verdictCases()];
const sample = fc.constantFrom(...samples);
const plain = samples.filter(({ command }) => parseScript(command).ok);
const plainSample = fc.constantFrom(...plain);
const allowed = fc.constantFrom(...samples.filter((one) => verdict(one.command, rulesOf(one)) === 'allow'));
const HIDDEN = [
  '\u200b',
  '\u202e',
  '\u00ad',
  '\u034f',
  '\u3164',
  '\ufe0f',
  '\u{e0100}',
  '\u00a0',
  '\u2028',
  '\u001b',
  '\r',
];
const programs = GUARD_TABLES.flatMap((table) => Object.keys(table)).filter((name) => /^[\w.-]+$/.test(name));

describe('a command and its spelling', () => {
  test('a hidden character never turns an ask into an allow, and a wildcard never covers one', () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(...HIDDEN), fc.nat(), (one, char, place) => {
        const at = place % (one.command.length + 1);
        const text = one.command.slice(0, at) + char + one.command.slice(at);
        // blanks around a text, and comments, are no part of a word
        expect(verdict(text, rulesOf(one)), JSON.stringify(text)).not.toBe('allow');
      }),
      RUN,
    );
  });

  test('words in quotes are the same words', () => {
    fc.assert(
      fc.property(plainSample, fc.constantFrom("'", '"'), (one, quote) => {
        const words = one.command.split(' ');
        fc.pre(words.slice(1).every((word) => /^[\w./=:,+@%-]+$/.test(word)) && /^[\w./+-]+$/.test(words[0] ?? ''));
        const quoted = words.map((word, at) => (at === 0 ? word : `${quote}${word}${quote}`)).join(' ');
        expect(verdict(quoted, rulesOf(one)), quoted).toBe(verdict(one.command, rulesOf(one)));
      }),
      RUN,
    );
  });

  test('more blanks between words change nothing', () => {
    fc.assert(
      fc.property(plainSample, fc.constantFrom('  ', '\t', ' \t '), (one, blanks) => {
        fc.pre(!/["'\\\n]/.test(one.command) && !one.rule.includes('"') && one.rule.includes('*'));
        const spaced = ` ${one.command.replaceAll(' ', blanks)} `;
        expect(verdict(spaced, rulesOf(one)), spaced).toBe(verdict(one.command, rulesOf(one)));
      }),
      RUN,
    );
  });
});

describe('several commands', () => {
  test('run exactly when each of them may', () => {
    fc.assert(
      fc.property(plainSample, plainSample, fc.constantFrom(' ; ', ' && ', ' || ', '\n'), (one, other, between) => {
        // what goes to another folder changes what the next command means
        fc.pre(!/^(?:cd|pushd|popd)\b|\n|<<|#/m.test(`${one.command}\n${other.command}`.replace('\n', ' ')));
        fc.pre(!/\b(?:cd|pushd|popd)\b/.test(one.command));
        const rules = [...rulesOf(one), ...rulesOf(other)];
        const both = verdict(one.command, rules) === 'allow' && verdict(other.command, rules) === 'allow';
        const text = one.command + between + other.command;
        expect(verdict(text, rules), text).toBe(both ? 'allow' : 'ask');
      }),
      RUN,
    );
  });

  test('one that no rule covers makes all of them ask', () => {
    fc.assert(
      fc.property(
        allowed,
        fc.constantFrom(
          '; frobnicate',
          ' && frobnicate',
          ' | frobnicate',
          '\nfrobnicate',
          ' & frobnicate',
          ' $(frobnicate)',
          ' `frobnicate`',
          ' > x',
        ),
        (one, more) => {
          fc.pre(!one.command.includes('#'));
          expect(verdict(one.command + more, rulesOf(one))).toBe('ask');
        },
      ),
      RUN,
    );
  });
});

describe('rules', () => {
  test('a rule that is the text of the command covers it', () => {
    fc.assert(
      fc.property(sample, ({ command }) => {
        expect(verdict(command, [command.replace(/[\\*]/g, '\\$&')])).toBe('allow');
      }),
      RUN,
    );
  });

  test('more rules never take an allow away', () => {
    fc.assert(
      fc.property(allowed, sample, (one, other) => {
        expect(verdict(one.command, [...rulesOf(other), ...rulesOf(one)])).toBe('allow');
      }),
      RUN,
    );
  });

  test('a deny rule wins over every allow, whatever blanks and quotes are between the words', () => {
    fc.assert(
      fc.property(plainSample, fc.constantFrom(' ', '  ', '\t'), (one, blank) => {
        const program = one.command.split(' ')[0] ?? '';
        fc.pre(/^[\w.+-]+$/.test(program) && !/["'\\\n]/.test(one.command));
        const text = `${blank}${one.command.replaceAll(' ', blank)}`;
        const allow = [one.rule, text.replace(/[\\*]/g, '\\$&')];
        expect(verdict(text, allow, [`${program} *`])).toBe('deny');
        expect(verdict(`true;${text}`, [...allow, 'true'], [`${program} *`])).toBe('deny');
      }),
      RUN,
    );
  });
});

/** Programs that take any word for text, or for the name of something that is no file. */
const TEXT =
  'echo true false : seq expr factor numfmt printf tr test [ basename dirname which whereis type id groups printenv locale ps pgrep sleep cal'.split(
    ' ',
  );
/** Programs whose words name targets and pages of a manual. */
const NAMES = 'make gmake man apropos whatis'.split(' ');
/** Programs that take an option they do not know for text. */
const SPEAK = 'echo true false : expr factor numfmt test'.split(' ');

describe('what only a wildcard covers', () => {
  const allowing = (argument: string) =>
    programs.filter((name) => verdict(`${name} ${argument}`, [`${name} *`]) === 'allow').toSorted();
  const except = (names: readonly string[], others: readonly string[]) =>
    names.filter((name) => !others.includes(name));

  test('the name of a program has one guard, in small letters', () => {
    expect(programs.filter((name) => name !== name.toLowerCase())).toEqual([]);
    for (const name of ['Rscript', 'R', 'PYTHON3', 'Rm.exe'])
      expect(verdict(`${name} -x a`, [`${name} *`]), name).toBe('ask');
  });

  test('an option that no table knows asks, with every program', () => {
    expect(except(allowing('--no-such-option-at-all'), SPEAK)).toEqual([]);
    expect(except(allowing('--no-such-option-at-all=/etc/x a'), SPEAK)).toEqual([]);
  });

  test.each(['x .env', 'x a/../.ENV', 'x ./.ssh/id_rsa', 'x server.key', 'x /etc/passwd', 'x ../x'])(
    '%s asks, with every program that takes files',
    (words) => expect(except(allowing(words), [...TEXT, ...NAMES])).toEqual([]),
  );
});
