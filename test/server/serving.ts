/** A served team for tests, and raw requests to its server. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type AgentOrchestrator, call, type OrchestratorOptions, type Script } from '../../src/index.ts';
import { createServer, type GreenroomServer, type ServedTeam, type ServerOptions } from '../../src/server/index.ts';
import { echoTool, scriptedTeam, start } from '../support/team.ts';

/** Asks to run `echo` with its task as the text, then ends. */
export const asking: Script = function* ({ task }) {
  yield { text: 'Let me see.', calls: [call('echo', { text: task })] };
  yield { text: 'That is all.' };
};

export interface Serving extends AsyncDisposable {
  readonly team: AgentOrchestrator;
  readonly server: GreenroomServer;
  /** Sends a request as a program does: with token, own header and JSON. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
}

export async function serving(
  script: Script = asking,
  {
    served = {},
    options = {},
    server: serverOptions = {},
  }: {
    readonly served?: Partial<ServedTeam>;
    readonly options?: OrchestratorOptions;
    readonly server?: ServerOptions;
  } = {},
): Promise<Serving> {
  await using stack = new AsyncDisposableStack();
  const team = stack.use(scriptedTeam(script, options));
  const tool = echoTool();
  const server = stack.use(
    await createServer(
      {
        orchestrator: team,
        start: ({ goal, name = 'agent' }) => [start(team, goal, { name, tools: [tool] })],
        ...served,
      },
      serverOptions,
    ),
  );
  const ask: Serving['ask'] = (path, init = {}) =>
    fetch(new URL(path, server.url), {
      ...init,
      headers: {
        authorization: `Bearer ${server.token}`,
        'x-greenroom': '1',
        'content-type': 'application/json',
        ...init.headers,
      },
    });
  const opened = stack.move();
  return {
    team,
    server,
    ask,
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    [Symbol.asyncDispose]: async () => await opened.disposeAsync(),
  };
}

/** Sends exactly these bytes on a new connection. Resolves with the response when the server closes it. */
export async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** The status of a raw response. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

export interface SentEvent {
  readonly id: number;
  readonly data: { readonly seq: number; readonly event: { readonly type: string; readonly [key: string]: unknown } };
}

/** Reads an event stream until this many events, or this event, or its end. */
export async function readEvents(
  response: Response,
  until: number | ((event: SentEvent) => boolean),
): Promise<SentEvent[]> {
  const isLast = (event: SentEvent | undefined) =>
    typeof until === 'number' ? events.length >= until : event !== undefined && until(event);
  const events: SentEvent[] = [];
  let text = '';
  if (response.body === null) return events;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  while (!isLast(events.at(-1))) {
    const { done, value } = await reader.read();
    if (done) break;
    const from = Math.max(0, text.length - 1);
    text += value;
    for (let end = text.indexOf('\n\n', from); end !== -1; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
      const [, data] = /^data: (.*)$/m.exec(block) ?? [];
      if (id !== undefined && data !== undefined)
        events.push({ id: Number(id), data: JSON.parse(data) as SentEvent['data'] });
    }
  }
  await reader.cancel();
  return typeof until === 'number' ? events.slice(0, until) : events;
}
