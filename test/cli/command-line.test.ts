import { expect, test } from 'vitest';
import { greenroom, temporaryFolder } from './cli.ts';

test('--help says what there is, with every exit code and the environment', async () => {
  const { code, stdout, stderr } = await greenroom(['--help']);
  expect(code).toBe(0);
  expect(stderr).toBe('');
  for (const exit of ['0 ', '1 ', '2 ', '3 ', '130', '141']) expect(stdout).toMatch(new RegExp(`^  ${exit} +\\w`, 'm'));
  expect(stdout).toContain('GREENROOM_LOG');
  expect(stdout).toContain('GREENROOM_MODEL');
});

test('--help and --version load nothing but commander and a few words', async () => {
  const hook =
    "import{registerHooks}from'node:module';registerHooks({load(u,c,n){process._rawDebug('loaded '+u);return n(u,c)}})";
  for (const flag of ['--help', '--version']) {
    const { stderr } = await greenroom([flag], {
      node: ['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
    });
    const loaded = [...stderr.matchAll(/^loaded (?!node:|data:)(.*)$/gm)].map(([, url = '']) => url);
    expect(loaded.length).toBeGreaterThan(0);
    const light = /node_modules\/commander\/|src\/cli\/(main|exit-codes)\.ts$|src\/errors\.ts$/;
    expect(loaded.filter((url) => !light.test(url))).toEqual([]);
  }
});

test('--version says the version of the package', async () => {
  const { code, stdout } = await greenroom(['--version']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('run --help says what is allowed without asking', async () => {
  const { stdout } = await greenroom(['run', '--help']);
  expect(stdout).toContain('Reading and searching inside the workspace is allowed. Every other call asks first');
});

test.each([
  ['no goal', ['run'], /missing required argument 'goal'/],
  ['an empty goal', ['run', ' '], /Say what to do/],
  ['an unknown flag', ['run', 'x', '--jsn'], /Did you mean --json/],
  ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
  [
    'an answer to --on-ask that there is not',
    ['run', 'x', '--on-ask', 'maybe'],
    /choices are prompt, wait, deny, fail/,
  ],
  ['an answer that there is not', ['answer', '0199', 'perhaps'], /choices are yes, always, no, ran/],
  ['a sandbox that there is not', ['run', 'x', '--sandbox', 'docker'], /choices are none, bwrap/],
  ['no agents at all', ['run', 'x', '--max-agents', '0'], /whole number, 1 or more/],
  ['two outputs', ['demo', '--json', '--plain'], /'--json' cannot be used with option '--plain'/],
  ['a rule that is none', ['run', 'x', '--allow', 'bash('], /write bash or bash\(pattern\)/],
  ['a model of nobody', ['run', 'x', '--model', 'nobody/x'], /Write provider\/model, with one of anthropic/],
  ['a model without its key', ['run', 'x', '--model', 'anthropic/x'], /ANTHROPIC_API_KEY, which is not set/],
  ['a workspace that is not there', ['run', 'x', '--workspace', '/no/such/folder'], /--workspace .* cannot be used/],
])('%s ends with exit code 2, says what to do, and prints nothing else', async (_what, args, remedy) => {
  const { code, stdout, stderr } = await greenroom(args);
  expect(stderr).toMatch(remedy);
  expect(stderr).toContain('greenroom --help');
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test('a log level that there is not ends with exit code 2 and the levels there are', async () => {
  const { code, stderr } = await greenroom(['run', 'x'], { env: { GREENROOM_LOG: 'loud' } });
  expect(stderr).toContain('"loud" is not a log level. Use debug, info, warn or error.');
  expect(code).toBe(2);
});

test('without a model the answers are scripted, which is said', async () => {
  using folder = temporaryFolder();
  const { code, stdout } = await greenroom(['run', 'hello there', '--workspace', folder.path]);
  expect(stdout).toContain('No real model: CI is set');
  expect(stdout).toContain('You asked: "hello there"');
  expect(stdout.match(/There is no terminal to ask at/g)).toHaveLength(1);
  expect(code).toBe(0);
});

test('--sandbox-network without a sandbox is refused', async () => {
  const { code, stdout, stderr } = await greenroom(['run', 'x', '--sandbox', 'none', '--sandbox-network']);
  expect(stderr).toContain('--sandbox-network has no effect with --sandbox none');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('a sandbox there is none of ends with exit code 2 when it was asked for, and is missed aloud once when not', async () => {
  using folder = temporaryFolder();
  // Seen from here, the machine is one without bubblewrap.
  const preload =
    "import{syncBuiltinESMExports as s}from'node:module';import fs from'node:fs';const a=fs.accessSync;fs.accessSync=(p,m)=>{if(String(p).endsWith('/bwrap'))throw new Error('none');a(p,m)};s()";
  const node = ['--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const args = ['run', 'hello', '--workspace', folder.path];
  const insisted = await greenroom([...args, '--sandbox', 'bwrap'], { node });
  expect(insisted.stderr).toMatch(/--sandbox bwrap: bubblewrap .* Fix that, or use --sandbox none/);
  expect({ code: insisted.code, stdout: insisted.stdout }).toEqual({ code: 2, stdout: '' });
  const left = await greenroom(args, { node });
  expect(left.stdout.match(/Commands run without a sandbox: bubblewrap /g)).toHaveLength(1);
  expect(left.code).toBe(0);
  const none = await greenroom([...args, '--sandbox', 'none'], { node });
  expect(none.stdout).not.toContain('without a sandbox');
});
