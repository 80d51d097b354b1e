/** What the pages list is what there is: no event, field, limit, parameter, state or option more or less. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { agentMachine, orchestratorMachine, toolCallMachine } from '../../src/actors/index.ts';
import { agentSpec } from '../../src/orchestrator/agent-spec.ts';
import {
  AgentState,
  AgentStatus,
  agentTool,
  bashTool,
  CallStatus,
  createAgentHarness,
  createGeneratorHarness,
  DecidedBy,
  Envelope,
  HarnessEvent,
  Limits,
  patchTool,
  readTool,
  searchTool,
  writeTool,
} from '../../src/index.ts';
import { createClient } from '../../src/client/index.ts';
import { serving } from '../server/serving.ts';
import { codes, page, pageNames, root, section, table } from './pages.ts';

/** The first code of each row. */
const keys = (rows: readonly string[][]): string[] => rows.map(([first]) => codes(first)[0] ?? '');

describe('the events', () => {
  const types = HarnessEvent.options.map((option) => option.shape.type.value);

  test.each(['README.md', 'docs/events.md'] as const)('%s lists every event, and no other', (name) => {
    expect(keys(table(page(name), 'event')).toSorted()).toEqual([...types].toSorted());
  });

  test.each(HarnessEvent.options)('docs/events.md lists the fields of $shape.type.value', (option) => {
    const { type, runId: _runId, parentId: _parentId, ...own } = option.shape;
    const row = table(page('docs/events.md'), 'event').find(([first]) => codes(first)[0] === type.value);
    const schemas: Record<string, z.ZodType> = own;
    const expected = Object.entries(schemas).map(([key, schema]) => {
      // an edit may be anything, so its schema takes `undefined` without being called optional
      const isEdit = type.value === 'relay_resolved' && key === 'input';
      return schema instanceof z.ZodOptional || isEdit ? `${key}?` : key;
    });
    expect(codes(row?.[1])).toEqual(expected);
  });

  test('docs/events.md describes the envelope and every field of a relay', () => {
    const fields = keys(table(page('docs/events.md'), 'field'));
    const relay = HarnessEvent.options.find(({ shape }) => shape.type.value === 'relay');
    const { type: _type, runId: _runId, parentId: _parentId, ...own } = relay?.shape ?? {};
    expect(fields).toEqual([...Object.keys(Envelope.shape), ...Object.keys(own)]);
  });

  test('docs/events.md lists every status of a call and every kind of decision', () => {
    const text = page('docs/events.md');
    expect(keys(table(text, '`status`')).toSorted()).toEqual([...CallStatus.options].toSorted());
    expect(codes(section(text, 'Results'))).toEqual(expect.arrayContaining(DecidedBy.shape.kind.options));
  });
});

describe('the limits', () => {
  const spec = agentSpec({
    id: 'a',
    name: 'a',
    harness: createAgentHarness({ harness: createGeneratorHarness() }),
    params: { messages: [{ role: 'user', content: 'Hello' }] },
    limits: {},
    workspace: root,
  });
  const effective = z.record(z.string(), z.number().optional()).parse(spec.limits);
  const rows = table(page('README.md'), 'limit');

  test('README.md lists every limit, and no other', () => {
    expect(keys(rows)).toEqual(Object.keys(Limits.shape));
  });

  test.each(rows)('the default of %s is %s', (limit, shown) => {
    const value = effective[codes(limit)[0] ?? ''];
    expect(shown).toBe(value === undefined ? 'none' : `\`${value}\``);
  });
});

describe('the tools', () => {
  const tools = [readTool, writeTool, patchTool, bashTool, searchTool, agentTool];
  const Shown = z.object({
    properties: z.record(z.string(), z.looseObject({ default: z.unknown().optional() })),
    required: z.array(z.string()),
  });

  test.each(tools)('docs/tools.md lists the parameters of $name with their defaults', ({ name, schema }) => {
    const { properties, required } = Shown.parse(z.toJSONSchema(schema, { io: 'input' }));
    const expected = Object.entries(properties).map(([key, property]) => [
      `\`${key}\``,
      required.includes(key) ? 'required' : 'default' in property ? `\`${JSON.stringify(property.default)}\`` : '',
    ]);
    const rows = table(section(page('docs/tools.md'), name), 'parameter').map((row) => row.slice(0, 2));
    expect(rows).toEqual(expected);
  });
});

