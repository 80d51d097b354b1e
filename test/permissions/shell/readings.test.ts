import { expect, test } from 'vitest';
import { parseScript, type SimpleCommand } from '../../../src/permissions/shell/script.ts';
import { lexPattern } from '../../../src/permissions/shell/words.ts';
import { READ_TEXTS } from './read-texts.ts';

/** The words of a command, each as JSON; `*` behind one that finds names of files, `'` behind one that is quoted. */
function shown({ words, fed, source }: SimpleCommand): string {
  const said = words
    .map(({ text, glob, bare }) => `${JSON.stringify(text)}${glob ? '*' : ''}${bare ? '' : "'"}`)
    .join(' ');
  const from = source === null ? '' : ` < ${source.map(({ text }) => text).join(' ')}`;
  return `${said}${fed ? ' (fed)' : ''}${from}`;
}

function reading(text: string): string {
  const script = parseScript(text);
  return script.ok ? `  ${script.commands.map(shown).join(' ; ')}` : `  ✗ ${script.reason}`;
}

function patternReading(text: string): string {
  const lexed = lexPattern(text);
  return lexed.ok
    ? `  ${lexed.words.map(({ runs }) => runs.map((run) => JSON.stringify(run)).join('*')).join(' ')}`
    : `  ✗ ${lexed.reason}`;
}

/** Like verdicts.test.ts: what changed shows here, and has to be looked at; that bash agrees is another test. */
test('commands are read word by word, or not at all, as before', async () => {
  const lines = READ_TEXTS.map((text) => `${JSON.stringify(text)}\n${reading(text)}\n`);
  await expect(lines.join('')).toMatchFileSnapshot('./readings.txt');
});

test('patterns of rules are read word by word, or not at all, as before', async () => {
  const lines = READ_TEXTS.map((text) => `${JSON.stringify(text)}\n${patternReading(text)}\n`);
  await expect(lines.join('')).toMatchFileSnapshot('./pattern-readings.txt');
});
