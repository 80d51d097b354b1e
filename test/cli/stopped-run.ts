/** A real `greenroom run` that is stopped while a question is open and a command runs, and what comes of it later. */
import { join } from 'node:path';
import { readdirSync } from 'node:fs';
import * as z from 'zod';
import { Envelope, type HarnessEventOf, PendingRelay } from '../../src/index.ts';
import { type Answer, chatCall, chatEvents, sse, startWireServer, type WireServer } from '../harness/wire-server.ts';
import { type CliEnd, type CliProcess, greenroom, start, temporaryFolder } from './cli.ts';

export const MODEL = ['--model', 'openai-compatible/m'];

export const says = (text: string): Answer => sse(chatEvents([{ content: text }]));

/** One turn with these calls, whose raw ids are `c0`, `c1` … */
export function turn(...calls: readonly (readonly [name: string, args: object])[]): Answer {
  const deltas = calls.map(([name, args], at) => chatCall(at, `c${at}`, name, JSON.stringify(args)));
  return sse(chatEvents(deltas, 'tool_calls'));
}

/** Runs until it is stopped, and then may have had its effect. */
export const SLEEP: readonly [string, object] = ['bash', { command: 'echo begun && sleep 987' }];
export const ALLOW_SLEEP = ['--allow', 'bash(echo begun && sleep 987)'];
export const WRITE: readonly [string, object] = ['write', { path: 'a.txt', content: 'a\n' }];

export interface Stage extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly server: WireServer;
  /** Paths of the recorded sessions, oldest first. */
  sessions(): string[];
  /** `greenroom run`, with that model. */
  run(...args: readonly string[]): ListenedTo;
  start(...args: readonly string[]): ListenedTo;
  cli(...args: readonly string[]): Promise<CliEnd>;
}

/** A workspace, a state folder and a model of its own. */
export async function stage(...answers: [Answer, ...Answer[]]): Promise<Stage> {
  const folder = temporaryFolder();
  const state = temporaryFolder();
  const server = await startWireServer(...answers);
  const env = { GREENROOM_BASE_URL: server.url, XDG_STATE_HOME: state.path };
  const sessions = join(state.path, 'greenroom/sessions');
  return {
    env,
    workspace: folder.path,
    server,
    sessions: () =>
      readdirSync(sessions)
        .filter((name) => name.endsWith('.sqlite'))
        .toSorted()
        .map((name) => join(sessions, name)),
    run: (...args) => listenedTo(start(['run', 'tidy up', ...MODEL, '--workspace', folder.path, ...args], { env })),
    start: (...args) => listenedTo(start(args, { env })),
    cli: async (...args) => await greenroom(args, { env }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
      state[Symbol.dispose]();
    },
  };
}

export interface ListenedTo extends CliProcess {
  /** Resolves when standard output, from its beginning on and in whatever order, has said all of these. */
  said(...wanted: readonly RegExp[]): Promise<void>;
}

function listenedTo(process: CliProcess): ListenedTo {
  const { stdout } = process.child;
  const changed = new EventTarget();
  let heard = '';
  stdout.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    changed.dispatchEvent(new Event('more'));
  });
  const isOver = Promise.withResolvers<never>();
  isOver.promise.catch(() => undefined);
  stdout.once('close', () => isOver.reject(new Error(`it ended, and had said: ${heard}`)));
  return {
    ...process,
    said: async (...wanted) => {
      while (!wanted.every((pattern) => pattern.test(heard))) {
        const { promise, resolve } = Promise.withResolvers<void>();
        changed.addEventListener('more', () => resolve(), { once: true });
        await Promise.race([promise, isOver.promise]);
      }
    },
  };
}

/** A run with a command that sleeps and a question that waits, ended by a signal. */
export async function stopped(on: Stage, signal: NodeJS.Signals = 'SIGINT'): Promise<CliEnd> {
  const run = on.run('--json', '--on-ask', 'wait', ...ALLOW_SLEEP);
  await run.said(/"tool_progress".*begun/, /"type":"relay"/);
  run.child.kill(signal);
  return await run.end;
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The events of a type, from NDJSON. */
export function eventsIn<T extends Envelope['event']['type']>(ndjson: string, type: T): HarnessEventOf<T>[] {
  return linesOf(ndjson)
    .map((line) => Envelope.parse(JSON.parse(line)).event)
    .flatMap((event) => (event.type === type ? [event as HarnessEventOf<T>] : [])); // narrowed by its type
}

const Listed = PendingRelay.extend({ sessionId: z.string(), answered: z.boolean() });

/** What `greenroom relays --json` lists. */
export async function relaysOf(on: Stage): Promise<z.infer<typeof Listed>[]> {
  const { stdout } = await on.cli('relays', '--json');
  return linesOf(stdout).map((line) => Listed.parse(JSON.parse(line)));
}
