import { describe, expect, test } from 'vitest';
import { MAX_COMMAND_LENGTH, MAX_SIMPLE_COMMANDS, parseScript } from '../../../src/permissions/shell/script.ts';
import { bash, under } from '../calls.ts';

function argvs(text: string): string[][] | string {
  const script = parseScript(text);
  return script.ok ? script.commands.map(({ words }) => words.map((word) => word.text)) : script.reason;
}

describe('a command text', () => {
  test.each([
    ['git log | head -5 2>&1 && ls', [['git', 'log'], ['head', '-5'], ['ls']]],
    ["echo 'it'\\''s' \"a \\$b $\" c\\ d", [['echo', "it's", 'a $b $', 'c d']]],
    ["cat <<'EOF' | wc -l # note\n$(rm x)\nEOF\nls", [['cat'], ['wc', '-l'], ['ls']]],
    ['git log \\\n  -n 5', [['git', 'log', '-n', '5']]],
    ['\n\n# first\nls &&\n\n# second\npwd;\n', [['ls'], ['pwd']]],
    ['grep x <<< "a b" >/dev/null 2>&1', [['grep', 'x']]],
    ['git diff HEAD~1 stash@{0} !', [['git', 'diff', 'HEAD~1', 'stash@{0}', '!']]],
  ])('%j is a list of simple commands', (text, expected) => expect(argvs(text)).toEqual(expected));

  test.each([
    ['echo $HOME', '"$" starts an expansion'],
    ['echo "$(x)"', '"$" in double quotes starts an expansion'],
    ['echo `x`', '"`" starts a command substitution'],
    ['(ls)', '"(" is shell syntax'],
    ['ls &', '"&" starts a background job'],
    ['ls > x', '">" writes a file'],
    ['ls < x', '"<" reads a file'],
    ['cat <<E\nx\nE', "a here-document without a simply quoted delimiter ('EOF') is expanded"],
    ["cat <<'E'\nx", 'a here-document is not closed, or holds hidden characters'],
    ['echo {a,b}', '"{" may be a brace expansion'],
    ['echo ~/x', '"~" is expanded to a folder'],
    ['echo !!', '"!" may call up the history'],
    ['A=1 ls', 'its program is not a plainly written name'],
    ['g?t x', 'its program is not a plainly written name'],
    ['if true; then ls; fi', '"if" is a word of the shell\'s own'],
    ['ls\r', 'character U+000D is not a visible character'],
    ['ls\u00a0x', 'character U+00A0 is not a visible character'],
    ['ls ||', '"||" is followed by no command'],
    ['; ls', '";" has no command in front of it'],
    ['2>&1', 'a redirection without a command'],
    ["echo 'x", 'a quote is not closed'],
    [' ', 'it is empty'],
  ])('%j asks, because %s', (text, reason) => expect(argvs(text)).toBe(reason));

  test('a text at a limit is judged, one past it asks ("Over 50 sub-commands the deny rules were skipped")', () => {
    const commands = (count: number) => Array(count).fill('ls').join(';');
    expect(argvs(commands(MAX_SIMPLE_COMMANDS))).toHaveLength(MAX_SIMPLE_COMMANDS);
    expect(argvs(commands(MAX_SIMPLE_COMMANDS + 1))).toBe('it runs more than 32 commands');
    expect(argvs(`ls ${'a'.repeat(MAX_COMMAND_LENGTH - 3)}`)).toHaveLength(1);
    expect(argvs(`ls ${'a'.repeat(MAX_COMMAND_LENGTH - 2)}`)).toBe('it is longer than 8192 characters');
  });

  test('what a glob stands for is known as a glob, quoted or not', () => {
    const script = parseScript("ls *.ts '*.ts' [ab] \\* a?b");
    expect(script.ok && script.commands[0]?.words.map((word) => word.glob)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('an exact rule', () => {
  const covers = (pattern: string, command: string) =>
    under({ tool: 'bash', params: { command: pattern } }, bash(command)) === 'allow';

  test('with a here-document covers no other here-document', () => {
    const write = (text: string) => `tee x <<'E'\n${text}\nE`;
    expect(covers(write('a'), write('a'))).toBe(true);
    expect(covers(write('a'), write('b'))).toBe(false);
    expect(covers(write('a'), 'tee x')).toBe(false);
  });

  test('with a glob covers that glob, and neither the file of that name nor another glob', () => {
    expect(covers('wc src/?.ts', 'wc  src/?.ts')).toBe(true);
    expect(covers('wc src/?.ts', "wc 'src/?.ts'")).toBe(false);
    expect(covers('wc src/?.ts', 'wc src/*.ts')).toBe(false);
  });
});
