import { describe, expect, it } from 'vitest';
import { callParts, placeOf } from '../../src/web/inbox/call-parts.ts';

describe('what is shown of a call', () => {
  it('a command is shown line by line, with its place and all other arguments', () => {
    expect(callParts('bash', { command: 'a\nb', cwd: 'docs', timeoutMs: 5 })).toEqual({
      shape: 'command',
      lines: [
        { kind: 'plain', text: 'a' },
        { kind: 'plain', text: 'b' },
      ],
      cwd: 'docs',
      rest: '{\n  "timeoutMs": 5\n}',
    });
  });

  it('runs of blanks, tabs and characters that cannot be seen are marked in a command', () => {
    const [line] = callParts('bash', { command: `ls${' '.repeat(90)}; rm\tx\u202E` }).lines;
    expect(line?.text).toBe('ls⟨90 blanks⟩; rm⟨tab⟩x⟨U+202E⟩');
  });

  it('blanks at the beginning of a line are no run', () => {
    expect(callParts('bash', { command: '    ls' }).lines).toEqual([{ kind: 'plain', text: '    ls' }]);
  });

  it('the lines of a patch say what is added and what is removed', () => {
    const patch = '*** Update File: a\n@@\n same\n-old\n+new\n*** End Patch\n';
    expect(callParts('patch', { patch }).lines).toEqual([
      { kind: 'meta', text: '*** Update File: a' },
      { kind: 'meta', text: '@@' },
      { kind: 'plain', text: 'same' },
      { kind: 'remove', text: 'old' },
      { kind: 'add', text: 'new' },
      { kind: 'meta', text: '*** End Patch' },
    ]);
  });

  it('a written file is all added', () => {
    expect(callParts('write', { path: 'a', content: 'x\ny\n' })).toEqual({
      shape: 'diff',
      path: 'a',
      lines: [
        { kind: 'add', text: 'x' },
        { kind: 'add', text: 'y' },
      ],
    });
  });

  it('arguments of another shape than expected are shown as JSON, none left out', () => {
    expect(callParts('bash', { command: 1, cwd: 2 })).toEqual({
      shape: 'none',
      lines: [],
      rest: '{\n  "command": 1,\n  "cwd": 2\n}',
    });
    expect(callParts('bash', { command: 'ls', cwd: 2 }).rest).toBe('{\n  "cwd": 2\n}');
    expect(callParts('mine', 'text\u200B').rest).toBe('"text⟨U+200B⟩"');
    expect(callParts('mine', undefined).rest).toBe('nothing');
  });

  it('a place is within the workspace, unless it is absolute', () => {
    expect(placeOf('/work', undefined)).toBe('/work');
    expect(placeOf('/work', '.')).toBe('/work');
    expect(placeOf('/srv/', './docs')).toBe('/srv/docs');
    expect(placeOf('/work', '/etc')).toBe('/etc');
  });
});
