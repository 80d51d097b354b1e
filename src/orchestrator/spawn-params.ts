/** The parameters of `spawn`, and their validation. */
import * as z from 'zod';
import { GreenroomError, messageOf } from '../errors.ts';
import { Limits, Message, type Permissions } from '../events.ts';
import { type Harness, isHarness, type ModelRef } from '../harness/harness.ts';
import { parseWith } from '../schema/parse-with.ts';
import type { Tool } from '../tools/tool.ts';
import { jsonSchemaOf } from '../tools/tool-schema.ts';

/** An agent to start: its task, and what it may use. An unknown key is refused. */
export interface SpawnParams {
  /** The history to start from; at least one message. */
  readonly messages: readonly Message[];
  /** `provider/model` or an AI SDK model object. Default: the harness's model. */
  readonly model?: ModelRef;
  /** The tools of the agent. Default: none. */
  readonly tools?: readonly Tool[];
  /** Default: none, so every call asks. */
  readonly permissions?: Permissions;
  /** Shown in paths. Default `agent-<n>`. */
  readonly name?: string;
  /** Override the limits of the orchestrator. */
  readonly limits?: Limits;
  /** Runs this agent instead of the orchestrator's harness. */
  readonly harness?: Harness;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTool = (value: unknown): value is Tool =>
  isObject(value) &&
  typeof value['name'] === 'string' &&
  value['name'] !== '' &&
  typeof value['description'] === 'string' &&
  typeof value['execute'] === 'function';
const isModel = (value: unknown): value is ModelRef =>
  (typeof value === 'string' && value !== '') || (isObject(value) && typeof value['doStream'] === 'function');

/** Converts the schema, so that a model call never meets one that gives no JSON Schema. */
function withSchema({ name, schema }: Tool, context: z.RefinementCtx): void {
  try {
    jsonSchemaOf(schema);
  } catch (error) {
    context.addIssue({ code: 'custom', path: ['schema'], message: `of "${name}": ${messageOf(error)}` });
  }
}

const Schema = z.strictObject({
  messages: z.array(Message).min(1, 'at least one message is required'),
  model: z
    .custom<ModelRef>(isModel, 'a model is "provider/model" or an AI SDK model object with doStream()')
    .optional(),
  tools: z
    .array(z.custom<Tool>(isTool, 'a tool has a name, a description, a schema and execute()').superRefine(withSchema))
    .refine((tools) => new Set(tools.map((tool) => tool.name)).size === tools.length, 'two tools have the same name')
    .optional(),
  // compiled, and so checked, with the rules' own messages
  permissions: z.unknown().optional(),
  name: z.string().min(1).optional(),
  limits: Limits.optional(),
  harness: z.custom<Harness>(isHarness, 'a harness has invoke()').optional(),
});

/** @throws GreenroomError `invalid_params`; `path` names the field. */
export function parseSpawnParams(params: unknown): SpawnParams {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- permissions are checked where they are compiled
  return parseWith(Schema, params, 'spawn()') as SpawnParams;
}

/** @throws GreenroomError `invalid_params` for anything but a text or a user message. */
export function parseUserMessage(message: unknown): Extract<Message, { role: 'user' }> {
  if (typeof message === 'string') return { role: 'user', content: message };
  const given = parseWith(Message, message, 'send()');
  if (given.role === 'user') return given;
  const problem = `send(): a message of role "${given.role}" cannot be sent. Send a text or a user message.`;
  throw new GreenroomError('invalid_params', problem, { path: 'role' });
}
