import { describe, expect, test } from 'vitest';
import { changeOf, inputText, patchLines, subjectOf, unifiedLines } from '../../src/web/thread/call-text.ts';
import { markdownParts } from '../../src/web/thread/markdown-parts.ts';

describe('a call in a line', () => {
  test('is its command, its path, or the files of its patch', () => {
    expect(subjectOf({ timeoutMs: 1, command: 'ls\n  -a' })).toBe('ls ⏎ -a');
    expect(subjectOf({ path: 'a.ts', content: 'x' })).toBe('a.ts');
    expect(subjectOf({ patch: '*** Begin Patch\n*** Add File: a\n+x\n*** Delete File: b\n*** End Patch' })).toBe(
      'a, b',
    );
    expect(subjectOf({ depth: 1 })).toBe('');
    expect(subjectOf(JSON.parse('{"__proto__":{"path":"x"}}'))).toBe('');
  });

  test('arguments stand one a line', () => {
    expect(inputText({ command: 'ls' })).toBe('ls');
    expect(inputText({ task: 'Do\nit', depth: 2 })).toBe('task: Do\nit\ndepth: 2');
    expect(inputText('not JSON')).toBe('not JSON');
  });
});

describe('changes', () => {
  const kinds = (lines: ReturnType<typeof patchLines>) => lines.map(({ kind }) => kind);

  test('a patch has heads, and lines that stay, come and go', () => {
    const patch = '*** Begin Patch\n*** Update File: a\n@@ x\n keep\n-*** out\n+in\n*** End Patch';
    expect(kinds(patchLines(patch))).toEqual(['head', 'head', 'keep', 'remove', 'add']);
  });

  test('a removed line that looks like a file name is a removed line', () => {
    expect(kinds(unifiedLines('--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- comment\n+++ comment\n'))).toEqual([
      'head',
      'head',
      'head',
      'remove',
      'add',
    ]);
  });

  test('what was done counts more than what was asked for', () => {
    const result = { files: [{ diff: '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n' }] };
    expect(changeOf({ tool: 'patch', input: { patch: '*** Begin Patch' }, result })).toHaveLength(5);
    expect(changeOf({ tool: 'write', input: { path: 'x', content: 'a\nb\n' } })).toEqual([
      { kind: 'add', text: '+a' },
      { kind: 'add', text: '+b' },
    ]);
    expect(changeOf({ tool: 'bash', input: {} })).toBeUndefined();
  });
});

describe('Markdown', () => {
  test('is cut at blank lines, and is whole again when put together', () => {
    const text = '# A\n\nb\nc\n\n\nd\n';
    expect(markdownParts(text)).toEqual(['# A\n', 'b\nc\n\n', 'd\n']);
    expect(markdownParts(text).join('\n')).toBe(text);
  });

  test('is not cut in a fence or in a list', () => {
    expect(markdownParts('```js\na\n\nb\n```\n\nc')).toHaveLength(2);
    expect(markdownParts('1. a\n\n2. b\n\n   more\n\nend')).toHaveLength(2);
    expect(markdownParts('````\n```\n\nx\n````')).toHaveLength(1);
  });
});
