/** The demo's cast: a lead with two specialists to hire, and one who works beside them. */
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

/** What would be dull to be asked. */
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
  /** The tool `bash` of the agents. Default: without a sandbox. */
  readonly bash?: typeof bashTool;
  /** Milliseconds a word. Default 0. */
  readonly paceMs?: number;
  readonly onAsk?: NonNullable<OrchestratorOptions['onAsk']>;
  readonly logger?: Logger | undefined;
  /** Default: in memory. */
  readonly journal?: Journal | undefined;
  readonly inspect?: OrchestratorOptions['inspect'];
}

/** The demo's orchestrator with its agents at work. */
export function startDemoTeam(options: DemoTeamOptions): AgentOrchestrator {
  const orchestrator = createDemoTeam(options);
  startAgents(orchestrator, options.bash);
  return orchestrator;
}

/** The demo's orchestrator; nobody is at work yet. */
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

/** Puts the agents to work; they hire the others. */
export function startAgents(orchestrator: AgentOrchestrator, bash: typeof bashTool = bashTool): string[] {
  const tools = [readTool, searchTool, writeTool, patchTool, bash, agentTool];
  return (['lead', 'audit'] as const).map((name) =>
    orchestrator.spawn({ name, messages: [{ role: 'user', content: TASKS[name] }], tools }),
  );
}
