/** Schemas of tool arguments: of any library that follows Standard Schema v1 and can give a JSON Schema. */
import * as z from 'zod';
import { GreenroomError, messageOf } from '../errors.ts';

/**
 * A schema of a library that follows [Standard Schema](https://standardschema.dev) v1 and gives a JSON Schema: Zod 4 and Zod
 * Mini, and any whose `~standard.jsonSchema` follows Standard JSON Schema v1 (ArkType; Valibot through
 * `toStandardJsonSchema` of `@valibot/to-json-schema`).
 */
export interface ToolSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    /** The name of the library. */
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Types only; absent at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** Standard JSON Schema v1. Zod needs none. */
    readonly jsonSchema?: { readonly input: (options: { readonly target: 'draft-07' }) => Record<string, unknown> };
  };
}

/** What a schema gives for a value: the parsed value, or what is wrong with it. */
export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One fault of a value, and where it is. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type of the values that a schema gives. */
export type SchemaOutput<S extends ToolSchema> = NonNullable<S['~standard']['types']>['output'];

type JsonSchema = Readonly<Record<string, unknown>>;

/** Why a value is not such a schema, or `undefined` when it is one. Converts nothing. */
export function schemaProblem(schema: unknown): string | undefined {
  const standard = isObject(schema) ? schema['~standard'] : undefined;
  if (!isObject(standard) || typeof standard['validate'] !== 'function') {
    return 'the schema of a tool is a Zod 4 schema, or one of another library that follows Standard Schema v1';
  }
  if (isZod(schema) || (isObject(standard['jsonSchema']) && typeof standard['jsonSchema']['input'] === 'function')) {
    return undefined;
  }
  return `this schema of ${String(standard['vendor'])} gives no JSON Schema, so a model cannot be told of it. Use Zod 4, or a library that follows Standard JSON Schema v1`;
}

const converted = new WeakMap<ToolSchema, JsonSchema>();

/**
 * The arguments as JSON Schema (draft 7), as a model is told of them. Converted once for each schema.
 * @throws GreenroomError `invalid_params` for a schema that cannot be converted.
 */
export function jsonSchemaOf(schema: ToolSchema): JsonSchema {
  const known = converted.get(schema);
  if (known !== undefined) return known;
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw new GreenroomError('invalid_params', problem, { path: 'schema' });
  try {
    const { $schema: _, ...json } = isZod(schema)
      ? z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' })
      : (schema['~standard'].jsonSchema?.input({ target: 'draft-07' }) ?? {});
    // arguments are an object everywhere, also where the schema is a union of objects
    const object = { type: 'object', ...json };
    converted.set(schema, object);
    return object;
  } catch (cause) {
    const message = `this schema cannot be converted to JSON Schema: ${messageOf(cause)}`;
    throw new GreenroomError('invalid_params', message, { path: 'schema', cause });
  }
}

/** Parses arguments. Rejects when the schema itself throws: the fault is the tool's, not the arguments'. */
export async function checkInput(schema: ToolSchema, input: unknown): Promise<SchemaResult<unknown>> {
  return schema['~standard'].validate(input);
}

/** Parses arguments without waiting; `undefined` for a schema that works only asynchronously, or throws. Never throws. */
export function checkInputNow(schema: ToolSchema, input: unknown): SchemaResult<unknown> | undefined {
  try {
    const result = schema['~standard'].validate(input);
    if (!(result instanceof Promise)) return result;
    result.catch(() => undefined); // parsed again where it can be awaited
    return undefined;
  } catch {
    return undefined; // parsed again where its error ends the call
  }
}

/** Whether arguments pass. `false` for a schema that works only asynchronously, and for one that throws. */
export function fitsSchema(schema: ToolSchema, input: unknown): boolean {
  const result = checkInputNow(schema, input);
  return result !== undefined && result.issues === undefined;
}

/** The faults as text, one a line, each with its place. */
export function issuesText(issues: readonly SchemaIssue[]): string {
  return z.prettifyError({ issues });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Zod 4 and Zod Mini, also of another copy of the package; Zod 3 lacks this mark. */
const isZod = (schema: unknown): schema is z.ZodType => isObject(schema) && '_zod' in schema;
