/**
 * Runs the command line in a real pseudo-terminal, made by `script` of util-linux, and reads the screen that a human would
 * see, as a terminal emulator draws it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { temporaryFolder } from '../cli.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
/** Of util-linux; it runs a command in a pseudo-terminal of its own. */
const TERMINAL = 'script';
/** A ceiling for what never comes. */
const PATIENCE_MS = 25_000;

export const KEY = {
  enter: '\r',
  escape: '\u{1b}',
  tab: '\t',
  backtab: '\u{1b}[Z',
  left: '\u{1b}[D',
  backspace: '\u{7f}',
  interrupt: '\u{3}',
  eraseLine: '\u{15}',
  eraseWord: '\u{17}',
} as const;

export interface PtyOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** Arguments of node itself. */
  readonly node?: readonly string[];
}

export interface PtyEnd {
  readonly code: number | null;
  /** What `stty -a` says before and after. */
  readonly modes: readonly [before: string, after: string];
  readonly isCursorShown: boolean;
  readonly isPasteBracketed: boolean;
}

export interface Pty extends AsyncDisposable {
  /** Types. */
  type(...keys: readonly string[]): void;
  /** The rows of the screen, without the empty ones at its end. */
  screen(): string;
  /** All that was printed and is still kept, lines that the terminal broke put together again. */
  history(): string;
  /** Resolves as soon as the screen shows all of these, and none of those after `not`. */
  shows(...wanted: readonly (RegExp | { readonly not: RegExp })[]): Promise<string>;
  resize(columns: number, rows: number): Promise<void>;
  /** Of the process that runs the command line. */
  pid(): number;
  readonly end: Promise<PtyEnd>;
}

/** Starts `greenroom` in a terminal of that size; 100 × 30 by default. */
export function startInTerminal(args: readonly string[], options: PtyOptions = {}): Pty {
  const { env = {}, columns = 100, rows = 30, node = [] } = options;
  const folder = temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  const command = [process.execPath, ...node, MAIN, ...args].map(quoted).join(' ');
  const lines = [
    `stty rows ${rows} cols ${columns}`,
    `stty -a > ${file('before')}`,
    `sh -c ${quoted(`echo $$ > ${file('pid')}; exec ${command}`)}`,
    'code=$?',
    `stty -a > ${file('after')}`,
    'exit $code',
  ];
  writeFileSync(file('run.sh'), lines.join('\n'));
  const child = spawn(TERMINAL, ['-qfec', `sh ${file('run.sh')}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      XDG_CONFIG_HOME: '/nonexistent',
      XDG_STATE_HOME: file('state'),
      TMPDIR: folder.path,
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
      GREENROOM_PACE_MS: '0',
      ...env,
    },
  });
  const screen = new WatchedScreen(columns, rows);
  child.stdout.on('data', (data: Buffer) => screen.write(data));
  const closed = once(child, 'close');
  const end = (async (): Promise<PtyEnd> => {
    await closed;
    await screen.settled();
    screen.over();
    const modes = [readFileSync(file('before'), 'utf8'), readFileSync(file('after'), 'utf8')] as const;
    return { code: child.exitCode, modes, ...screen.modes };
  })();
  const pid = () => Number(readFileSync(file('pid'), 'utf8'));
  return {
    type: (...keys) => keys.forEach((key) => child.stdin.write(key)),
    screen: () => screen.shown(),
    history: () => screen.history(),
    shows: async (...wanted) => await screen.shows(wanted),
    async resize(toColumns, toRows) {
      await screen.settled();
      screen.terminal.resize(toColumns, toRows);
      const terminal = readlinkSync(`/proc/${pid()}/fd/0`);
      spawnSync('stty', ['-F', terminal, 'rows', String(toRows), 'cols', String(toColumns)]);
    },
    pid,
    end,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await end.catch(() => undefined);
      folder[Symbol.dispose]();
    },
  };
}

type Wanted = RegExp | { readonly not: RegExp };

/** A terminal that tells of each change. */
class WatchedScreen {
  readonly terminal: xterm.Terminal;
  readonly modes = { isCursorShown: true, isPasteBracketed: false };
  readonly #changed = new EventTarget();
  #isOver = false;

  constructor(columns: number, rows: number) {
    this.terminal = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
      convertEol: false,
    });
    for (const [final, isSet] of [
      ['h', true],
      ['l', false],
    ] as const) {
      this.terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
        if (params.includes(25)) this.modes.isCursorShown = isSet;
        if (params.includes(2004)) this.modes.isPasteBracketed = isSet;
        return false;
      });
    }
  }

  write(data: Uint8Array): void {
    this.terminal.write(data, () => this.#changed.dispatchEvent(new Event('change')));
  }

  /** Resolves when all that was written is drawn. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => this.terminal.write('', resolve));
  }

  /** Nothing more will come. */
  over(): void {
    this.#isOver = true;
    this.#changed.dispatchEvent(new Event('change'));
  }

  shown(): string {
    const { baseY } = this.terminal.buffer.active;
    return this.#lines(baseY, baseY + this.terminal.rows)
      .join('\n')
      .trimEnd();
  }

  history(): string {
    const { active } = this.terminal.buffer;
    const lines: string[] = [];
    this.#lines(0, active.length).forEach((line, at) => {
      if (active.getLine(at)?.isWrapped === true) lines.push((lines.pop() ?? '') + line);
      else lines.push(line);
    });
    return lines.join('\n').trimEnd();
  }

  async shows(wanted: readonly Wanted[]): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = () => {
      const screen = this.shown();
      if (wanted.every((one) => (one instanceof RegExp ? one.test(screen) : !one.not.test(screen)))) resolve(screen);
      else if (this.#isOver)
        reject(new Error(`It ended, and the screen never showed ${described(wanted)}:\n${screen}`));
    };
    const patience = setTimeout(
      () => reject(new Error(`The screen does not show ${described(wanted)}:\n${this.shown()}`)),
      PATIENCE_MS,
    );
    this.#changed.addEventListener('change', look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(patience);
      this.#changed.removeEventListener('change', look);
    }
  }

  #lines(from: number, to: number): string[] {
    const { active } = this.terminal.buffer;
    const lines: string[] = [];
    for (let at = from; at < to; at += 1) lines.push(active.getLine(at)?.translateToString(true) ?? '');
    return lines;
  }
}

const described = (wanted: readonly Wanted[]): string =>
  wanted.map((one) => (one instanceof RegExp ? String(one) : `(not) ${one.not}`)).join(', ');

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
