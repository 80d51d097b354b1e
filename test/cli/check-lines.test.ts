import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { byteLines } from '../../src/cli/check/byte-lines.ts';
import { checkLines } from '../../src/cli/check/check-lines.ts';
import { temporaryFolder } from './cli.ts';
import { type Answer, answers, decisions, piped } from './piped.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const question = (id: unknown, command = 'git log -1', extra: object = {}) =>
  JSON.stringify({
    id,
    permissions: { allowlist: [{ tool: 'bash', params: { command: 'git log *' } }] },
    call: { tool: 'bash', params: { command } },
    ...extra,
  });
const errorOf = (answer: Answer | undefined) => (answer !== undefined && 'error' in answer ? answer.error : '');
const throughProcess = (input: string | Uint8Array) => piped(['check', '--jsonl'], input);

/** The same without a process of its own, for the many. */
async function lines(input: string | Uint8Array) {
  let stdout = '';
  const output = new Writable({
    write(chunk, _encoding, done) {
      stdout += String(chunk);
      done();
    },
  });
  const code = await checkLines({ input: Readable.from([Buffer.from(input)]), output });
  return { stdout, code };
}

describe('check --jsonl', () => {
  test('answers every line in order, with decision, reason, rule and what "always" would save', () => {
    const { stdout, stderr, code } = throughProcess([question('a'), question('b', 'id'), question(3)].join('\n'));
    const log = { tool: 'bash', params: { command: 'git log *' } };
    expect(answers(stdout)).toMatchObject([
      { id: 'a', decision: 'allow', rule: 'bash(git log *)', why: expect.stringContaining('allowlist[0]') },
      { id: 'b', decision: 'ask', why: expect.stringContaining('nothing allows bash to run id') },
      { id: 3, decision: 'allow', proposal: expect.arrayContaining([log]) },
    ]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  test('runs from a clone through npm, and prints nothing else', () => {
    const stdout = execFileSync('npm', ['run', '-s', 'greenroom', '--', 'check', '--jsonl'], {
      cwd: root,
      input: question(1),
      encoding: 'utf8',
    });
    expect(answers(stdout)).toMatchObject([{ id: 1, decision: 'allow' }]);
  });

  test('takes a byte order mark, CRLF, empty lines and a last line without an end', () => {
    const { stdout, code } = throughProcess(`\u{feff}${question(1)}\r\n\r\n   \n${question(2)}\n\n${question(3)}`);
    expect(answers(stdout).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(code).toBe(0);
  });

  test('says nothing to nothing', () => {
    expect(throughProcess('')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test.each([
    ['no JSON', 'nope', undefined, /line 2: it is not JSON/],
    ['no object', '[1]', undefined, /line 2: /],
    ['no call', '{"id":"x"}', 'x', /call/],
    ['a call without a tool', '{"id":"x","call":{"params":{}}}', 'x', /call\.tool/],
    ['a key that there is not', '{"id":"x","call":{"tool":"read"},"permision":{}}', 'x', /permision/],
    ['permissions that are none', '{"id":"x","call":{"tool":"read"},"permissions":{"allow":[]}}', 'x', /allow/],
    ['a cwd that is no text', '{"id":"x","call":{"tool":"read"},"cwd":1}', 'x', /cwd/],
    [
      'an empty pattern',
      question('x', 'ls', { permissions: { allowlist: [{ tool: 'read', params: { path: '' } }] } }),
      'x',
      /permissions\.allowlist\.0/,
    ],
    [
      'a deny pattern that cannot be read',
      question('x', 'ls', { permissions: { deny: [{ tool: 'read', params: { path: '[' } }] } }),
      'x',
      /permissions\.deny\.0/,
    ],
    [
      'a rule for an unknown tool',
      question('x', 'ls', { permissions: { deny: [{ tool: 'bsh' }] } }),
      'x',
      /permissions\.deny\.0.*no tool "bsh"/,
    ],
  ])(
    '%s gets an error with the id, the others their answers, and the exit code is 2',
    async (_what, line, id, problem) => {
      const { stdout, code } = await lines([question(1), line, question(3)].join('\n'));
      expect(decisions(stdout)).toEqual(['allow', 'error', 'allow']);
      const [, bad] = answers(stdout);
      expect(errorOf(bad)).toMatch(problem);
      expect(bad?.id).toBe(id);
      expect(code).toBe(2);
    },
  );

  test('a line that is no UTF-8 gets an error and spoils no other', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${question(1)}\n{"id":"\u{e9}`, 'latin1'),
      Buffer.from(`"}\n${question(3)}`),
    ]);
    const { stdout, code } = await lines(bytes);
    expect(decisions(stdout)).toEqual(['allow', 'error', 'allow']);
    expect(errorOf(answers(stdout)[1])).toContain('line 2: it is not UTF-8');
    expect(code).toBe(2);
  });

  test('very deep and very long lines get an answer', async () => {
    const deep = question('deep').replace('"git log -1"', `${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    const { stdout } = await lines(
      [deep, question('long', `git log ${'x'.repeat(3_000_000)}`), question(3)].join('\n'),
    );
    const [first, , third] = decisions(stdout);
    expect(first).not.toBe('allow');
    expect(third).toBe('allow');
  });

  test.each([[['a']], [{ a: 1 }], [7], [null], [true], [''], ['a\0b'], [undefined]])(
    'a path that is %j asks',
    async (path) => {
      using folder = temporaryFolder();
      const asked = ['read', 'write', 'patch', 'search', 'bash'].map((tool) =>
        JSON.stringify({
          permissions: {
            allowlist: [
              { tool: 'read', params: { path: '**' } },
              { tool: 'patch', params: { path: '**' } },
            ],
          },
          call: { tool, params: { path } },
          cwd: folder.path,
        }),
      );
      const { stdout, code } = await lines(asked.join('\n'));
      expect(decisions(stdout)).toEqual(['ask', 'ask', 'ask', 'ask', 'ask']);
      expect(code).toBe(0);
    },
  );

  test.each([[null], [[]], ['x'], [5], [undefined]])('params that are %j ask', async (params) => {
    const line = JSON.stringify({ permissions: { allowlist: [{ tool: 'read' }] }, call: { tool: 'read', params } });
    expect(decisions((await lines(line)).stdout)).toEqual(['ask']);
  });

  test('an unknown tool asks, and so does a folder that is not there', async () => {
    const unknown = JSON.stringify({ call: { tool: 'nope', params: {} } });
    const { stdout, code } = await lines([unknown, question(2, 'git log', { cwd: '/no/such/folder' })].join('\n'));
    expect(answers(stdout)).toMatchObject([
      { decision: 'ask', why: expect.stringContaining('no tool "nope"') },
      { decision: 'ask', why: expect.stringContaining('/no/such/folder') },
    ]);
    expect(code).toBe(0);
  });

  test('thousands of lines keep their order, and a reader that is slow loses none', async () => {
    const count = 5000;
    const child = spawn(process.execPath, ['src/cli/main.ts', 'check', '--jsonl'], { cwd: root });
    child.stdin.end(Array.from({ length: count }, (_, id) => question(id)).join('\n'));
    let text = '';
    const closed = once(child, 'close');
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      text += chunk;
      await new Promise(setImmediate);
    }
    await closed;
    expect(answers(text).map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, id) => id));
    expect(child.exitCode).toBe(0);
  });

  test('a reader that goes away ends it with exit code 141', async () => {
    const child = spawn(process.execPath, ['src/cli/main.ts', 'check', '--jsonl'], { cwd: root });
    child.stdin.on('error', () => undefined);
    const closed = once(child, 'close');
    const feed = Readable.from(
      (function* () {
        while (true) yield `${question(1)}\n`;
      })(),
    );
    feed.pipe(child.stdin);
    child.stdout.once('data', () => child.stdout.destroy());
    await closed;
    feed.destroy();
    expect(child.exitCode).toBe(141);
  });

  test('it reads no faster than its answers are taken', async () => {
    let taken = 0;
    async function* input() {
      for (taken = 0; taken < 100_000; taken++) yield Buffer.from(`${question(taken)}\n`);
    }
    const stuck = Promise.withResolvers<void>();
    const output = new Writable({ highWaterMark: 1000, write: () => stuck.resolve() });
    const done = checkLines({ input: input(), output });
    await stuck.promise;
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(taken).toBeLessThan(100);
    output.destroy();
    expect(await done).toBe(141);
  });
});

describe('byteLines', () => {
  const read = async (chunks: readonly Uint8Array[], max?: number) => {
    const all = [];
    for await (const found of byteLines(Readable.from(chunks), max)) all.push(...found);
    return all;
  };

  test('gives the same lines however the bytes were cut', async () => {
    const bytes = Buffer.from('\u{feff}eins\r\nzw\u{f6}lf\n\n\u{1f600}\rx\nlast');
    const whole = await read([bytes]);
    expect(whole.map((line) => ('text' in line ? line.text : line.problem))).toEqual([
      'eins',
      'zw\u{f6}lf',
      '',
      '\u{1f600}\rx',
      'last',
    ]);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
    }
    expect(await read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test('keeps nothing of a line that is too long, and reads on behind it', async () => {
    const chunks = [
      Buffer.from('ok\n'),
      ...Array.from({ length: 10 }, () => Buffer.from('xxxx')),
      Buffer.from('\nend'),
    ];
    expect(await read(chunks, 16)).toEqual([
      { number: 1, text: 'ok' },
      { number: 2, problem: 'it is longer than 16 bytes' },
      { number: 3, text: 'end' },
    ]);
  });
});
