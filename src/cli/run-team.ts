/** The team of a run, made from its settings: of a new run, and of one that goes on. */
import {
  AgentOrchestrator,
  agentTool,
  createAgentHarness,
  createGeneratorHarness,
  type Harness,
  type Logger,
  type ModelHarness,
  parseRule,
  patchTool,
  readTool,
  searchTool,
  type Tool,
  type ToolPermission,
  writeTool,
} from '../index.ts';
import { BUILT_IN_TOOLS, type LoadedPolicy, loadPolicies } from '../policy/index.ts';
import type { Journal } from '../journal/index.ts';
import type { OutputFlags } from './flags.ts';
import type { Inspection } from './inspection.ts';
import { openLog } from './log.ts';
import { policyNotices, savePolicyFor } from './run-policy.ts';
import type { RunSettings } from './run-settings.ts';
import { walledBash } from './sandbox.ts';
import { createShow, onAskOption, type Show } from './show.ts';
import type { View } from './view.ts';

/** Turns of the agent before it has to sum up. */
const MAX_TURNS = 100;

/** What needs no question: looking around inside the workspace. */
const DEFAULT_ALLOW: readonly ToolPermission[] = [
  { tool: 'read', params: { path: '**' } },
  { tool: 'search', params: { path: '**' } },
];

export interface RunTeam {
  readonly show: Show;
  readonly view: View;
  readonly tools: readonly Tool[];
  /** As they are in force: a sandbox that was found is one to insist on later. */
  readonly settings: RunSettings;
  /** What a human has to know before anything runs. */
  readonly notices: readonly string[];
  /** Nobody is there to be asked, and nobody said what is to happen then: what would ask is denied. */
  readonly isAlone: boolean;
  /** Starts the orchestrator on a journal that is empty, or holds the session to go on with. */
  open(journal: Journal): Promise<AgentOrchestrator>;
}

/**
 * Makes everything that a run needs; nothing runs before `open()`.
 * @throws GreenroomError for a rule, policy file, sandbox or log that cannot be used.
 */
export async function prepareTeam(about: {
  readonly settings: RunSettings;
  readonly workspace: string;
  readonly flags: OutputFlags;
  readonly inspection: Inspection;
}): Promise<RunTeam> {
  const { settings, workspace, flags, inspection } = about;
  const allowed = settings.allow.map((rule) => parseRule(rule, '--allow'));
  const policies = loadPolicies({ workspace, env: process.env, tools: BUILT_IN_TOOLS });
  const bash = await walledBash(settings);
  const logger = await openLog(process.env);
  const show = createShow(flags);
  const view = show.view();
  const onAsk = onAskOption(flags, show.interactive || flags.console !== undefined);
  const isAlone = onAsk === 'deny' && flags.onAsk !== 'deny';
  const tools = [readTool, writeTool, patchTool, bash.tool, searchTool, agentTool];
  const options = {
    workspace,
    onAsk,
    tools,
    harness: harnessOf(settings),
    permissions: {
      deny: policies.permissions.deny,
      allowlist: [...DEFAULT_ALLOW, ...policies.permissions.allowlist, ...allowed],
    },
    savePolicy: savePolicyFor({ workspace, notice: (text) => view.notice(text) }),
    ...limitsOf(settings),
    ...logOf(logger),
    ...inspection.options,
  };
  return {
    show,
    view,
    tools,
    settings: bash.sandbox === undefined ? settings : { ...settings, sandbox: bash.sandbox },
    isAlone,
    notices: [...inspection.notices, ...noticesOf({ bash: bash.notice, files: policies.files, flags, isAlone })],
    open: async (journal) => await AgentOrchestrator.open({ ...options, journal }),
  };
}

const limitsOf = ({ maxAgents }: RunSettings) =>
  maxAgents === undefined ? {} : { limits: { maxLiveAgents: maxAgents } };

const logOf = (logger: Logger | undefined) => (logger === undefined ? {} : { logger });

function harnessOf(settings: RunSettings): Harness {
  const harness = standingIn(settings, createGeneratorHarness({ model: settings.model }));
  return createAgentHarness({ harness, maxIterations: MAX_TURNS });
}

/** Agents that come back name the model that they were started with. */
function standingIn({ model, formerModels }: RunSettings, harness: ModelHarness): ModelHarness {
  if (formerModels.length === 0) return harness;
  return {
    ...harness,
    invoke: (params) => {
      const isFormer = typeof params.model === 'string' && formerModels.includes(params.model);
      return harness.invoke(isFormer ? { ...params, model } : params);
    },
  };
}

function noticesOf(of: {
  readonly bash: string | undefined;
  readonly files: readonly LoadedPolicy[];
  readonly flags: OutputFlags;
  readonly isAlone: boolean;
}): string[] {
  const { bash, files, flags, isAlone } = of;
  return [
    ...(bash === undefined ? [] : [bash]),
    ...policyNotices(files),
    ...(isAlone
      ? ['There is no terminal to ask at, so calls that nothing allows are denied. Allow them with --allow RULE.']
      : []),
    ...(flags.onAsk === 'wait'
      ? ['Questions wait until somebody answers them, with greenroom answer or in the console.']
      : []),
  ];
}
