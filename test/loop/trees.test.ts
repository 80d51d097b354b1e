/** A child is never wider than its parent: random trees of agents, through the real orchestrator. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HarnessEventOf, agentTool, defineTool, type Permissions, type Tool } from '../../src/index.ts';
import * as z from 'zod';
import { playedTeam } from '../support/played-model.ts';
import { collect, echoTool, eventsOf } from '../support/team.ts';

const NAMES = ['a', 'b', 'c'] as const;

/** What an agent does: tries every tool there is, and starts these children with these tools. */
interface Plan {
  readonly tools: readonly string[] | undefined;
  readonly children: readonly Plan[];
}

const toolNames = fc.option(fc.subarray([...NAMES, 'agent', 'nowhere']), { nil: undefined });
const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.record({
    tools: toolNames,
    children: fc.array(tie('plan'), { maxLength: 2, depthIdentifier: 'p' }),
  }),
}));
const rules = fc.subarray(NAMES.map((tool) => ({ tool })));
const permissions: fc.Arbitrary<Permissions> = fc.record({ deny: rules, allowlist: rules, allowOnce: rules });

/** `agent`, with a task that carries the child's plan. */
const spawnTool = (): Tool =>
  defineTool({
    ...agentTool,
    schema: z.object({ task: z.string(), tools: z.array(z.string()).optional() }),
    derivePermission: () => null,
    execute: async ({ task, tools }, ctx) => {
      const outcome = await ctx.spawn({ task, ...(tools !== undefined && { tools }) });
      return { context: outcome.status };
    },
  });

test('whatever runs in a subagent, its parent has the tool and may use it', async () => {
  await fc.assert(
    fc.asyncProperty(plan, permissions, rules, async (root, given, deny) => {
      const started = (messages: readonly { role: string }[]) => messages.some(({ role }) => role === 'assistant');
      await using team = playedTeam(
        ({ messages }) => {
          if (started(messages)) return { text: 'done' };
          const [first] = messages.filter(({ role }) => role === 'user');
          const mine = JSON.parse(typeof first?.content === 'string' ? first.content : '') as Plan;
          const tries = NAMES.map((name) => ({ id: name, name, input: {} }));
          const children = mine.children.map((child, index) => ({
            id: `child${index}`,
            name: 'agent',
            input: { task: JSON.stringify(child), ...(child.tools && { tools: child.tools }) },
          }));
          return { calls: [...tries, ...children] };
        },
        { onAsk: 'deny', permissions: { deny } },
      );
      const rootTools = root.tools ?? [...NAMES, 'agent'];
      const tools = [...NAMES.map((name) => echoTool(name)), spawnTool()].filter(({ name }) =>
        rootTools.includes(name),
      );
      const known = (list: Permissions['allowlist'] = []) => list.filter(({ tool }) => rootTools.includes(tool));
      const rootId = team.spawn({
        messages: [{ role: 'user', content: JSON.stringify(root) }],
        tools,
        permissions: {
          deny: known(given.deny as Permissions['allowlist']),
          allowlist: [...known(given.allowlist), { tool: 'agent' }],
          allowOnce: known(given.allowOnce),
        },
      });
      await team.result(rootId);
      const entries = await collect(team.events());
      const plans = new Map<string, readonly string[]>([[rootId, tools.map(({ name }) => name)]]);
      const parents = new Map<string, string>();
      // a child starts after its parent's call, so a parent's tools are known before its child's
      const inputs = new Map(
        eventsOf(entries, 'tool_call').map((event) => [event.id, event.input as { tools?: string[] }]),
      );
      for (const { runId, parentId } of eventsOf(entries, 'harness_start')) {
        if (parentId === undefined) continue;
        const parent = parentId.slice(0, parentId.indexOf('/'));
        parents.set(runId, parent);
        const above = plans.get(parent) ?? [];
        const asked = inputs.get(parentId)?.tools;
        // a child that asks for a tool its parent has not is never started
        for (const name of asked ?? []) expect(above).toContain(name);
        plans.set(runId, asked ?? above);
      }
      const denied = new Set([...deny, ...(given.deny ?? [])].flatMap((rule) => ('tool' in rule ? rule.tool : [])));
      const results = eventsOf(entries, 'tool_result').filter(({ name }) => name !== 'agent');
      const ran = results.filter(({ status }) => status === 'ok');
      for (const { runId, name } of ran) {
        for (let id: string | undefined = runId; id !== undefined; id = parents.get(id))
          expect(plans.get(id)).toContain(name);
        expect(denied).not.toContain(name);
        expect([...(given.allowlist ?? []), ...(given.allowOnce ?? [])].map(({ tool }) => tool)).toContain(name);
      }
      const byPool = (result: HarnessEventOf<'tool_result'>) => result.decidedBy?.kind === 'once';
      for (const name of NAMES)
        expect(ran.filter((one) => one.name === name && byPool(one)).length).toBeLessThanOrEqual(1);
    }),
    { seed: 1, numRuns: 60 },
  );
});
