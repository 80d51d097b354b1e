/** What `greenroom run` keeps with its session, so that `greenroom resume` builds the same team again. */
import * as z from 'zod';
import { GreenroomError } from '../index.ts';
import type { SessionInfo } from '../journal/index.ts';
import type { ResumeFlags, RunFlags } from './flags.ts';

/** Strict: what a later version adds may forbid something, and must not be left out unseen. */
const RunSettings = z.strictObject({
  command: z.literal('run'),
  /** `provider/model`. */
  model: z.string().min(1),
  /** Models that agents of this session were started with, and that `model` stands in for by now. */
  formerModels: z.array(z.string()),
  /** Rules given with `--allow`. */
  allow: z.array(z.string()),
  maxAgents: z.number().int().positive().optional(),
  /** `bwrap`: commands ran in a sandbox; `none`: they were not to. Absent: there was none. */
  sandbox: z.enum(['none', 'bwrap']).optional(),
  sandboxNetwork: z.boolean().optional(),
});
export type RunSettings = Readonly<z.infer<typeof RunSettings>>;

/** The settings of a run that begins now. */
export function newSettings(
  { allow, maxAgents, sandbox, sandboxNetwork }: Pick<RunFlags, 'allow' | 'maxAgents' | 'sandbox' | 'sandboxNetwork'>,
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

/** @throws GreenroomError `invalid_params` for a session that `greenroom run` did not record, or a later version of it did. */
export function settingsOf({ settings, path }: SessionInfo): RunSettings {
  const parsed = RunSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const message = isRun(settings)
    ? `${path} was recorded by a later version. Update Greenroom to go on with it.`
    : `${path} was not recorded by greenroom run, so the tools and rules of its agents are not known here. Go on with it in the program that made it: AgentOrchestrator.open().`;
  throw new GreenroomError('invalid_params', message, { path: 'session' });
}

/** Whether `greenroom resume` can go on with a session. */
export const isResumable = ({ settings }: SessionInfo): boolean => RunSettings.safeParse(settings).success;

/** The settings of a session under the flags that it is resumed with. */
export function resumedSettings(saved: RunSettings, flags: ResumeFlags): RunSettings {
  const { model = saved.model, sandbox = saved.sandbox, sandboxNetwork } = flags;
  // without a sandbox its network means nothing
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
