/** The machines of Greenroom as pictures, each drawn once. */
import { toSvg } from '../charts/index.ts';
import { agentMachine, crewMachine, orchestratorMachine, toolCallMachine } from '../index.ts';

const MACHINES = new Map([
  ['orchestrator', () => toSvg(orchestratorMachine)],
  ['agent', () => toSvg(agentMachine)],
  ['tool-call', () => toSvg(toolCallMachine)],
  ['crew', () => toSvg(crewMachine)],
]);

const drawn = new Map<string, Promise<string>>();

export const chartNames: readonly string[] = [...MACHINES.keys()];

/** `undefined`: there is no such machine. */
export function chartOf(name: string): Promise<string> | undefined {
  const draw = MACHINES.get(name);
  if (draw === undefined) return undefined;
  const picture = drawn.get(name) ?? draw();
  drawn.set(name, picture);
  return picture;
}
