import { describe, expect, test } from 'vitest';
import { parsePatch, pathsOf } from '../../src/tools/patch-format.ts';

const patch = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

/** The sections of a patch that has to parse. */
function sectionsOf(text: string) {
  const parsed = parsePatch(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.message}`);
  return parsed.sections;
}

function problemOf(text: string): string {
  const parsed = parsePatch(text);
  return parsed.ok ? 'no problem' : `${parsed.line}: ${parsed.message}`;
}

describe('the patch format', () => {
  test('knows added, deleted, updated and moved files, nested hints and the end of the file', () => {
    const sections = sectionsOf(
      patch(
        '*** Add File: new.txt',
        '+one',
        '+',
        '*** Delete File: old.txt',
        '*** Update File: a.ts',
        '*** Move to: b.ts',
        '@@ class A',
        '@@   run() {',
        ' kept',
        '-gone',
        '+come',
        '*** End of File',
      ),
    );
    expect(sections).toEqual([
      { kind: 'add', path: 'new.txt', lines: ['one', ''] },
      { kind: 'delete', path: 'old.txt' },
      {
        kind: 'update',
        path: 'a.ts',
        moveTo: 'b.ts',
        hunks: [
          {
            hints: ['class A', 'run() {'],
            lines: [
              { kind: 'keep', text: 'kept' },
              { kind: 'remove', text: 'gone' },
              { kind: 'add', text: 'come' },
            ],
            atEnd: true,
            line: 8,
          },
        ],
      },
    ]);
    expect(sections.flatMap(pathsOf)).toEqual(['new.txt', 'old.txt', 'a.ts', 'b.ts']);
  });

  test('the first hunk needs no @@ line, and each further @@ line after changes starts another', () => {
    const [section] = sectionsOf(patch('*** Update File: a', '-1', '+2', '@@', '-3', '+4'));
    expect(section?.kind === 'update' && section.hunks.map(({ lines }) => lines.map(({ text }) => text))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('a bare blank line inside a hunk is a blank line of the file, one at its end is not', () => {
    const [section] = sectionsOf(patch('*** Update File: a', ' 1', '', '-2', '', '*** Delete File: b'));
    expect(section?.kind === 'update' && section.hunks[0]?.lines.map(({ text }) => text)).toEqual(['1', '', '2']);
  });

  test('line numbers of a unified diff are no hint', () => {
    const [section] = sectionsOf(patch('*** Update File: a', '@@ -1,3 +1,4 @@ function x() {', '-1'));
    expect(section?.kind === 'update' && section.hunks[0]?.hints).toEqual([]);
  });

  test.each([
    ['a code fence', (text: string) => `\`\`\`diff\n${text}\n\`\`\`\n`],
    ['a here-document', (text: string) => `apply_patch <<'EOF'\n${text}\nEOF\n`],
    ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ])('%s around or in it changes nothing', (_name, wrap) => {
    const text = patch('*** Update File: a', ' 1', '-2', '+3');
    expect(sectionsOf(wrap(text))).toEqual(sectionsOf(text).map((one) => withLine(one, wrap(text))));
  });

  test.each([
    ['no first line', 'hello', '1: A patch starts with the line "*** Begin Patch".'],
    ['nothing at all', '', '1: A patch starts with the line "*** Begin Patch".'],
    [
      'a cut-off patch',
      '*** Begin Patch\n*** Add File: a\n+x',
      '3: A patch ends with the line "*** End Patch"; this one may have been cut off.',
    ],
    ['no section', patch(), '2: The patch changes no file.'],
    ['a stranger between sections', patch('diff --git a b'), '2: A section starts with one of'],
    ['a mark without a path', patch('*** Delete File:'), '2: "*** Delete File:" needs a path.'],
    ['an update without a change', patch('*** Update File: a'), '2: a is to be updated, but no change is given.'],
    [
      'a hunk of context only',
      patch('*** Update File: a', '@@ x', ' 1'),
      '3: A hunk has no line that starts with "+" or "-"',
    ],
    [
      'a hunk line without its sign',
      patch('*** Update File: a', '-1', 'two'),
      '4: Every line of a hunk starts with " " (kept)',
    ],
    [
      'a new file without plus signs',
      patch('*** Add File: a', 'one'),
      '3: Every line of a new file starts with "+"; this line is "one".',
    ],
    [
      'a new file with a forgotten plus sign',
      patch('*** Add File: a', '+1', '', '+2'),
      '4: Every line of a new file starts with "+"',
    ],
    [
      'two sections for one file',
      patch('*** Delete File: a/b', '*** Add File: a/./b', '+1'),
      '1: a/./b is touched twice.',
    ],
    ['a move onto itself', patch('*** Update File: a', '*** Move to: a'), '1: a is touched twice.'],
  ])('%s is refused with the line and what to write', (_name, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });
});

/** Wrapping moves the patch down by a line, so its hunks say so. */
function withLine<T extends { kind: string }>(section: T, wrapped: string): T {
  const shift = wrapped.split('\n').findIndex((line) => line.startsWith('*** Begin Patch'));
  if (!('hunks' in section) || !Array.isArray(section.hunks)) return section;
  return { ...section, hunks: section.hunks.map((hunk: { line: number }) => ({ ...hunk, line: hunk.line + shift })) };
}
