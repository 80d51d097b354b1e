import { describe, expect, test } from 'vitest';
import {
  changeOf,
  decidedText,
  inputText,
  patchLines,
  subjectOf,
  unifiedLines,
} from '../../src/web/thread/call-text.ts';
import { markdownParts } from '../../src/web/thread/markdown-parts.ts';
import { activityOf, countText } from '../../src/web/team/agent-state.tsx';
import { timeText } from '../../src/web/ui/clock.tsx';

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

describe('words', () => {
  const agent = { id: 'a', name: 'a', path: ['a'], usage: { inputTokens: 0, outputTokens: 0 } };
  const calls = [
    { id: '1', tool: 'read', running: true },
    { id: '2', tool: 'read', running: true },
    { id: '3', tool: 'bash', running: false },
  ];

  test('an agent does what its calls do, else what its model does', () => {
    expect(activityOf({ ...agent, state: 'running', phase: 'writing' })).toBe('writing');
    expect(activityOf({ ...agent, state: 'running', phase: 'thinking', calls })).toBe('runs read × 2');
    expect(activityOf({ ...agent, state: 'awaitingRelay', calls: calls.slice(2) })).toBe('asks for bash');
    expect(activityOf({ ...agent, state: 'done', calls })).toBe('');
  });

  test('a tool whose name hides something is named with it', () => {
    const odd = [{ id: '1', tool: 'ba\u200Bsh', running: true }];
    expect(activityOf({ ...agent, state: 'running', calls: odd })).toBe('runs ba⟨U+200B⟩sh');
  });

  test('numbers are short', () => {
    expect([950, 12_340, 999_960].map(countText)).toEqual(['950', '12.3k', '1.0M']);
    expect([20, 12_900, 185_000, 7_800_000].map(timeText)).toEqual(['20 ms', '12 s', '3 min 5 s', '2 h 10 min']);
  });

  test('who decided is said with how long it took and why', () => {
    expect(decidedText({ kind: 'human', by: 'anna', waitedMs: 1200, reason: 'no' })).toBe(
      'Decided by anna, after 1 s: no',
    );
    expect(decidedText({ kind: 'rule', id: 'orchestrator.deny[0]' })).toBe('Decided by a rule (orchestrator.deny[0])');
  });
});