describe('the machines', () => {
  interface Node {
    readonly key: string;
    readonly type: string;
    readonly states: Readonly<Record<string, Node>>;
  }
  const namesOf = (node: Node): string[] =>
    Object.values(node.states).flatMap((state) =>
      // the pages draw a history state as an arrow back
      state.type === 'history' ? [] : [state.key, ...namesOf(state)],
    );
  const text = page('docs/concepts.md');

  test.each([
    { machine: orchestratorMachine, heading: 'How the orchestrator lives' },
    { machine: agentMachine, heading: 'How an agent lives' },
    { machine: toolCallMachine, heading: 'How a call lives' },
  ])('docs/concepts.md draws every state of the machine "$machine.id", and no other', ({ machine, heading }) => {
    const [diagram] = /```mermaid\n(.*?)```/s.exec(section(text, heading)) ?? [];
    const drawn = [...(diagram ?? '').matchAll(/^ *(?:state (\w+) \{|(\w+|\[\*\]) --> (\w+|\[\*\]))/gm)].flatMap(
      (match) => match.slice(1).filter((name) => name !== undefined && name !== '[*]'),
    );
    expect([...new Set(drawn)].toSorted()).toEqual([...new Set(namesOf(machine.root))].toSorted());
  });

  test('docs/concepts.md names every public state and every way to end', () => {
    const said = codes(section(text, 'How an agent lives'));
    expect(said).toEqual(expect.arrayContaining(AgentState.options));
    expect(keys(table(text, 'status')).toSorted()).toEqual([...AgentStatus.options].toSorted());
  });
});

describe('the package', () => {
  test('README.md names every sub-path with its purpose, and no other', () => {
    const Manifest = z.object({ exports: z.record(z.string(), z.unknown()) });
    const { exports } = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
    const real = Object.keys(exports).filter((path) => !path.endsWith('.json'));
    expect(keys(table(page('README.md'), 'sub-path')).toSorted()).toEqual(
      real.map((path) => `greenroom${path.slice(1)}`).toSorted(),
    );
  });

  test('docs/README.md links every page of docs', () => {
    const pages = globSync(['docs/*.md', 'docs/*/README.md'], { cwd: root }).filter(
      (name) => name !== 'docs/README.md',
    );
    const linked = [...page('docs/README.md').matchAll(/\]\(([^)#]+)/g)].map(([, to = '']) => join('docs', to));
    expect(pages.filter((name) => !linked.includes(name))).toEqual([]);
  });
});

describe('the command line', () => {
  const help = (command: string) =>
    execFileSync(process.execPath, ['src/cli/main.ts', command, '--help'], { cwd: root, encoding: 'utf8' });

  test('README.md lists every option of run, resume and demo, and no other', () => {
    const flags = (text: string) =>
      [...text.matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <[^>]+>| \[[^\]]+\])?)/gm)].map(([, flag = '']) => flag);
    const real = new Set(['run', 'resume', 'demo'].flatMap((command) => flags(help(command))));
    real.delete('--help');
    expect(keys(table(page('README.md'), 'option')).toSorted()).toEqual([...real].toSorted());
  });

  test('README.md lists the exit codes that the help lists', () => {
    const real = [...help('run').matchAll(/^ {2}(\d+) {2}/gm)].map(([, code]) => code);
    expect(real.length).toBeGreaterThan(0);
    expect(keys(table(page('README.md'), 'exit code'))).toEqual(real);
  });
});

describe('the server', () => {
  const text = page('docs/server.md');

  test('docs/server.md lists every route, and no other', async () => {
    await using at = await serving();
    const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
    const { paths } = Document.parse(await (await at.ask('/api/openapi.json')).json());
    const real = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api(?=\/)/, '')}`),
    );
    expect(keys(table(text, 'route')).toSorted()).toEqual(real.toSorted());
  });

  test('docs/console.md lists every option of serve, and no other', () => {
    const shown = execFileSync(process.execPath, ['src/cli/main.ts', 'serve', '--help'], {
      cwd: root,
      encoding: 'utf8',
    });
    const real = [...shown.matchAll(/^ {2}(--[\w-]+(?: <[^>]+>)?)/gm)].map(([, flag = '']) => flag);
    expect(keys(table(page('docs/console.md'), 'option of `serve`')).toSorted()).toEqual(real.toSorted());
  });

  test('docs/client.md lists every method of a client, and no other', async () => {
    await using at = await serving();
    const client = createClient({ url: at.server.url, token: at.server.token });
    const real = Object.entries(client).flatMap(([name, part]) => (typeof part === 'function' ? [name] : []));
    client.close();
    const listed = keys(table(page('docs/client.md'), 'method')).map((shown) => shown.replace(/\(.*/, ''));
    expect(listed.toSorted()).toEqual(real.toSorted());
  });
});

test('every link to a file of this repository leads somewhere', () => {
  const missing = pageNames.flatMap((name) =>
    [...page(name).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => join(root, dirname(name), target))
      .filter((file) => !existsSync(file)),
  );
  expect(missing).toEqual([]);
});

test('every link to a heading leads to one', () => {
  const slugs = (text: string) =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
  const missing = pageNames.flatMap((name) =>
    [...page(name).matchAll(/\]\(([\w.-]*)#([\w-]+)\)/g)]
      .filter(([, file, slug = '']) => {
        const target = pageNames.find((other) => other === (file ? join(dirname(name), file) : name));
        return target === undefined || !slugs(page(target)).includes(slug);
      })
      .map(([link]) => `${name}: ${link}`),
  );
  expect(missing).toEqual([]);
});
