import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  type AgentOutcome,
  type AgentOrchestrator,
  type AgentSummary,
  call,
  defineTool,
  type Envelope,
  type Grant,
  type HarnessEventOf,
  type Message,
  type PendingRelay,
  type RelayAnswer,
  type SpawnParams,
  type ToolContext,
} from '../../src/index.ts';

type Team = AgentOrchestrator;

test('the methods say what they give', () => {
  expectTypeOf<Team['spawn']>().returns.toEqualTypeOf<string>();
  expectTypeOf<Team['events']>().returns.toEqualTypeOf<AsyncIterableIterator<Envelope>>();
  expectTypeOf<Team['resolveRelay']>().parameters.toEqualTypeOf<[relayId: string, answer: RelayAnswer]>();
  expectTypeOf<Team['resolveRelay']>().returns.toEqualTypeOf<boolean>();
  expectTypeOf<Team['getPendingRelays']>().returns.toEqualTypeOf<PendingRelay[]>();
  expectTypeOf<Team['agents']>().returns.toEqualTypeOf<AgentSummary[]>();
  expectTypeOf<Team['result']>().returns.toEqualTypeOf<Promise<AgentOutcome>>();
  expectTypeOf<Team['send']>().parameters.toEqualTypeOf<[agentId: string, message: string | Message]>();
  expectTypeOf<ReturnType<Team['grants']['list']>>().toEqualTypeOf<Grant[]>();
  expectTypeOf<Team['cleanup']>().returns.toEqualTypeOf<Promise<void>>();
  expectTypeOf<Team>().toExtend<AsyncDisposable>();
});

test('an event narrows by its type, and a relay in the stream has no respond', () => {
  const read = ({ event }: Envelope) => {
    if (event.type === 'tool_result')
      expectTypeOf(event.status).toEqualTypeOf<HarnessEventOf<'tool_result'>['status']>();
    if (event.type === 'text') expectTypeOf(event.content).toBeString();
    // @ts-expect-error respond is kept by the orchestrator
    if (event.type === 'relay') return event.respond as unknown;
    return undefined;
  };
  expectTypeOf(read).parameter(0).toEqualTypeOf<Envelope>();
});

test('spawn takes what it needs and nothing else', () => {
  const messages: Message[] = [{ role: 'user', content: 'go' }];
  expectTypeOf({ messages }).toExtend<SpawnParams>();
  // @ts-expect-error messages are needed
  const without: SpawnParams = { name: 'a' };
  // @ts-expect-error a field that does not exist
  const strange: SpawnParams = { messages, toools: [] };
  // @ts-expect-error undefined is not the same as absent
  const absent: SpawnParams = { messages, name: undefined };
  // @ts-expect-error a role that does not exist
  const robot: Message = { role: 'robot', content: 'x' };
  void [without, strange, absent, robot];
});

test('an answer is a yes with its terms, or a no with its reason', () => {
  const yes: RelayAnswer = { approved: true, always: { scope: 'subtree', uses: 2, expiresInMs: 1000 }, input: {} };
  const no: RelayAnswer = { approved: false, reason: 'no' };
  // @ts-expect-error a no is never for always
  const both: RelayAnswer = { approved: false, always: true };
  // @ts-expect-error a scope that does not exist
  const wide: RelayAnswer = { approved: true, always: { scope: 'world' } };
  void [yes, no, both, wide];
});

test('a tool’s execute gets what its schema makes of the arguments', () => {
  defineTool({
    name: 'sized',
    description: '',
    schema: z.object({ size: z.string().transform(Number), deep: z.boolean().default(false) }),
    execute(input, ctx) {
      expectTypeOf(input).toEqualTypeOf<{ size: number; deep: boolean }>();
      expectTypeOf(ctx).toEqualTypeOf<ToolContext>();
      return { context: 'ok' };
    },
  });
  expectTypeOf(call('a')).toEqualTypeOf<{ readonly name: string; readonly input: unknown }>();
});
