/** A loopback HTTP server that speaks the providers' wire formats, and keeps what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WireRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The parsed JSON body. */
  readonly body: unknown;
}

export interface WireServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: WireRequest[];
  /** Resolves when a client's connection was closed before its answer was complete. */
  readonly hungUp: Promise<void>;
}

export type Answer = (response: ServerResponse, request: WireRequest) => void | Promise<void>;

/** Starts a server on a free port. The answers are used one after another, the last one for all that follow. */
export async function startWireServer(...answers: [Answer, ...Answer[]]): Promise<WireServer> {
  const requests: WireRequest[] = [];
  const hungUp = Promise.withResolvers<void>();
  const server = createServer((incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) hungUp.resolve();
    });
    void (async () => {
      let text = '';
      for await (const chunk of incoming) text += String(chunk);
      const request = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: text === '' ? undefined : parse(text),
      };
      const answer = answers[Math.min(requests.length, answers.length - 1)] ?? answers[0];
      requests.push(request);
      await answer(response, request);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    hungUp: hungUp.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Server-sent events; `cut` destroys the connection after them, `open` leaves it open. */
export function sse(events: readonly unknown[], end: 'end' | 'cut' | 'open' = 'end'): Answer {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) {
      const text = typeof event === 'string' ? event : JSON.stringify(event);
      await new Promise((sent) => response.write(`data: ${text}\n\n`, sent));
    }
    if (end === 'end') response.end();
    if (end === 'cut') response.destroy();
  };
}

// ---------------------------------------------------------------- chat completions

/** Chunks of `POST /chat/completions`. */
export function chatEvents(deltas: readonly object[], finish: string | null = 'stop'): unknown[] {
  const chunk = (delta: object, finish_reason: string | null) => ({
    id: 'chat-1',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  });
  if (finish === null) return deltas.map((delta) => chunk(delta, null));
  const usage = {
    prompt_tokens: 11,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  return [...deltas.map((delta) => chunk(delta, null)), chunk({}, finish), { choices: [], usage }, '[DONE]'];
}

export function chatCall(index: number, id: string, name: string, args: string): object {
  return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] };
}

// ---------------------------------------------------------------- Anthropic messages

/** A content block of `POST /messages`: its start, its deltas and its end. */
export function anthropicBlock(index: number, block: object, deltas: readonly object[]): unknown[] {
  return [
    { type: 'content_block_start', index, content_block: block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

export function anthropicEvents(blocks: readonly unknown[], stop_reason: string | null = 'end_turn'): unknown[] {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null };
  const start = { type: 'message_start', message: { ...message, usage: { input_tokens: 11, output_tokens: 1 } } };
  if (stop_reason === null) return [start, ...blocks];
  const delta = { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } };
  return [start, ...blocks, delta, { type: 'message_stop' }];
}

export function anthropicText(index: number, ...texts: string[]): unknown[] {
  const deltas = texts.map((text) => ({ type: 'text_delta', text }));
  return anthropicBlock(index, { type: 'text', text: '' }, deltas);
}

// ---------------------------------------------------------------- OpenAI responses

export function responsesEvents(items: readonly unknown[]): unknown[] {
  const response = { id: 'resp_1', created_at: 1, model: 'm', service_tier: null };
  const usage = {
    input_tokens: 11,
    input_tokens_details: { cached_tokens: 3 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
  };
  return [
    { type: 'response.created', response },
    ...items,
    { type: 'response.completed', response: { ...response, incomplete_details: null, usage } },
  ];
}

export function responsesText(index: number, text: string): unknown[] {
  const item = { type: 'message', id: `msg_${index}` };
  return [
    { type: 'response.output_item.added', output_index: index, item },
    { type: 'response.output_text.delta', item_id: item.id, output_index: index, delta: text },
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

export function responsesCall(index: number, call_id: string, name: string, args: string): unknown[] {
  const item = { type: 'function_call', id: `fc_${index}`, call_id, name, arguments: '' };
  return [
    { type: 'response.output_item.added', output_index: index, item },
    { type: 'response.function_call_arguments.delta', item_id: item.id, output_index: index, delta: args },
    { type: 'response.output_item.done', output_index: index, item: { ...item, arguments: args, status: 'completed' } },
  ];
}

export function responsesReasoning(index: number, text: string, encrypted_content: string): unknown[] {
  const item = { type: 'reasoning', id: `rs_${index}`, encrypted_content: null };
  const at = { item_id: item.id, output_index: index, summary_index: 0 };
  return [
    { type: 'response.output_item.added', output_index: index, item },
    { type: 'response.reasoning_summary_part.added', ...at },
    { type: 'response.reasoning_summary_text.delta', ...at, delta: text },
    { type: 'response.reasoning_summary_part.done', ...at },
    { type: 'response.output_item.done', output_index: index, item: { ...item, encrypted_content } },
  ];
}
