/** Verdicts on commands, by program, each with its reason: cases.jsonl, one case a line. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { hitsCommand, parseCommandPattern } from '../../../src/permissions/shell/command-pattern.ts';
import { commandViews } from '../../../src/permissions/shell/command-view.ts';
import { derivedPatterns } from '../../../src/permissions/shell/derived-rules.ts';
import { parseScript } from '../../../src/permissions/shell/script.ts';
import { bash, decided } from '../calls.ts';

const workspace = '/ws';
const Common = z.strictObject({ program: z.string().min(1), why: z.string().min(1) });
/** What an allowlist says to a command. `why` is what the human reads when it asks. */
const Allow = Common.extend({
  rules: z.array(z.string()),
  command: z.string(),
  expect: z.enum(['allow', 'ask']),
});
/** What "always" saves. */
const Save = Common.extend({ command: z.string(), saves: z.array(z.string()) });
/** Whether a deny rule hits. */
const Deny = Common.extend({ rule: z.string(), command: z.string(), hits: z.enum(['yes', 'no', 'unknown']) });
/** The words of each simple command; `null` when the text cannot be taken apart, for the reason in `why`. */
const Read = Common.extend({ text: z.string(), words: z.array(z.array(z.string())).nullable() });

const cases = readFileSync(new URL('./cases.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => z.union([Allow, Save, Deny, Read]).parse(JSON.parse(line)));

describe('the cases', () => {
  test('are at most 500, by program', () => {
    expect(cases.length).toBeLessThanOrEqual(500);
    expect(cases.map(({ program }) => program)).toEqual(
      cases.map(({ program }) => program).toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)),
    );
  });

  test('rules cover what only looks, and ask with a reason about the rest', () => {
    const wrong = cases
      .filter((one) => 'expect' in one)
      .filter(({ rules, command, expect: expected, why }) => {
        const allowlist = rules.map((rule) => ({ tool: 'bash', params: { command: rule } }));
        const decision = decided(bash(command, { workspace }), { policy: { allowlist } });
        const isReason = decision.type !== 'ask' || why === 'no rule covers these words' || decision.why.includes(why);
        return decision.type !== expected || !isReason;
      });
    expect(wrong).toEqual([]);
  });

  test('"always" saves these patterns', () => {
    const wrong = cases
      .filter((one) => 'saves' in one)
      .filter(({ command, saves }) => derivedPatterns(command, workspace).join('\0') !== saves.join('\0'));
    expect(wrong).toEqual([]);
  });

  test('deny rules hit what they name, wherever it runs', () => {
    const hits = (rule: string, command: string) => {
      const pattern = parseCommandPattern(rule);
      const all = commandViews(command, workspace).map((view) => hitsCommand(pattern, view));
      return all.includes('yes') ? 'yes' : all.includes('unknown') ? 'unknown' : 'no';
    };
    const wrong = cases.filter((one) => 'hits' in one).filter((one) => hits(one.rule, one.command) !== one.hits);
    expect(wrong).toEqual([]);
  });

  test('texts are read word by word, or not at all', () => {
    const wrong = cases
      .filter((one) => 'text' in one)
      .filter(({ text, words, why }) => {
        const script = parseScript(text);
        if (!script.ok) return words !== null || script.reason !== why;
        const read = script.commands.map((command) => command.words.map((word) => word.text));
        return JSON.stringify(read) !== JSON.stringify(words);
      });
    expect(wrong).toEqual([]);
  });
});
