import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Grant, Permissions, ToolPermission } from '../../src/events.ts';
import { decide } from '../../src/permissions/decide.ts';
import { parseScript } from '../../src/permissions/shell/script.ts';
import { proposalFor } from '../../src/permissions/proposal.ts';
import { formatRule, parseRule } from '../../src/permissions/rule-text.ts';
import { hidesText, isPlainCommand } from '../../src/permissions/readable.ts';
import { bash, call, decided, grant, state } from './calls.ts';

const RUN = { seed: 1, numRuns: 500 };

const word = fc.constantFrom('git', 'log', 'status', '-s', 'rm', 'src/a.ts', "'a b'");
const command = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
  fc.string({ maxLength: 20, unit: fc.constantFrom(...'abc git;&|<>()$`\\"\'*?[]{}=~#!\n\t\u00a0é') }),
);
const pattern = fc
  .array(fc.oneof(word, fc.constant('*')), { minLength: 1, maxLength: 3 })
  .map((words) => words.join(' '));
const rule: fc.Arbitrary<ToolPermission> = fc.oneof(
  pattern.map((text) => ({ tool: 'bash', params: { command: text } })),
  fc.constantFrom({ tool: 'bash' }, { tool: 'read' }),
);
const rules = fc.array(rule, { maxLength: 3 });
const permissions: fc.Arbitrary<Permissions> = fc.record(
  { deny: rules, allowlist: rules, allowOnce: rules },
  { requiredKeys: [] },
);

test('the proposal for a call covers that call, whatever its text; there is none for what a human cannot see', () => {
  fc.assert(
    fc.property(command, fc.dictionary(fc.string(), fc.jsonValue()), (text, more) => {
      const request = call('bash', { ...more, command: text, cwd: undefined });
      const proposal = proposalFor(request, undefined);
      const isSeen = isPlainCommand(text) && !hidesText(request.input);
      expect(proposal !== null).toBe(isSeen);
      if (!isSeen) return;
      expect(decided(request, { grants: (proposal ?? []).map((one) => grant(one)) }).type).toBe('allow');
    }),
    RUN,
  );
});

test('a child may never do what its parent may not', () => {
  fc.assert(
    fc.property(
      command,
      permissions,
      permissions,
      permissions,
      fc.array(rule, { maxLength: 2 }),
      (text, policy, root, child, shared) => {
        const grants = shared.map((one, index) => grant(one, { id: `g${index}` }));
        const shape = { policy, grants };
        const asChild = decided(bash(text, { lineage: ['root', 'child'] }), { ...shape, agents: { root, child } });
        const asParent = decided(bash(text, { lineage: ['root'] }), { ...shape, agents: { root } });
        if (asChild.type === 'allow') expect(asParent.type).toBe('allow');
        if (asParent.type === 'deny') expect(asChild.type).toBe('deny');
      },
    ),
    { ...RUN, numRuns: 2000 },
  );
});

test('the same input gives the same decision, and nothing given is changed', () => {
  fc.assert(
    fc.property(command, permissions, permissions, (text, policy, root) => {
      const request = bash(text);
      const given = state({
        policy,
        agents: { root },
        grants: [grant({ tool: 'bash', params: { command: 'git *' } }, { usesLeft: 2 })],
      });
      const before = JSON.stringify([request, given]);
      expect(decide(request, given)).toEqual(decide(request, given));
      expect(JSON.stringify([request, given])).toBe(before);
    }),
    RUN,
  );
});

test('the order in which grants are listed changes nothing', () => {
  const some = fc.array(
    fc.record({ permission: rule, usesLeft: fc.option(fc.nat(2), { nil: undefined }), createdAt: fc.nat(3) }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(command, some, (text, shapes) => {
      const grants: Grant[] = shapes.map(({ permission, usesLeft, createdAt }, index) =>
        grant(permission, { id: `g${index}`, createdAt, ...(usesLeft !== undefined && { usesLeft }) }),
      );
      const forward = decided(bash(text), { grants });
      expect(decided(bash(text), { grants: grants.toReversed() })).toEqual(forward);
    }),
    RUN,
  );
});

test('quoting words gives back those words', () => {
  const plainWord = fc
    .string({ unit: fc.constantFrom(...'ab c;&|$`\\"*?[]{}=~#!\n\té') })
    .filter((text) => !text.includes("'"));
  fc.assert(
    fc.property(fc.array(plainWord, { maxLength: 4 }), (words) => {
      const script = parseScript(['prog', ...words.map((text) => `'${text}'`)].join(' '));
      const argvs = script.ok && script.commands.map((one) => one.words.map(({ text }) => text));
      expect(argvs).toEqual([['prog', ...words]]);
    }),
    RUN,
  );
});

test('a rule survives being written and read', () => {
  const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
  const key = fc.oneof(
    fc.constantFrom('command', 'cwd', 'path', 'url', 'a-b'),
    fc.string({ minLength: 1, maxLength: 3 }),
  );
  const params = fc.dictionary(key, json, { minKeys: 1, maxKeys: 3 });
  fc.assert(
    fc.property(fc.constantFrom('bash', 'read', 'fetch', 'odd tool'), params, fc.boolean(), (tool, given, exact) => {
      const literal = { tool, params: given, exact: true };
      expect(parseRule(formatRule(literal))).toEqual(literal);
      const values = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name,
          typeof value === 'string' ? `x${value.replace(/[\\{[*$~'"`]/g, '')}y` : value,
        ]),
      );
      const loose = { tool, params: values, ...(exact && { exact: false }) };
      const { exact: _, ...expected } = loose;
      expect(parseRule(formatRule(loose))).toMatchObject(expected);
    }),
    RUN,
  );
});
