/** The demo's cast: a lead with two specialists to hire, and one who works beside them. */
import {
  AgentOrchestrator,
  agentTool,
  bashTool,
  createAgentHarness,
  createGeneratorHarness,
  type Journal,
  type Logger,
  type OrchestratorOptions,
  patchTool,
  readTool,
  searchTool,
  type ToolPermission,
  writeTool,
} from '../../index.ts';
import { demoModel } from './script.ts';
import { TASKS } from './tasks.ts';

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

/** Starts the agents. */
export function startDemoTeam({
  workspace,
  bash = bashTool,
  paceMs = 0,
  onAsk = 'wait',
  logger,
  journal,
  inspect,
}: DemoTeamOptions): AgentOrchestrator {
  const harness = createAgentHarness({
    harness: createGeneratorHarness({ model: demoModel(paceMs) }),
    maxIterations: 20,
  });
  const orchestrator = new AgentOrchestrator(harness, {
    workspace,
    onAsk,
    permissions: { allowlist: ALLOWED },
    ...(logger === undefined ? {} : { logger }),
    ...(journal === undefined ? {} : { journal }),
    ...(inspect === undefined ? {} : { inspect }),
  });
  const tools = [readTool, searchTool, writeTool, patchTool, bash, agentTool];
  for (const name of ['lead', 'audit'] as const) {
    orchestrator.spawn({ name, messages: [{ role: 'user', content: TASKS[name] }], tools });
  }
  return orchestrator;
}
