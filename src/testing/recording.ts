/** A recorded session: the inputs from outside, in order, and the resulting stream. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import {
  AssistantMessage,
  CallOutput,
  Envelope,
  type CheckResult,
  GreenroomError,
  HarnessEvent,
  Limits,
  Message,
  messageOf,
  Permissions,
  RelayAnswer,
  ToolEffect,
  Usage,
} from '../index.ts';
import { SeenFile } from '../events.ts';

/** Grows by one with each change that makes older recordings unusable. */
const FORMAT = 1;

/** Something that a running tool does before its outcome. */
export const Act = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), content: z.string(), stream: z.enum(['stdout', 'stderr', 'status']) }),
  z.object({ type: z.literal('effect'), effect: ToolEffect }),
  z.object({ type: z.literal('file'), file: SeenFile }),
  z.object({
    type: z.literal('spawn'),
    params: z.object({
      task: z.string(),
      name: z.string().optional(),
      tools: z.array(z.string()).optional(),
      model: z.string().optional(),
      system: z.string().optional(),
    }),
  }),
]);
export type Act = z.infer<typeof Act>;

const at = { at: z.number() };

/** One input from outside. */
export const Input = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('release'),
    ...at,
    work: z.enum(['check', 'verify', 'model', 'tool']),
    id: z.string(),
    part: z.boolean(),
    /** The result of a check; `replay` uses it. */
    found: z.custom<CheckResult>((value) => typeof value === 'object' && value !== null && 'of' in value).optional(),
  }),
  z.object({ kind: z.literal('act'), ...at, id: z.string(), act: Act }),
  z.object({ kind: z.literal('answer'), ...at, relayId: z.string(), answer: RelayAnswer }),
  z.object({ kind: z.literal('timer'), ...at }),
]);
export type Input = z.infer<typeof Input>;

/** One model call: the parts it streamed, and its turn or error. */
export const Invocation = z.object({
  parts: z.array(HarnessEvent),
  turn: z.object({ message: AssistantMessage, usage: Usage, finishReason: z.string() }).optional(),
  error: z
    .object({
      message: z.string(),
      retryable: z.boolean(),
      retryAfterMs: z.number().optional(),
      status: z.number().optional(),
    })
    .optional(),
});
export type Invocation = z.infer<typeof Invocation>;

/** How a run of a tool ended. */
export const ToolEnd = z.object({
  output: CallOutput.optional(),
  error: z.object({ message: z.string(), status: z.enum(['error', 'cancelled', 'limited']).optional() }).optional(),
});
export type ToolEnd = z.infer<typeof ToolEnd>;

/** A recorded run: the inputs from outside, in order, and the stream that followed from them. */
export const Recording = z.object({
  format: z.literal(FORMAT),
  /** When the clock started; epoch milliseconds. */
  start: z.number(),
  seed: z.number(),
  maxIterations: z.number(),
  options: z.object({
    permissions: Permissions.pick({ deny: true, allowlist: true }).optional(),
    limits: Limits.optional(),
    onAsk: z.enum(['wait', 'deny', 'fail']).optional(),
    workspace: z.string(),
  }),
  agents: z.array(
    z.object({
      name: z.string().optional(),
      messages: z.array(Message),
      tools: z.array(z.string()),
      permissions: Permissions.optional(),
      limits: Limits.optional(),
    }),
  ),
  inputs: z.array(Input),
  /** By the id of the agent, in order. */
  models: z.record(z.string(), z.array(Invocation)),
  /** By the full id of the call, in order. */
  tools: z.record(z.string(), z.array(ToolEnd)),
  entries: z.array(Envelope),
});
export type Recording = z.infer<typeof Recording>;

/** Writes a recording as JSON. */
export function saveRecording(file: string, recording: Recording): void {
  writeFileSync(file, `${JSON.stringify(recording, undefined, 1)}\n`);
}

/**
 * Reads a recording.
 * @throws GreenroomError `invalid_params` for a file that holds no recording, or one of another version.
 */
export function loadRecording(file: string): Recording {
  const fail = (problem: string, cause?: unknown) =>
    new GreenroomError('invalid_params', `The recording ${file} cannot be used: ${problem}`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw fail(messageOf(cause), cause);
  }
  const format: unknown = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format !== FORMAT) {
    throw fail(`it has format ${String(format)}; this version plays format ${FORMAT}. Record it again.`);
  }
  const parsed = Recording.safeParse(value);
  // as it was written: a schema may put keys in another order
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked above
  if (parsed.success) return value as Recording;
  throw fail(`${z.prettifyError(parsed.error)}\nRecord it again.`);
}

/** Data from JSON, where a key without a value is absent. */
export const fromJson = <T extends object>(value: T) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON has no undefined
  value as { [K in keyof T]: Exclude<T[K], undefined> };
