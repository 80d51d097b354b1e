/** Team of the demo: a lead that starts two subagents, and an audit agent beside them. */
import {
  AgentOrchestrator,
  agentTool,
  bashTool,
  createAgentHarness,
  createGeneratorHarness,
  type Logger,
  type OrchestratorOptions,
  patchTool,
  readTool,
  searchTool,
  type ToolPermission,
  writeTool,
} from '../../index.ts';
import type { Journal } from '../../journal/index.ts';
import { demoModel, TASKS } from './model.ts';

/** Calls that the demo allows without asking. */
const ALLOWED: ToolPermission[] = [
  { tool: 'read', params: { path: '**' } },
  { tool: 'search', params: { path: '**' } },
  { tool: 'agent' },
  { tool: 'patch', params: { path: 'CHANGELOG.md' } },
  { tool: 'write', params: { path: 'PRICES.md' } },
];

export interface DemoTeamOptions {
  /** A copy of the sample project. */
  readonly workspace: string;
  /** `bash` tool of the agents. Default: without a sandbox. */
  readonly bash?: typeof bashTool;
  /** Pause between words in milliseconds. Default 0. */
  readonly paceMs?: number;
  readonly onAsk?: NonNullable<OrchestratorOptions['onAsk']>;
  readonly logger?: Logger | undefined;
  /** Default: in memory. */
  readonly journal?: Journal | undefined;
  readonly inspect?: OrchestratorOptions['inspect'];
}

/** Starts the orchestrator and the agents of the demo. */
export function startDemoTeam(options: DemoTeamOptions): AgentOrchestrator {
  const orchestrator = createDemoTeam(options);
  startAgents(orchestrator, options.bash);
  return orchestrator;
}

/** Makes the orchestrator of the demo, without agents. */
export function createDemoTeam(options: DemoTeamOptions): AgentOrchestrator {
  const { workspace, paceMs = 0, onAsk = 'wait', logger, journal, inspect } = options;
  const harness = createAgentHarness({
    harness: createGeneratorHarness({ model: demoModel(paceMs) }),
    maxIterations: 20,
  });
  return new AgentOrchestrator(harness, {
    workspace,
    onAsk,
    permissions: { allowlist: ALLOWED },
    ...(logger === undefined ? {} : { logger }),
    ...(journal === undefined ? {} : { journal }),
    ...(inspect === undefined ? {} : { inspect }),
  });
}

/** Starts the lead and the audit agent; returns their ids. */
export function startAgents(orchestrator: AgentOrchestrator, bash: typeof bashTool = bashTool): string[] {
  const tools = [readTool, searchTool, writeTool, patchTool, bash, agentTool];
  return (['lead', 'audit'] as const).map((name) =>
    orchestrator.spawn({ name, messages: [{ role: 'user', content: TASKS[name] }], tools }),
  );
}
