/** The corpora through the real process, beside the function that decides. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { call, decided } from '../permissions/calls.ts';
import { pathCases, shellCases } from '../permissions/corpus.ts';
import { elsewhere, Stage } from '../permissions/path-stage.ts';
import { decisions, piped } from './piped.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-check-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function direct(decide: () => string): string {
  try {
    return decide();
  } catch {
    return 'error'; // a rule that cannot be used
  }
}

test('every case of the shell corpus is decided by the process as decide() decides it', () => {
  const workspace = join(folder, 'shell');
  mkdirSync(workspace);
  const cases = shellCases();
  const rules = ({ allow }: (typeof cases)[number]) => allow.map((command) => ({ tool: 'bash', params: { command } }));
  const lines = cases.map((one) =>
    JSON.stringify({
      id: one.id,
      permissions: { allowlist: rules(one) },
      call: { tool: 'bash', params: { command: one.command } },
    }),
  );
  const { stdout, stderr, code } = piped(['check', '--jsonl'], lines.join('\n'), { cwd: workspace });
  const expected = cases.map((one) =>
    direct(
      () => decided(call('bash', { command: one.command }, { workspace }), { policy: { allowlist: rules(one) } }).type,
    ),
  );
  expect(stderr).toBe('');
  expect(decisions(stdout)).toEqual(expected);
  expect(expected.filter((decision) => decision === 'allow').length).toBeGreaterThan(50);
  expect(code).toBe(expected.includes('error') ? 2 : 0);
});

test('every case of the path corpus that can be built here is decided as decide() decides it', () => {
  const cases = pathCases().filter((one) => !elsewhere(one));
  const asked = cases.map((one) => {
    const stage = new Stage(join(folder, one.id));
    stage.build(one);
    const allowlist = one.allow.map(({ tool, params }) => ({ tool, params: { path: stage.at(params.path) } }));
    const path = typeof one.path === 'string' ? stage.at(one.path) : one.path;
    const question = {
      id: one.id,
      permissions: { allowlist },
      call: { tool: one.tool, params: { path } },
      cwd: stage.at(one.cwd),
    };
    const expected = direct(
      () => decided(call(one.tool, { path }, { workspace: stage.root }), { policy: { allowlist } }).type,
    );
    return { one, question, expected };
  });
  const input = asked.map(({ question }) => JSON.stringify(question)).join('\n');
  const { stdout, code } = piped(['check', '--jsonl'], input);
  const given = decisions(stdout);
  expect(asked.map(({ one }, index) => [one.id, given[index]])).toEqual(
    asked.map(({ one, expected }) => [one.id, expected]),
  );
  expect(given.filter((decision) => decision === 'allow').length).toBeGreaterThan(20);
  expect(code).toBe(given.includes('error') ? 2 : 0);
});
