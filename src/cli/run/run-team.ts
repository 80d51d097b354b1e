/** The team of a run, built from its settings: tools, permissions, harness, view. */
import {
  AgentOrchestrator,
  agentTool,
  createAgentHarness,
  createGeneratorHarness,
  formatRule,
  type Harness,
  type Logger,
  messageOf,
  type ModelHarness,
  parseRule,
  patchTool,
  readTool,
  type SavePolicy,
  searchTool,
  type Tool,
  type ToolPermission,
  writeTool,
} from '../../index.ts';
import { BUILT_IN_TOOLS, type LoadedPolicy, loadPolicies, saveRules } from '../../policy/index.ts';
import type { Journal } from '../../journal/index.ts';
import type { OutputFlags } from '../options.ts';
import { createShow, onAskOption, type Show } from '../output/show.ts';
import type { View } from '../output/view.ts';
import type { Inspection } from './browser-views.ts';
import { openLog } from './log.ts';
import type { RunSettings } from './settings.ts';
import { chooseBash } from './tools.ts';

/** Turns of an agent before it must summarise. */
const MAX_TURNS = 100;

/** Allowed without asking: reading and searching the workspace. */
const DEFAULT_ALLOW: readonly ToolPermission[] = [
  { tool: 'read', params: { path: '**' } },
  { tool: 'search', params: { path: '**' } },
];

export interface RunTeam {
  readonly show: Show;
  readonly view: View;
  readonly tools: readonly Tool[];
  /** Includes the sandbox that was found, so that a resumed session requires it. */
  readonly settings: RunSettings;
  /** Printed before anything runs. */
  readonly notices: readonly string[];
  /** No terminal and no `--on-ask`: a call that would ask is denied. */
  readonly isUnattended: boolean;
  /** Starts the orchestrator on an empty journal, or on that of the session to continue. */
  open(journal: Journal): Promise<AgentOrchestrator>;
}

/**
 * Prepares everything that a run needs. Nothing runs before `open()`.
 * @throws GreenroomError for an invalid rule, policy file, sandbox or log.
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
  const bash = await chooseBash(settings);
  const logger = await openLog(process.env);
  const show = createShow(flags);
  const view = show.view();
  const onAsk = onAskOption(flags, show.interactive || flags.console !== undefined);
  const isUnattended = onAsk === 'deny' && flags.onAsk !== 'deny';
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
    isUnattended,
    notices: [...inspection.notices, ...noticesOf({ bash: bash.notice, files: policies.files, flags, isUnattended })],
    open: async (journal) => await AgentOrchestrator.open({ ...options, journal }),
  };
}

const limitsOf = ({ maxAgents }: RunSettings) =>
  maxAgents === undefined ? {} : { limits: { maxLiveAgents: maxAgents } };

const logOf = (logger: Logger | undefined) => (logger === undefined ? {} : { logger });

function harnessOf(settings: RunSettings): Harness {
  const harness = withFormerModels(settings, createGeneratorHarness({ model: settings.model }));
  return createAgentHarness({ harness, maxIterations: MAX_TURNS });
}

/** Maps earlier models to the present one: restored agents name the model that they were started with. */
function withFormerModels({ model, formerModels }: RunSettings, harness: ModelHarness): ModelHarness {
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
  readonly isUnattended: boolean;
}): string[] {
  const { bash, files, flags, isUnattended } = of;
  return [
    ...(bash === undefined ? [] : [bash]),
    ...policyNotices(files),
    ...(isUnattended
      ? ['There is no terminal to ask at, so calls that no rule allows are denied. Allow them with --allow RULE.']
      : []),
    ...(flags.onAsk === 'wait' ? ['Questions wait for an answer from greenroom answer or the console.'] : []),
  ];
}

/** One notice for each policy file found. */
export function policyNotices(files: readonly LoadedPolicy[]): string[] {
  return files.map(({ policy: { file, allowlist, deny }, trusted }) => {
    const counts = `Policy: ${file} (${allowlist.length} allowed, ${deny.length} denied)`;
    if (trusted) return `${counts}.`;
    const ignored = allowlist.length === 0 ? '' : '. Its allow rules take effect after greenroom trust';
    return `${counts}; untrusted, so it can only forbid calls${ignored}.`;
  });
}

/** Saves rules of an "always" answer to the user's policy file, for this workspace only, and prints the result. */
export function savePolicyFor(options: {
  readonly workspace: string;
  readonly notice: (text: string) => void;
}): SavePolicy {
  return async (rules, { by }) => {
    const texts = rules.map(formatRule).join(' and ');
    try {
      const file = await saveRules({ rules, workspace: options.workspace, env: process.env, by });
      options.notice(`Saved for this folder in ${file}: ${texts}`);
    } catch (error) {
      options.notice(`The rule could not be saved; it is in force until this run ends. ${messageOf(error)}`);
      throw error;
    }
  };
}
