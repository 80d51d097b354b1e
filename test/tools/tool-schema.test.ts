import { type } from 'arktype';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import * as z3 from 'zod/v3';
import { call, defineTool, GreenroomError, type Tool, type ToolSchema } from '../../src/index.ts';
import { checkInput, checkInputNow, fitsSchema, issuesText, jsonSchemaOf } from '../../src/tools/tool-schema.ts';
import { scriptedTeam, start } from '../support/team.ts';

/** A schema of a library that is not known here, by the letter of the two standards. */
const shout: ToolSchema<{ text: string }, { text: string }> = {
  '~standard': {
    version: 1,
    vendor: 'hand-made',
    validate: (value) => {
      const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
      return typeof text === 'string'
        ? { value: { text: text.toUpperCase() } }
        : { issues: [{ message: 'must be a text', path: [{ key: 'text' }] }] };
    },
    jsonSchema: { input: ({ target }) => ({ $schema: target, properties: { text: { type: 'string' } } }) },
  },
};
const noJson: ToolSchema = { '~standard': { version: 1, vendor: 'terse', validate: (value) => ({ value }) } };

const TEXT = { type: 'object', properties: { text: { type: 'string' } } };

describe('a tool schema', () => {
  test.each<[string, ToolSchema, object]>([
    ['of Zod', z.object({ text: z.string() }), { ...TEXT, required: ['text'] }],
    ['of Zod Mini', mini.object({ text: mini.string() }), { ...TEXT, required: ['text'] }],
    ['of ArkType', type({ text: 'string' }), { ...TEXT, required: ['text'] }],
    ['of any library that follows the standards', shout, TEXT],
  ])('%s is given to models as JSON Schema, parses, and names what is wrong', async (_name, schema, json) => {
    expect(jsonSchemaOf(schema)).toEqual(json);
    expect(jsonSchemaOf(schema)).toBe(jsonSchemaOf(schema));
    expect((await checkInput(schema, { text: 'a' })).issues).toBeUndefined();
    const { issues = [] } = await checkInput(schema, { text: 1 });
    expect(issuesText(issues)).toContain('at text');
    expect([fitsSchema(schema, { text: 'a' }), fitsSchema(schema, {})]).toEqual([true, false]);
  });

  test.each<[string, ToolSchema | undefined, RegExp]>([
    ['of a library without JSON Schema', noJson, /of terse gives no JSON Schema/],
    ['of Zod 3', z3.object({}) as never, /of zod gives no JSON Schema/],
    ['that is none', { type: 'object' } as never, /Standard Schema v1/],
    ['that is missing', undefined, /Standard Schema v1/],
  ])('%s is refused when the tool is defined, and when an agent is given it', async (_name, schema, problem) => {
    const tool = { name: 'odd', description: '', schema: schema as ToolSchema, execute: () => ({}) };
    const expected = { code: 'invalid_params', message: expect.stringMatching(problem) };
    expect(() => defineTool(tool)).toThrow(expect.objectContaining({ ...expected, path: 'schema' }));
    await using team = scriptedTeam(function* () {
      yield { text: 'ok' };
    });
    expect(() => start(team, 'go', { tools: [tool] })).toThrow(
      expect.objectContaining({ ...expected, path: 'tools.0.schema' }),
    );
    expect(team.agents()).toEqual([]);
  });

  test('that cannot be converted is refused when an agent is given it', async () => {
    const input = () => {
      throw new Error('a Date has no JSON Schema');
    };
    const schema: ToolSchema = { '~standard': { ...noJson['~standard'], jsonSchema: { input } } };
    expect(() => jsonSchemaOf(schema)).toThrow(GreenroomError);
    await using team = scriptedTeam(function* () {
      yield { text: 'ok' };
    });
    const tool = defineTool({ name: 'at', description: '', schema, execute: () => ({}) });
    expect(() => start(team, 'go', { tools: [tool] })).toThrow(/tools.0.schema: of "at": .*a Date has no JSON Schema/);
  });

  test('that throws is at fault itself: checking rejects, and nothing fits it', async () => {
    const schema = z.object({}).refine(() => {
      throw new Error('out of order');
    });
    await expect(checkInput(schema, {})).rejects.toThrow('out of order');
    expect(checkInputNow(schema, {})).toBe(undefined);
    expect(fitsSchema(schema, {})).toBe(false);
  });

  test('that works only asynchronously parses, and fits no answer', async () => {
    const schema = z.object({ n: z.number().refine(async (n) => n > 1) });
    expect([(await checkInput(schema, { n: 2 })).issues, (await checkInput(schema, { n: 1 })).issues]).toEqual([
      undefined,
      [expect.objectContaining({ path: ['n'] })],
    ]);
    expect(fitsSchema(schema, { n: 2 })).toBe(false);
  });
});

test('execute gets what the schema gives, in value and in type', async () => {
  const heard: string[] = [];
  const tools: Tool[] = [
    defineTool({
      name: 'shout',
      description: 'Shouts.',
      schema: shout,
      execute: ({ text }) => {
        expectTypeOf(text).toEqualTypeOf<string>();
        heard.push(text);
        return { context: text };
      },
    }),
    defineTool({
      name: 'ark',
      description: 'Counts.',
      schema: type({ n: 'number = 3' }),
      execute: ({ n }) => {
        expectTypeOf(n).toEqualTypeOf<number>();
        heard.push(String(n));
        return { context: 'counted' };
      },
    }),
  ];
  await using team = scriptedTeam(function* () {
    const [wrong] = yield { calls: [call('shout', { text: 7 })] };
    const [right] = yield { calls: [call('shout', { text: 'hey' }), call('ark', {})] };
    return { text: `${wrong?.text} / ${right?.text}` };
  });
  const permissions = { allowlist: [{ tool: 'shout' }, { tool: 'ark' }] };
  const { text } = await team.result(start(team, 'go', { tools, permissions }));
  expect(text).toMatch(/do not fit its schema:\n.*must be a text\n.*at text[^]* \/ HEY$/);
  expect(heard).toEqual(['HEY', '3']);
});
