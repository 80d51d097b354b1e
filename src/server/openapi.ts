/** OpenAPI: the description and the checks of each route, and the document that is made from them. */
import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { describeRoute, generateSpecs, resolver, validator } from 'hono-openapi';
import * as z from 'zod';
import { rejectedValue } from './refusals.ts';
import { ApiError } from './schemas.ts';

/** The environment of every route: Node's request and response. */
export interface Bound {
  readonly Bindings: HttpBindings;
}

/** A seq in a query or a header. */
export const Seq = z.coerce.number().int().nonnegative();

/** Describes a route that answers with JSON of this schema. */
export function describes(summary: string, schema: z.ZodType) {
  const success = { description: 'Success', content: { 'application/json': { schema: resolver(schema) } } };
  const refusal = { description: 'Refused', content: { 'application/json': { schema: resolver(ApiError) } } };
  return describeRoute({ summary, responses: { 200: success, '4XX': refusal, 500: refusal } });
}

/** Describes a route that answers with something else than JSON. */
export const describesOther = (summary: string, type: string) =>
  describeRoute({
    summary,
    responses: { 200: { description: 'Success', content: { [type]: { schema: { type: 'string' } } } } },
  });

/** Checks a part of the request against a schema; a value that does not fit is refused with 400. */
export const checks = <T extends 'json' | 'query', S extends z.ZodType>(target: T, schema: S) =>
  validator(target, schema, (result, c) => (result.success ? undefined : rejectedValue(result.error, c)));

/** The OpenAPI 3.1 document of the API. */
export async function openApiOf(api: Hono<Bound>, version: string): Promise<object> {
  const description =
    'A team of agents: its state, its stream, and what acts on it. A request that changes something needs the header x-greenroom: 1.';
  return await generateSpecs(api, {
    documentation: {
      info: { title: 'Greenroom', version, description },
      servers: [{ url: '/api' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'The value after #token= in the printed address' },
        },
      },
      security: [{ token: [] }],
    },
  });
}
