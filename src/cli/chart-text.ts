/** The machines of Greenroom, drawn. */
import { toJson, toMermaid, toSvg } from '../charts/index.ts';
import { agentMachine, crewMachine, orchestratorMachine, toolCallMachine } from '../index.ts';
import type { ChartFormat, MachineName } from './chart-commands.ts';

const MACHINE = {
  orchestrator: orchestratorMachine,
  agent: agentMachine,
  'tool-call': toolCallMachine,
  crew: crewMachine,
} as const satisfies Readonly<Record<MachineName, unknown>>;

const DRAW = { mermaid: toMermaid, svg: toSvg, json: toJson } as const;

const EXTENSION: Readonly<Record<ChartFormat, string>> = { mermaid: 'mmd', svg: 'svg', json: 'json' };

export async function chartText(machine: MachineName, format: ChartFormat): Promise<string> {
  return await DRAW[format](MACHINE[machine]);
}

export const chartFile = (machine: MachineName, format: ChartFormat): string => `${machine}.${EXTENSION[format]}`;
