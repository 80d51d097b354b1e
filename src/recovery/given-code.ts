/** The code that a restored session needs, given again by name: tools, models, harnesses. */
import { GreenroomError } from '../errors.ts';
import { type Harness, type LanguageModelLike, loopOf, type ModelRef, ownModel } from '../harness/harness.ts';
import { modelName } from '../machines/agent-spec.ts';
import type { AgentSpec } from '../machines/agent-spec.ts';
import type { Tool } from '../tools/tool.ts';
import type { FoldedAgent } from './folded-agent.ts';

export interface GivenCode {
  /** The orchestrator's. */
  readonly harness: Harness;
  /** Harnesses of single agents, by name. */
  readonly harnesses: Readonly<Record<string, Harness>>;
  readonly tools: readonly Tool[];
  /** Model objects by `provider/model`. */
  readonly models: Readonly<Record<string, LanguageModelLike>>;
}

/** Code that an agent needs was not given again; the message says what to do. */
export class Missing extends GreenroomError {
  override readonly name = 'Missing';

  constructor(message: string) {
    super('parked', message);
  }
}

export type AgentCode = Pick<AgentSpec, 'harness' | 'loop' | 'tools'> &
  Pick<Partial<AgentSpec>, 'model' | 'ownHarness'>;

/**
 * The code that an agent runs on.
 * @throws Missing
 */
export function codeOf(agent: FoldedAgent, given: GivenCode): AgentCode {
  const { setup } = agent;
  if (setup === undefined) {
    throw new Missing(
      'It was recorded by an earlier version, without the setup that a restart needs. It can only be replayed.',
    );
  }
  const outer = harnessOf(setup.harness, given);
  const loop = loopOf(outer);
  if (setup.loop && loop === undefined) {
    throw new Missing('It ran the loop around a model. Give open() a harness of createAgentHarness().');
  }
  const model = modelOf(agent, given, loop?.model ?? ownModel(loop?.harness));
  return {
    loop: setup.loop,
    harness: setup.loop ? (loop?.harness ?? outer) : outer,
    tools: toolsOf(setup.tools, given.tools, setup.loop),
    ...(model === undefined ? {} : { model }),
    ...(setup.harness === undefined ? {} : { ownHarness: setup.harness }),
  };
}

/** The code of an agent that only ends. */
export const noCode = ({ harness }: GivenCode): AgentCode => ({ harness, loop: true, tools: [] });

function harnessOf(name: string | undefined, given: GivenCode): Harness {
  if (name === undefined) return given.harness;
  if (name === '') {
    throw new Missing('spawn() was given a harness without a name, so it cannot be found again. Name your harnesses.');
  }
  const found = Object.hasOwn(given.harnesses, name) ? given.harnesses[name] : undefined;
  if (found !== undefined) return found;
  throw new Missing(`Its harness "${name}" was not given again. Pass it to open() in harnesses: { "${name}": … }.`);
}

function toolsOf(names: readonly string[], tools: readonly Tool[], needed: boolean): readonly Tool[] {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const missing = names.filter((name) => !byName.has(name));
  if (needed && missing.length > 0) {
    const list = missing.map((name) => `"${name}"`).join(', ');
    throw new Missing(
      `${missing.length === 1 ? 'Its tool' : 'Its tools'} ${list} must be given again to open({ tools }).`,
    );
  }
  return names.flatMap((name) => byName.get(name) ?? []);
}

function modelOf({ model: name, setup }: FoldedAgent, { models }: GivenCode, own: ModelRef | undefined) {
  if (name === undefined || setup?.modelObject !== true) return name;
  const found = Object.hasOwn(models, name) ? models[name] : undefined;
  if (found !== undefined) return found;
  if (typeof own === 'object' && modelName(own) === name) return own;
  if (!setup.loop) return undefined;
  throw new Missing(
    `Its model "${name}" was an object and was not given again. Pass it to open({ models: { "${name}": … } }).`,
  );
}
