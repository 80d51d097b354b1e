import { describe, expect, test } from 'vitest';
import { formatRule, parseRule } from '../../src/permissions/rule-text.ts';

describe('a rule as text', () => {
  test.each([
    ['read', { tool: 'read' }],
    ['bash(git status *)', { tool: 'bash', params: { command: 'git status *' } }],
    ['bash(git log --format=a, b)', { tool: 'bash', params: { command: 'git log --format=a, b' } }],
    ['bash(A=b (c))', { tool: 'bash', params: { command: 'A=b (c)' } }],
    ['write(src/**)', { tool: 'write', params: { path: 'src/**' } }],
    ['bash(command=git *, cwd=docs)', { tool: 'bash', params: { command: 'git *', cwd: 'docs' } }],
    ['bash(command="git log a, b", cwd=docs)', { tool: 'bash', params: { command: 'git log a, b', cwd: 'docs' } }],
    ['bash(command="command=x")', { tool: 'bash', params: { command: 'command=x' } }],
    [
      'fetch(url=https://a.example/*, retries:=3)',
      { tool: 'fetch', params: { url: 'https://a.example/*', retries: 3 } },
    ],
    ['fetch(tags:=["a","b"])', { tool: 'fetch', params: { tags: ['a', 'b'] } }],
    [
      'write exactly {"path":"a","content":"x, (y)"}',
      { tool: 'write', params: { path: 'a', content: 'x, (y)' }, exact: true },
    ],
    ['{"tool":"odd tool","params":{"a b":"c"}}', { tool: 'odd tool', params: { 'a b': 'c' } }],
  ])('%s', (text, rule) => {
    expect(parseRule(text)).toEqual(rule);
    expect(parseRule(formatRule(rule))).toEqual(rule);
  });

  test('shows hidden characters escaped', () => {
    const rule = { tool: 'bash', params: { command: 'git\u202estatus\n' } };
    expect(formatRule(rule)).toBe('bash(command="git\\u202estatus\\n")');
    expect(parseRule(formatRule(rule))).toEqual(rule);
  });

  test.each([
    ['', /write tool or tool\(pattern\)/],
    ['(git *)', /starts with no tool name/],
    ['bash git status', /write bash or bash\(pattern\)/],
    ['bash()', /write bash to cover every call/],
    ['bash(git *', /write bash or bash\(pattern\)/],
    ['fetch(https://a)', /write fetch\(key=pattern/],
    ['fetch(a=1, a=2)', /twice/],
    ['fetch(a:=oops)', /not JSON/],
    ['read(src/[)', /not closed/],
    ['{"tool":1}', /not a rule as JSON/],
    ['bash exactly {oops}', /JSON object/],
  ])('%j says what to write instead', (text, message) => {
    expect(() => parseRule(text, '--allow')).toThrow(message);
    try {
      parseRule(text, '--allow');
    } catch (error) {
      expect(error).toMatchObject({ code: 'invalid_rule', path: expect.stringMatching(/^--allow/) });
    }
  });
});
