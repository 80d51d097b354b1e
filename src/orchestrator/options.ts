/** Options of the orchestrator: validation and defaults. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { InspectionEvent, Observer } from 'xstate';
import * as z from 'zod';
import type { GivenMachines } from '../actors/implementations.ts';
import { type Clock, monotonicClock, systemClock } from '../actors/clock.ts';
import type { Scheduler } from '../actors/scheduler.ts';
import { GreenroomError, messageOf } from '../errors.ts';
import { Limits, type Permissions, type ToolPermission } from '../events.ts';
import { createGeneratorHarness } from '../harness/generator-harness.ts';
import { type Harness, isHarness, type LanguageModelLike } from '../harness/harness.ts';
import type { Journal } from '../journal/journal.ts';
import { memoryJournal } from '../journal/memory-journal.ts';
import { guardedLogger, harmless, type Logger, silentLogger } from '../diagnostics/logger.ts';
import type { OnAsk } from '../machines/orchestrator-context.ts';
import { type CompiledPermissions, compilePermissions } from '../permissions/parse.ts';
import { agentMachine } from '../machines/agent.ts';
import { toolCallMachine } from '../machines/tool-call.ts';
import { parseWith } from '../schema/parse-with.ts';
import type { Tool } from '../tools/tool.ts';

/** An XState inspector: a function or an observer of inspection events. One that throws changes nothing. */
export type Inspector = ((event: InspectionEvent) => void) | Observer<InspectionEvent>;

/** Keeps rules for later runs. A failure is logged; the grants hold in this run all the same. */
export type SavePolicy = (
  rules: readonly ToolPermission[],
  about: { readonly relayId: string; readonly agentId: string; readonly by: string },
) => void | Promise<void>;

/** Options of `new AgentOrchestrator`. An unknown key is refused. */
export interface OrchestratorOptions {
  /** Runs the agents. Default: the loop around the model that `chooseModel` picks. */
  readonly harness?: Harness;
  /** Hold for every agent; `deny` wins over every other permission. */
  readonly permissions?: Pick<Permissions, 'deny' | 'allowlist'>;
  /** For every tree of agents; `spawn` may override them. */
  readonly limits?: Limits;
  /**
   * The record, empty at first; `cleanup()` closes it. Default: in memory, bounded. `sqliteJournal()` of
   * `greenroom/journal` keeps it in a file.
   */
  readonly journal?: Journal;
  /** A pino logger, or an object with the same methods. Default: silent. */
  readonly logger?: Logger;
  /**
   * XState inspectors, one or several, e.g. of Stately's tools. An inspector that throws affects neither the agents nor the
   * other inspectors. Costs nothing when absent.
   */
  readonly inspect?: Inspector | readonly Inspector[];
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Decides when results of models, tools and checks take effect; for tests. Default: at once. */
  readonly scheduler?: Scheduler;
  /** Machines made with `.provide()` from those of `greenroom/machines`: own actions, guards, delays, actors. Default: those. */
  readonly machines?: GivenMachines;
  /** Mints unique ids. Default: UUID v7. */
  readonly ids?: () => string;
  /** Root of relative paths. Default: the working directory. */
  readonly workspace?: string;
  /** For a call that nothing allows: `wait` for a human, `deny` it, or `fail` its agent. Default `wait`. */
  readonly onAsk?: OnAsk;
  /** Keeps the rules of `always: { save: true }`. Default: such an answer is refused. */
  readonly savePolicy?: SavePolicy;
}

export interface EffectiveOptions {
  readonly harness: Harness;
  readonly policy: CompiledPermissions;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly logger: Logger;
  /** Whether a logger was given. */
  readonly logging: boolean;
  readonly inspect: ((event: InspectionEvent) => void) | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler | undefined;
  readonly machines: GivenMachines | undefined;
  readonly ids: () => string;
  /** Absolute and real. */
  readonly workspace: string;
  readonly onAsk: OnAsk;
  readonly savePolicy: SavePolicy | undefined;
}

const isInspector = (value: unknown): boolean => typeof value === 'function' || hasMethods(value, ['next']);

const Shape = z.strictObject({
  harness: z.custom<Harness>(isHarness, 'a harness has invoke()').optional(),
  permissions: z.unknown().optional(),
  limits: Limits.optional(),
  journal: z.custom<Journal>((value) => hasMethods(value, ['append', 'read', 'close']), 'not a journal').optional(),
  logger: z.custom<Logger>((value) => hasMethods(value, ['debug', 'info', 'warn', 'error']), 'not a logger').optional(),
  inspect: z
    .custom<Inspector | readonly Inspector[]>(
      (value) => (Array.isArray(value) ? value.every(isInspector) : isInspector(value)),
      'not an inspector',
    )
    .optional(),
  clock: z.custom<Clock>((value) => hasMethods(value, ['now', 'setTimeout', 'clearTimeout']), 'not a clock').optional(),
  scheduler: z.custom<Scheduler>((value) => hasMethods(value, ['begin']), 'not a scheduler').optional(),
  machines: z
    .strictObject({
      agent: z
        .custom<GivenMachines['agent']>(
          (value) => isMadeFrom(agentMachine, value),
          'not a machine of agentMachine.provide()',
        )
        .optional(),
      toolCall: z
        .custom<GivenMachines['toolCall']>(
          (value) => isMadeFrom(toolCallMachine, value),
          'not a machine of toolCallMachine.provide()',
        )
        .optional(),
    })
    .optional(),
  ids: z.custom<() => string>((value) => typeof value === 'function', 'not a function').optional(),
  workspace: z.string().min(1).optional(),
  onAsk: z.enum(['wait', 'deny', 'fail']).optional(),
  savePolicy: z.custom<SavePolicy>((value) => typeof value === 'function', 'not a function').optional(),
});

