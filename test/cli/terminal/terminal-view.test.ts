/** The terminal view as a human at a terminal meets it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { greenroom } from '../cli.ts';
import { relaysOf, says, stage, turn } from '../stopped-run.ts';
import { ask, expectGivenBack, OPEN, QUIET, run } from './at-terminal.ts';
import { KEY, startInTerminal } from './pty.ts';

test('the demo is answered by keys from its beginning to its end', async () => {
  await using pty = startInTerminal(['demo']);
  const seen: string[] = [];
  // whatever is asked, and in whatever order
  for (;;) {
    const screen = await pty.shows(OPEN).catch(() => undefined);
    if (screen === undefined) break;
    const [, headline = '', what = ''] = /┌ (.*)\n│ +(.*)/.exec(screen) ?? [];
    seen.push(`${headline} ${what}`);
    pty.type(screen.includes('node --test') ? 'a' : 'y');
    await pty.shows({ not: OPEN }).catch(() => undefined);
  }
  const end = await pty.end;
  expect(end.code).toBe(0);
  expectGivenBack(end);
  expect(seen.join('\n')).toContain('asks: may I use bash? node --test');
  const history = pty.history();
  expect(history).toMatch(/answered: always, by you: bash\(node --test\)/);
  expect(history).toMatch(/Tests {4}11 pass, 0 fail/);
  // nothing of what was drawn below the log is left in it
  expect(history).not.toMatch(/[┌└─▸]/);
});

test('tab and shift-tab go from question to question, and an answer is for the one in front', async () => {
  await using on = await stage(
    turn(['bash', { command: 'echo one > one' }], ['bash', { command: 'echo two > two' }]),
    says('ok'),
  );
  await using pty = run(on);
  await pty.shows(OPEN, /echo one > one$/m, /tab next \(1 more\)/);
  pty.type(KEY.tab);
  await pty.shows(OPEN, /^│ +echo two > two$/m);
  pty.type(KEY.tab);
  await pty.shows(OPEN, /^│ +echo one > one$/m);
  pty.type(KEY.backtab);
  await pty.shows(OPEN, /^│ +echo two > two$/m);
  pty.type('y');
  await pty.shows(OPEN, /^│ +echo one > one$/m, { not: /tab next/ });
  pty.type('n');
  expect((await pty.end).code).toBe(0);
  expect(existsSync(join(on.workspace, 'two'))).toBe(true);
  expect(existsSync(join(on.workspace, 'one'))).toBe(false);
});

test('answer keys do nothing in the first 500 ms of a question, also when it came by itself', async () => {
  await using on = await stage(
    turn(['bash', { command: 'echo one > one' }], ['bash', { command: 'echo two > two' }]),
    says('ok'),
  );
  await using pty = run(on);
  await pty.shows(QUIET);
  pty.type('y', 'n', 'a', 'r', 'e');
  await pty.shows(OPEN, /tab next \(1 more\)/, /^│ +echo one > one$/m);
  pty.type('y');
  await pty.shows(QUIET, /^│ +echo two > two$/m);
  pty.type('y', 'a');
  await pty.shows(OPEN, /^│ +echo two > two$/m);
  pty.type('n');
  expect((await pty.end).code).toBe(0);
  expect(existsSync(join(on.workspace, 'two'))).toBe(false);
});

test('a no with a reason reaches the agent', async () => {
  await using on = await stage(ask('rm -rf build'), says('Then I keep it.'));
  await using pty = run(on);
  await pty.shows(OPEN);
  pty.type('r');
  await pty.shows(/no, because .*\n▸ ▏/);
  pty.type(...'not today', KEY.left, KEY.left, KEY.backspace, 'D', KEY.enter);
  expect((await pty.end).code).toBe(0);
  expect(pty.history()).toContain('answered: no, by you: not toDay');
  expect(JSON.stringify(on.server.requests.at(-1)?.body)).toContain('not toDay');
});

test('a command that was changed runs as it was changed', async () => {
  await using on = await stage(ask('echo mine > one'), says('ok'));
  await using pty = run(on);
  await pty.shows(OPEN);
  pty.type('e');
  await pty.shows(/command to run instead .*\n▸ echo mine > one▏/);
  pty.type(KEY.eraseWord);
  await pty.shows(/▸ echo mine > ▏/);
  pty.type(...'two', KEY.enter);
  expect((await pty.end).code).toBe(0);
  expect(readFileSync(join(on.workspace, 'two'), 'utf8')).toBe('mine\n');
  expect(existsSync(join(on.workspace, 'one'))).toBe(false);
  expect(pty.history()).toContain('answered: yes, with changed arguments, by you');
});

test('arguments that the tool does not accept, or that are not JSON, are not sent, and can be changed again', async () => {
  await using on = await stage(turn(['write', { path: 'a', content: 'x' }]), says('ok'));
  await using pty = run(on);
  await pty.shows(OPEN);
  pty.type('e');
  await pty.shows(/▸ \{"path":"a","content":"x"\}▏/);
  pty.type(KEY.backspace, KEY.enter);
  await pty.shows(/This is not JSON/);
  pty.type(KEY.eraseLine, ...'{"path":3}', KEY.enter);
  await pty.shows(/write does not accept these arguments/);
  pty.type(KEY.eraseLine, ...'{"path":"b","content":"y"}', KEY.enter);
  expect((await pty.end).code).toBe(0);
  expect(readFileSync(join(on.workspace, 'b'), 'utf8')).toBe('y');
});

test('a paste is no answer, and goes where something is typed', async () => {
  await using on = await stage(ask('echo one > one'), says('ok'));
  await using pty = run(on);
  await pty.shows(OPEN);
  pty.type('\u{1b}[200~yyy\u{1b}[201~', 'r');
  await pty.shows(/no, because/);
  pty.type('\u{1b}[200~as the docs say\u{1b}[201~', KEY.enter);
  expect((await pty.end).code).toBe(0);
  expect(pty.history()).toContain('answered: no, by you: as the docs say');
});

test('the question and the log stay readable when the terminal changes its size in the middle of a question', async () => {
  await using on = await stage(ask(`echo ${'word '.repeat(20)}茶茶茶 > one`), says('ok'));
  await using pty = run(on, { columns: 80, rows: 30 });
  const wanted = [/may I use bash\?/, /│ always/, OPEN] as const;
  await pty.shows(...wanted);
  for (const [columns, rows] of [
    [40, 30],
    [120, 30],
    [60, 16],
    [100, 40],
  ] as const) {
    await pty.resize(columns, rows);
    const rule = new RegExp(`^─{${columns - 1}}$`, 'm');
    // not what the terminal itself made of the rows that were there
    const screen = await pty.shows(rule, { not: /─\n─/ }, ...wanted);
    expect(screen.match(/┌/g)).toHaveLength(1);
    expect(screen.match(/─+/g), screen).toHaveLength(1);
    expect(screen.replaceAll(/\n│ +/g, '')).toContain('茶茶茶');
  }
  expect(pty.history()).toMatch(/^agent +waiting +asks: bash: echo word/m);
  await pty.resize(30, 4);
  await pty.shows(/▸ y yes/);
  pty.type('n');
  expect((await pty.end).code).toBe(0);
});

test('a question that is longer than the screen is cut, and v prints it whole above', async () => {
  const content = Array.from({ length: 60 }, (_none, at) => `line ${at}`).join('\n');
  await using on = await stage(turn(['write', { path: 'a', content }]), says('ok'));
  await using pty = run(on, { rows: 20 });
  const screen = await pty.shows(OPEN);
  expect(screen).toMatch(/… \d+ more rows: v shows all/);
  expect(screen).toContain('│ always  would allow');
  pty.type('v', 'y');
  expect((await pty.end).code).toBe(0);
  for (let at = 0; at < 60; at += 1) expect(pty.history()).toContain(`│   +line ${at}\n`);
});

test('what agents write cannot act on the terminal', async () => {
  const evil = '\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[1;1H\u{202e}';
  await using on = await stage(ask(`echo '${evil}'`), says(`said ${evil} so`));
  await using pty = run(on);
  const screen = await pty.shows(OPEN);
  expect(screen).toContain(`│   echo '\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{1b}[1;1H\\u{202e}'`);
  pty.type('n');
  await pty.end;
  expect(pty.history()).toContain('said \\u{1b}]0;owned');
});

test('another surface answers first: the question goes away and the log says who answered', async () => {
  await using on = await stage(
    turn(['bash', { command: 'echo one > one' }], ['bash', { command: 'echo two > two' }]),
    says('ok'),
  );
  await using pty = run(on);
  await pty.shows(OPEN, /tab next \(1 more\)/);
  pty.type('r');
  await pty.shows(/no, because/);
  pty.type(...'later');
  await pty.shows(/▸ later▏/);
  const [relay] = await relaysOf(on);
  await greenroom(['answer', relay?.id ?? '', 'yes', '--by', 'ann'], { env: on.env });
  await pty.shows(/answered: yes, by ann/, { not: /no, because/ }, { not: /^│ +echo one/m }, /^│ +echo two/m);
  pty.type('y');
  await pty.shows(/That question is gone. Press esc/, /later▏/);
  pty.type(KEY.escape);
  await pty.shows({ not: /is gone/ }, OPEN);
  pty.type('n');
  expect((await pty.end).code).toBe(0);
});
