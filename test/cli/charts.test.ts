import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toJson, toMermaid, toSvg } from '../../src/charts/index.ts';
import { agentMachine, orchestratorMachine, toolCallMachine } from '../../src/actors/index.ts';
import { greenroom, temporaryFolder } from './cli.ts';

describe('greenroom charts', () => {
  test('prints one machine and nothing else', async () => {
    const { code, stdout, stderr } = await greenroom(['charts', 'agent']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(toMermaid(agentMachine));
    expect((await greenroom(['charts', 'orchestrator', '--format', 'json'])).stdout).toBe(toJson(orchestratorMachine));
    expect((await greenroom(['charts', 'orchestrator', '--format', 'svg'])).stdout).toBe(
      await toSvg(orchestratorMachine),
    );
  });

  test('prints several, each under its name', async () => {
    const { stdout } = await greenroom(['charts', 'tool-call', 'orchestrator', 'orchestrator']);
    expect(stdout).toBe(
      `%% tool-call\n${toMermaid(toolCallMachine)}\n%% orchestrator\n${toMermaid(orchestratorMachine)}`,
    );
  });

  test('prints several as one piece of JSON', async () => {
    const { stdout } = await greenroom(['charts', '--format', 'json']);
    const all: unknown = JSON.parse(stdout);
    expect(Object.keys(all as object)).toEqual(['orchestrator', 'agent', 'tool-call']);
    expect(all).toMatchObject({ orchestrator: JSON.parse(toJson(orchestratorMachine)) });
  });

  test('writes a file for each machine, in a folder that it makes, and says which', async () => {
    using folder = temporaryFolder();
    const out = join(folder.path, 'new', 'charts');
    const { code, stdout, stderr } = await greenroom(['charts', '--format', 'svg', '--out', out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const files = ['orchestrator.svg', 'agent.svg', 'tool-call.svg'];
    expect(stdout).toBe(files.map((file) => `${join(out, file)}\n`).join(''));
    expect(new Set(readdirSync(out))).toEqual(new Set(files));
    expect(readFileSync(join(out, 'agent.svg'), 'utf8')).toBe(await toSvg(agentMachine));
  });

  test('draws a part of one machine', async () => {
    using folder = temporaryFolder();
    const part = ['charts', 'agent', '--root', 'running', '--depth', '1'];
    expect((await greenroom(part)).stdout).toBe(toMermaid(agentMachine, { root: 'running', depth: 1 }));
    await greenroom([...part, '--format', 'svg', '--out', folder.path]);
    const file = join(folder.path, 'agent.running.svg');
    expect(readFileSync(file, 'utf8')).toBe(await toSvg(agentMachine, { root: 'running', depth: 1 }));
  });

  test.each([
    ['a depth that is no number', ['agent', '--depth', 'x'], /depth must be a whole number from 1 on, and is NaN/],
    ['a state that there is not', ['agent', '--root', 'nowhere'], /no state "nowhere". Pass the dotted path/],
    ['a state of several machines', ['--root', 'running'], /--root takes one machine/],
    ['a part as JSON', ['agent', '--depth', '1', '--format', 'json'], /JSON is the whole machine/],
    ['several pictures without a folder', ['--format', 'svg'], /takes one picture. Name one machine, or give a folder/],
    ['a machine that there is not', ['robot'], /choices are orchestrator, agent, tool-call/],
    ['a format that there is not', ['--format', 'png'], /choices are mermaid, svg, json/],
  ])('%s ends with exit code 2 and says what to do', async (_what, args, remedy) => {
    const { code, stdout, stderr } = await greenroom(['charts', ...args]);
    expect(stderr).toMatch(remedy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a folder that cannot be written to ends with exit code 2 and its name', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const { code, stdout, stderr } = await greenroom(['charts', 'orchestrator', '--out', join(file, 'below')]);
    expect(stderr).toContain(`--out ${join(file, 'below')} cannot be written: ENOTDIR`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
