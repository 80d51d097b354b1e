import { describe, expect, test } from 'vitest';
import type { ToolPermission } from '../../src/events.ts';
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

describe('a value in a list of parameters', () => {
  const params = (text: string) => parseRule(`fetch(${text})`).params;

  test.each<[string, Record<string, unknown>]>([
    ['a=x', { a: 'x' }],
    ['a= x ', { a: 'x' }],
    ['a=x,b=y', { a: 'x', b: 'y' }],
    [' a=x , b=y ', { a: 'x', b: 'y' }],
    ['a=x,', { a: 'x' }],
    ['a=x=y', { a: 'x=y' }],
    ['a="x, y",b=z', { a: 'x, y', b: 'z' }],
    ['a="x" , b=z', { a: 'x', b: 'z' }],
    ['a:=1', { a: 1 }],
    ['a:=null,b:=true', { a: null, b: true }],
    ['a:=[1,2],b=z', { a: [1, 2], b: 'z' }],
    ['a:={"x":[1,{"y":2}]},b:=[3]', { a: { x: [1, { y: 2 }] }, b: [3] }],
    ['a:="x"', { a: 'x' }],
    ['a.b-c=x', { 'a.b-c': 'x' }],
    ['_a=x', { _a: 'x' }],
  ])('%s', (text, read) => expect(params(text)).toEqual(read));

  test.each(['a', '1a=x', 'a:x', 'a=x,b', 'a="x', 'a:=', 'a:=x', 'a:=[1,2', 'a=x,a=y', 'a:="x"y', 'a='])(
    '%s is refused',
    (text) => {
      expect(() => params(text)).toThrow(/^Rule (?:for )?"fetch/);
    },
  );
});

describe('a rule is written', () => {
  test.each<[ToolPermission, string]>([
    [{ tool: 'read' }, 'read'],
    [{ tool: 'bash', params: { command: 'ls' } }, 'bash(ls)'],
    [{ tool: 'bash', params: { command: 'ls, x' } }, 'bash(ls, x)'],
    [{ tool: 'bash', params: { command: 'cwd=x' } }, 'bash(command=cwd=x)'],
    [{ tool: 'bash', params: { command: 'path=x' } }, 'bash(path=x)'],
    [{ tool: 'bash', params: { command: 'ls', cwd: 'x' } }, 'bash(command=ls, cwd=x)'],
    [{ tool: 'bash', params: { cwd: 'x', command: 'ls' } }, 'bash(cwd=x, command=ls)'],
    [{ tool: 'bash', params: { other: 'x' } }, '{"tool":"bash","params":{"other":"x"}}'],
    [{ tool: 'bash', params: { other: 'x', command: 'ls' } }, '{"tool":"bash","params":{"other":"x","command":"ls"}}'],
    [{ tool: 'read', params: { path: 'src/**' } }, 'read(src/**)'],
    [{ tool: 'read', params: { path: 'path=x' } }, 'read(path=path=x)'],
    [{ tool: 'read', params: { offset: 5 } }, '{"tool":"read","params":{"offset":5}}'],
    [{ tool: 'fetch', params: { url: 'x' } }, 'fetch(url=x)'],
    [{ tool: 'fetch', params: { url: 'a,b' } }, 'fetch(url="a,b")'],
    [{ tool: 'fetch', params: { url: ' a' } }, 'fetch(url=" a")'],
    [{ tool: 'fetch', params: { url: '"a' } }, String.raw`fetch(url="\"a")`],
    [{ tool: 'fetch', params: { url: 'a"b' } }, 'fetch(url=a"b)'],
    [{ tool: 'fetch', params: { n: 5, list: ['a'] } }, 'fetch(n:=5, list:=["a"])'],
    [{ tool: 'fetch', params: { command: 'x' } }, 'fetch(command=x)'],
    [{ tool: 'fetch', params: { 'a b': 'x' } }, '{"tool":"fetch","params":{"a b":"x"}}'],
    [{ tool: 'fetch', params: { 'a b': 'x' }, exact: true }, 'fetch exactly {"a b":"x"}'],
    [{ tool: 'fetch', exact: true }, 'fetch exactly {}'],
    [{ tool: 'fetch', params: { a: 'x' }, exact: false }, 'fetch(a=x)'],
    [{ tool: 'a b' }, '{"tool":"a b"}'],
  ])('%j as %s', (rule, text) => {
    expect(formatRule(rule)).toBe(text);
    expect(formatRule(parseRule(text))).toBe(text);
  });

  test('names its place, and blanks around it do not count', () => {
    expect(parseRule('  read ')).toEqual({ tool: 'read' });
    expect(parseRule(' {"tool":"read"} ')).toEqual({ tool: 'read' });
    expect(() => parseRule('(x)')).toThrow(expect.objectContaining({ code: 'invalid_rule', path: 'rule' }));
    for (const text of [
      'read exactly 5',
      'read exactly [1]',
      'read exactly {}x',
      'read x',
      'read(',
      'read)',
      'read( )',
      '{',
      '{"a":1}',
      '5x{',
    ]) {
      expect(() => parseRule(text), text).toThrow(expect.objectContaining({ code: 'invalid_rule' }));
    }
  });
});
