/** `greenroom run`: one agent with all tools and a goal. */
import { statSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import {
  AgentOrchestrator,
  agentTool,
  BUILT_IN_TOOLS,
  checkModel,
  chooseModel,
  createAgentHarness,
  createGeneratorHarness,
  GreenroomError,
  loadPolicies,
  messageOf,
  type ModelChoice,
  parseRule,
  patchTool,
  readTool,
  searchTool,
  type ToolPermission,
  writeTool,
} from '../index.ts';
import type { RunFlags } from './flags.ts';
import { openLog } from './log.ts';
import { walledBash } from './sandbox.ts';
import { runSession } from './session.ts';
import { newJournal } from './sessions.ts';
import { policyNotices, savePolicyFor } from './run-policy.ts';
import { createShow, onAskOption } from './show.ts';

/** Turns of the agent before it has to sum up. */
const MAX_TURNS = 100;

const SYSTEM = `You are a software engineer who works in the folder of a project with the tools you are given.
Look before you change anything, and read a file before you edit it. Make the smallest change that reaches the goal and fits the code around it. Check your work, by running the project's tests where there are some.
A human may be asked before a call runs. When one is refused, take the reason seriously and go on another way; never try to get the same thing done by a detour.
Use subagents for parts that can be done side by side. Finish with a few plain sentences: what you did, what you checked, what is left.`;

/** What needs no question: looking around inside the workspace. */
const DEFAULT_ALLOW: readonly ToolPermission[] = [
  { tool: 'read', params: { path: '**' } },
  { tool: 'search', params: { path: '**' } },
];

/**
 * Runs a goal to its end; resolves with the exit code.
 * @throws GreenroomError for a rule, model or workspace that cannot be used; nothing was started then.
 */
export async function runCommand(goal: string, flags: RunFlags): Promise<number> {
  const allowed = flags.allow.map((rule) => parseRule(rule, '--allow'));
  const workspace = folder(flags.workspace ?? process.cwd());
  const policies = loadPolicies({ workspace, env: process.env, tools: BUILT_IN_TOOLS });
  const choice = await modelOf(flags.model);
  const bash = await walledBash(flags);
  const logger = await openLog(process.env);
  const show = createShow(flags);
  const onAsk = onAskOption(flags, show.interactive);
  const view = show.view();
  const about = { file: flags.journal, id: uuidv7(), title: goal, workspace, env: process.env };
  const journal = newJournal(about);
  const orchestrator = new AgentOrchestrator(
    createAgentHarness({ harness: createGeneratorHarness({ model: choice.model }), maxIterations: MAX_TURNS }),
    {
      workspace,
      journal,
      onAsk,
      permissions: {
        deny: policies.permissions.deny,
        allowlist: [...DEFAULT_ALLOW, ...policies.permissions.allowlist, ...allowed],
      },
      savePolicy: savePolicyFor({ workspace, notice: (text) => view.notice(text) }),
      ...(flags.maxAgents === undefined ? {} : { limits: { maxLiveAgents: flags.maxAgents } }),
      ...(logger === undefined ? {} : { logger }),
    },
  );
  view.notice(choice.scripted ? `No real model: ${choice.why}.` : `Model: ${nameOf(choice)} (${choice.why}).`);
  if (bash.notice !== undefined) view.notice(bash.notice);
  for (const notice of policyNotices(policies.files)) view.notice(notice);
  if (onAsk === 'deny' && flags.onAsk !== 'deny') {
    view.notice(
      'There is no terminal to ask at, so calls that nothing allows are denied. Allow them with --allow RULE.',
    );
  }
  orchestrator.spawn({
    name: 'agent',
    messages: [
      { role: 'system', content: `${SYSTEM}\nThe project is in ${workspace}.` },
      { role: 'user', content: goal },
    ],
    tools: [readTool, writeTool, patchTool, bash.tool, searchTool, agentTool],
  });
  return await runSession({
    orchestrator,
    view,
    output: process.stdout,
    ...(show.interactive ? { human: show.human(orchestrator, true) } : {}),
  });
}

async function modelOf(named: string | undefined): Promise<ModelChoice> {
  if (named === undefined) return await chooseModel({ env: process.env });
  checkModel(named, { env: process.env });
  const scripted = named.startsWith('scripted/');
  return {
    model: named,
    why: scripted ? 'the answers are scripted, as --model asks for' : '--model names it',
    scripted,
  };
}

function nameOf({ model }: ModelChoice): string {
  return typeof model === 'string' ? model : `${model.provider}/${model.modelId}`;
}

function folder(path: string): string {
  try {
    if (statSync(path).isDirectory()) return path;
  } catch (cause) {
    throw new GreenroomError('invalid_params', `--workspace ${path} cannot be used: ${messageOf(cause)}.`, { cause });
  }
  throw new GreenroomError('invalid_params', `--workspace ${path} is not a folder. Name the folder of a project.`);
}
