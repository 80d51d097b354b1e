/** Settings that `greenroom run` stores with its session, so that `greenroom resume` builds the same team. */
import * as z from 'zod';
import { GreenroomError } from '../../index.ts';
import type { SessionInfo } from '../../journal/index.ts';
import type { AgentFlags } from '../options.ts';

/** Strict: a setting added by a later version may forbid something, so it must not be ignored. */
const RunSettings = z.strictObject({
  command: z.literal('run'),
  /** `provider/model`. */
  model: z.string().min(1),
  /** Earlier models of this session, which `model` replaces. */
  formerModels: z.array(z.string()),
  /** Rules given with `--allow`. */
  allow: z.array(z.string()),
  maxAgents: z.number().int().positive().optional(),
  /** `bwrap`: commands ran in a sandbox; `none`: the flags forbade one. Absent: none was available. */
  sandbox: z.enum(['none', 'bwrap']).optional(),
  sandboxNetwork: z.boolean().optional(),
});
export type RunSettings = Readonly<z.infer<typeof RunSettings>>;

/** The settings of a new run. */
export function newSettings(
  { allow, maxAgents, sandbox, sandboxNetwork }: Omit<AgentFlags, 'model' | 'workspace'>,
  model: string,
): RunSettings {
  return {
    command: 'run',
    model,
    formerModels: [],
    allow: [...allow],
    ...(maxAgents === undefined ? {} : { maxAgents }),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(sandboxNetwork === undefined ? {} : { sandboxNetwork }),
  };
}

/** @throws GreenroomError `invalid_params` for a session that another program or a later version recorded. */
export function settingsOf({ settings, path }: SessionInfo): RunSettings {
  const parsed = RunSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const message = isRun(settings)
    ? `${path} was recorded by a later version. Update Greenroom to resume it.`
    : `${path} was not recorded by greenroom run, so the tools and rules of its agents are unknown. Resume it in the program that recorded it, with AgentOrchestrator.open().`;
  throw new GreenroomError('invalid_params', message, { path: 'session' });
}

/** Whether `greenroom resume` can continue a session. */
export const isResumable = ({ settings }: SessionInfo): boolean => RunSettings.safeParse(settings).success;

/** The settings of a session, changed by the flags it is resumed with. */
export function resumedSettings(saved: RunSettings, flags: Omit<AgentFlags, 'workspace' | 'maxAgents'>): RunSettings {
  const { model = saved.model, sandbox = saved.sandbox, sandboxNetwork } = flags;
  // without a sandbox, its network setting has no effect
  const network = sandboxNetwork ?? (flags.sandbox === 'none' ? undefined : saved.sandboxNetwork);
  return {
    command: 'run',
    model,
    formerModels: [...new Set([...saved.formerModels, saved.model])].filter((name) => name !== model),
    allow: [...new Set([...saved.allow, ...flags.allow])],
    ...(saved.maxAgents === undefined ? {} : { maxAgents: saved.maxAgents }),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(network === undefined ? {} : { sandboxNetwork: network }),
  };
}

function isRun(settings: unknown): boolean {
  return typeof settings === 'object' && settings !== null && 'command' in settings && settings.command === 'run';
}
