import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { derivedPatterns } from '../../../src/permissions/shell/derived-rules.ts';
import { parseScript } from '../../../src/permissions/shell/script.ts';
import { bash, decided } from '../calls.ts';
import { shellCases } from '../corpus.ts';

const RUN = { seed: 1, numRuns: 1500 };

const derived = (command: string) => derivedPatterns(command, '/ws');
const allows = (patterns: readonly string[], command: string) =>
  decided(bash(command, { workspace: '/ws' }), {
    policy: { allowlist: patterns.map((pattern) => ({ tool: 'bash', params: { command: pattern } })) },
  }).type === 'allow';

test.each([
  ['git status', ['git status *']],
  ['git log --oneline | head -5', ['git log *', 'head *']],
  ['git status; git status -s', ['git status *']],
  ['git stash list', ['git stash list *']],
  ['npm run build', ['npm run build *']],
  ['yarn run build', ['yarn run build *']],
  ['npm test 2>&1', ['npm test *']],
  ["grep -n 'a b' src/*.ts", ['grep *']],
  ['git commit -m x', ['git commit *']],
])('%j is saved as its program and sub-command: %j', (command, patterns) => expect(derived(command)).toEqual(patterns));

test.each([
  ['a program without a guard', 'mytool build', ['mytool build']],
  ['a program in a place of its own', './git status', ['./git status']],
  ['a sub-command behind options', 'git -C x status', ['git -C x status']],
  ['what changes or sends something', 'git push origin main', ['git push origin main']],
  ['an argument that is not harmless', 'cat .env', ['cat .env']],
  ['a star', 'rm dist/*', [String.raw`rm dist/\*`]],
  ['a program that yarn would find', 'yarn run tsx a.ts', ['yarn run tsx a.ts']],
  ['a program that runs others', 'npm run node', ['npm run node']],
  ['a check that would write without its option', 'tsc --noEmit', ['tsc --noEmit']],
  ['one of two commands', 'git status && make', ['git status *', 'make']],
])('%s is saved word for word: %j', (_what, command, patterns) => expect(derived(command)).toEqual(patterns));

test.each([
  'bash x.sh',
  'node x.js && ls',
  'cat x | python3',
  'timeout 5 git status',
  'find . | xargs grep x',
  'ls > out',
  'FOO=1 ls',
  'cd src && npm test',
  'echo $HOME',
  'ls; eval x',
])('%j is saved as its whole text', (command) => expect(derived(command)).toEqual([command]));

const words = [
  'git',
  'log',
  'status',
  'npm',
  'run',
  'x',
  'ls',
  'cat',
  'find',
  '-exec',
  '-n',
  '--output=x',
  'src/*.ts',
  "'a b'",
  '.env',
  '..',
];
const word = fc.constantFrom(...words);
const simple = fc.array(word, { minLength: 1, maxLength: 4 }).map((some) => some.join(' '));
const operator = fc.constantFrom('; ', ' && ', ' || ', ' | ', '\n');
const compound = fc.tuple(simple, operator, simple).map((parts) => parts.join(''));
const noise = fc.string({ maxLength: 24, unit: fc.constantFrom(...Array.from('abc git;&|<>()$`\\"\'*?[]{}=~#!\n é')) });
const command = fc.oneof(simple, compound, noise, fc.constantFrom(...shellCases().map((one) => one.command)));

test('what is saved for a command covers that command', () => {
  fc.assert(
    fc.property(command, (text) => {
      fc.pre(text.trim() !== '');
      expect(allows(derived(text), text)).toBe(true);
    }),
    RUN,
  );
});

/** The words in front of the final star, or all words of a pattern without one. */
function shownWords(pattern: string): readonly string[] {
  const script = parseScript(pattern.replace(/ \*$/, '').replace(/\\([*\\])/g, '$1'));
  return script.ok ? (script.commands[0]?.words.map((one) => one.text) ?? []) : [];
}

test('what is saved covers nothing but the programs and sub-commands that were shown', () => {
  fc.assert(
    fc.property(command, command, (text, other) => {
      fc.pre(text.trim() !== '' && text !== other);
      const patterns = derived(text);
      if (!allows(patterns, other)) return;
      const script = parseScript(other);
      for (const { words: said } of script.ok ? script.commands : []) {
        const called = said.map((one) => one.text);
        const shown = patterns.some((pattern) => shownWords(pattern).every((one, index) => called[index] === one));
        expect(shown, `${JSON.stringify(patterns)} covers ${other}`).toBe(true);
      }
    }),
    { ...RUN, numRuns: 4000 },
  );
});

test('an approved command followed by an operator and one that is not always asks', () => {
  const other = fc.tuple(fc.constantFrom('danger', 'rm', 'sh'), noise).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(simple, fc.constantFrom(';', '&&', '||', '|', '&', '\n', '|&'), other, (first, between, second) => {
      const patterns = [...derived(first), first.replace(/[\\*]/g, '\\$&')];
      expect(allows(patterns, `${first} ${between} ${second}`)).toBe(false);
      expect(allows(patterns, `${first}${between}${second}`)).toBe(false);
      expect(allows(patterns, `${second} ${between} ${first}`)).toBe(false);
    }),
    RUN,
  );
});