/** `.provide()` makes a new machine around the same chart. */
function isMadeFrom({ config }: { readonly config: object }, value: unknown): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'config') === config;
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === 'function');
}

/** Options of `AgentOrchestrator.open()`: a journal, and the code that its session needs, by name. */
export interface OpenOptions extends OrchestratorOptions {
  /** The record of the session; an empty journal starts a new session. */
  readonly journal: Journal;
  /** Every tool that an agent of the session has. Default: none. */
  readonly tools?: readonly Tool[];
  /** Harnesses that `spawn` was given for single agents, by their `name`. */
  readonly harnesses?: Readonly<Record<string, Harness>>;
  /** Model objects that agents were given, by `provider/model`; the harness's own is known. */
  readonly models?: Readonly<Record<string, LanguageModelLike>>;
}

/**
 * The two forms of the constructor as one.
 * @throws GreenroomError `invalid_params` for a harness without `invoke`, and for two harnesses.
 */
export function optionsOf(
  first: Harness | OrchestratorOptions | undefined,
  second: OrchestratorOptions | undefined,
): OrchestratorOptions {
  if (isHarness(first)) {
    if (second?.harness === undefined) return { ...second, harness: first };
    throw harnessError('the harness is given twice. Give it as the first argument or in the options.');
  }
  if (first === undefined) return second ?? {};
  if (second === undefined && first !== null) return first;
  throw harnessError('the first argument is a harness, and this one has no invoke().');
}

const harnessError = (problem: string) =>
  new GreenroomError('invalid_params', `new AgentOrchestrator(): ${problem}`, { path: 'harness' });

/**
 * @param place `open`: the journal may hold a session.
 * @param since Time does not go back behind this; epoch milliseconds.
 * @throws GreenroomError `invalid_params` or `invalid_rule`; `path` names the field.
 */
export function effectiveOptions(
  options: OrchestratorOptions,
  place: 'new' | 'open' = 'new',
  since = 0,
): EffectiveOptions {
  const given = parseWith(Shape, options, place === 'new' ? 'new AgentOrchestrator(): options' : 'open()');
  const journal = given.journal ?? memoryJournal();
  const logger = given.logger === undefined ? silentLogger : guardedLogger(given.logger);
  const onSetBack = (ms: number) =>
    logger.warn({ ms }, "the system's clock was set back; the time of this session continues from its last value");
  return {
    harness: given.harness ?? createGeneratorHarness(), // makes single model calls, so it is run in the loop
    policy: sharedPermissions(given.permissions),
    limits: given.limits ?? {},
    journal: place === 'new' ? emptyJournal(journal) : journal,
    logger,
    logging: given.logger !== undefined,
    inspect: given.inspect === undefined ? undefined : guardedInspector([given.inspect].flat()),
    clock: monotonicClock(given.clock ?? systemClock, since, onSetBack),
    scheduler: given.scheduler,
    machines: given.machines,
    ids: given.ids ?? uuidv7,
    workspace: realWorkspace(given.workspace ?? process.cwd()),
    onAsk: given.onAsk ?? 'wait',
    savePolicy: given.savePolicy,
  };
}

/** Refuses `allowOnce`, which belongs to an agent and would be ignored here. */
function sharedPermissions(value: unknown): CompiledPermissions {
  const policy = compilePermissions(value, 'permissions');
  if (policy.allowOnce === undefined) return policy;
  throw new GreenroomError('invalid_params', 'permissions.allowOnce belongs to one agent. Give it to spawn().', {
    path: 'permissions.allowOnce',
  });
}

/** Refuses a journal that holds a session: two runs in one journal are no session. */
function emptyJournal(journal: Journal): Journal {
  if (journal.lastSeq === 0) return journal;
  const message = `journal: it holds a session already (${journal.lastSeq} events). Resume it with AgentOrchestrator.open(), or give a new run a new journal.`;
  throw new GreenroomError('invalid_params', message, { path: 'journal' });
}

/** Guards each inspector: one that throws would block the mailbox of the actor that it watches. */
function guardedInspector(inspectors: readonly Inspector[]): (event: InspectionEvent) => void {
  return (event) => {
    for (const inspector of inspectors) {
      harmless(() => (typeof inspector === 'function' ? inspector(event) : inspector.next?.(event)));
    }
  };
}

function realWorkspace(path: string): string {
  try {
    return realpathSync(resolve(path));
  } catch (cause) {
    throw new GreenroomError('invalid_params', `The workspace cannot be used: ${messageOf(cause)}.`, {
      path: 'workspace',
      cause,
    });
  }
}
