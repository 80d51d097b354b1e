/** The rules that the pages show, held against real calls by the function that decides. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  agentTool,
  bashTool,
  defineTool,
  formatRule,
  parseRule,
  patchTool,
  readTool,
  searchTool,
  type Tool,
  type ToolPermission,
  writeTool,
} from '../../src/index.ts';
import { proposalFor } from '../../src/permissions/proposal.ts';
import { call, decided, under } from '../permissions/calls.ts';
import { temporaryFolder } from '../tools/context.ts';
import { codeBlocks, codes, page, section, table } from './pages.ts';

const named = (name: string) =>
  defineTool({ name, description: name, schema: z.looseObject({}), execute: () => ({ context: name }) });
const tools: readonly Tool[] = [
  readTool,
  writeTool,
  patchTool,
  bashTool,
  searchTool,
  agentTool,
  named('fetch'),
  named('greet'),
];

/** The arguments as the tool gets them. */
async function parsedBy(tool: Tool | undefined, input: unknown): Promise<unknown> {
  const parsed = await tool?.schema['~standard'].validate(input);
  if (parsed === undefined || parsed.issues !== undefined) throw new Error(`${tool?.name}: ${JSON.stringify(input)}`);
  return parsed.value;
}

/** The arguments that the short form in a table stands for. */
function argumentsOf(tool: string, shown: string): unknown {
  if (shown.startsWith('{')) return JSON.parse(shown);
  if (tool === 'bash') return { command: shown };
  if (tool === 'write') return { path: shown, content: '' };
  if (tool === 'search') return { pattern: 'x', path: shown };
  if (tool === 'patch') return { patch: `*** Begin Patch\n*** Add File: ${shown}\n+x\n*** End Patch\n` };
  return { path: shown };
}

describe('docs/permissions.md', () => {
  const text = page('docs/permissions.md');
  let workspace: string;
  const requestOf = async (name: string, shown: string) => {
    const tool = tools.find((known) => known.name === name);
    const input = await parsedBy(tool, argumentsOf(name, shown));
    const subjects = await tool?.subjects?.(input, { agentId: 'root', workspace });
    return call(name, input, { workspace, ...(subjects === undefined ? {} : { subjects }) });
  };
  const rows = table(text, 'rule').map(([rule, covered, uncovered]) => ({
    rule: codes(rule)[0] ?? '',
    covered: codes(covered),
    uncovered: codes(uncovered),
  }));

  const prepare = async () => {
    workspace = await temporaryFolder();
    await Promise.all(
      ['src/deep', 'docs', 'test'].map((folder) => mkdir(join(workspace, folder), { recursive: true })),
    );
  };

  test('shows enough rules to learn from', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  test.each(rows)('$rule covers what the page says, and not what it says not', async ({ rule, covered, uncovered }) => {
    await prepare();
    const permission = parseRule(rule);
    for (const shown of covered)
      expect([shown, under(permission, await requestOf(permission.tool, shown))]).toEqual([shown, 'allow']);
    for (const shown of uncovered)
      expect([shown, under(permission, await requestOf(permission.tool, shown))]).toEqual([shown, 'ask']);
  });

  test('shows rules that come back the same when read and written', () => {
    const lines = codeBlocks(text)
      .filter(({ info }) => info === 'rules')
      .flatMap(({ code }) => code.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.map((line) => formatRule(parseRule(line)))).toEqual(lines);
  });

  test('lists the steps in the order in which they win', async () => {
    await prepare();
    const request = await requestOf('bash', 'npm test');
    const rule: ToolPermission = { tool: 'bash' };
    const all = {
      policy: { deny: [rule], allowlist: [rule] },
      agents: { root: { deny: [rule], allowlist: [rule], allowOnce: [rule] } },
    };
    const ids: (string | undefined)[] = [];
    // what won is taken away, again and again
    const shapes = [
      all,
      { ...all, policy: { allowlist: [rule] } },
      { policy: { allowlist: [rule] }, agents: { root: { allowlist: [rule], allowOnce: [rule] } } },
      { agents: { root: { allowlist: [rule], allowOnce: [rule] } } },
      { agents: { root: { allowOnce: [rule] } } },
      {},
    ];
    for (const shape of shapes) {
      const decision = decided(request, shape);
      ids.push(decision.type === 'ask' ? 'ask' : decision.decidedBy.id?.replace(/\[.*|(?<=allowOnce) .*/, ''));
    }
    expect(ids).toEqual([
      'orchestrator.deny',
      'root.deny',
      'orchestrator.allowlist',
      'root.allowlist',
      'root.allowOnce',
      'ask',
    ]);
    const shown = section(text, 'The order').match(/^\d\. .*$/gm) ?? [];
    const words = [
      /orchestrator's `deny`/,
      /agent's `deny`/,
      /orchestrator's `allowlist`/,
      /agent's `allowlist`/,
      /`allowOnce`/,
      /ask/,
    ];
    expect(shown).toEqual(words.map((word) => expect.stringMatching(word)));
    expect(page('README.md').match(/^\d\. .*$/gm)).toEqual(words.map((word) => expect.stringMatching(word)));
  });
});

describe('docs/tools.md', () => {
  const rows = table(page('docs/tools.md'), 'tool').map((cells) => cells.map((cell) => codes(cell)[0] ?? ''));
  const saved = async (name: string, input: unknown, workspace: string) => {
    const tool = tools.find((known) => known.name === name);
    const parsed = await parsedBy(tool, input);
    const context = { agentId: 'root', workspace };
    const subjects = await tool?.subjects?.(parsed, context);
    const request = call(name, parsed, { workspace, ...(subjects === undefined ? {} : { subjects }) });
    return proposalFor(request, await tool?.derivePermission?.(parsed, context))?.map(formatRule);
  };
  const prepare = async () => {
    const workspace = await temporaryFolder();
    await Promise.all(['src', 'docs'].map((folder) => mkdir(join(workspace, folder))));
    await writeFile(join(workspace, 'src/a.ts'), '');
    return workspace;
  };

  test.each(rows)('"always" on %s %s saves %s', async (name, input, rule) => {
    expect(await saved(name, JSON.parse(input), await prepare())).toEqual([rule]);
  });

  test('"always" on a patch saves one rule for each file, as the page says', async () => {
    const [example] = codeBlocks(page('docs/tools.md')).filter(({ info }) => info === 'patch');
    const workspace = await prepare();
    expect(await saved('patch', { patch: example?.code }, workspace)).toEqual([
      'patch(src/pricing.js)',
      'patch(docs/pricing.md)',
      'patch(docs/old.md)',
    ]);
  });
});
