/** A tool's context without an orchestrator around it. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileTime } from '../../src/tools/file-time.ts';
import type { ToolContext } from '../../src/tools/tool.ts';

export interface Progress {
  readonly content: string;
  readonly stream: 'stdout' | 'stderr' | 'status';
}

export interface ToolContextOptions {
  readonly workspace: string;
  /** Also the agent's name. Default `agent`. */
  readonly agentId?: string;
  /** Give several contexts the same one to let their agents share files. */
  readonly fileTime?: FileTime;
  readonly signal?: AbortSignal;
  readonly spawn?: ToolContext['spawn'];
  /** Default: what the call would leave in the world is recorded nowhere. */
  readonly effect?: ToolContext['effect'];
}

/** A context, and everything that was reported through its `progress()`. */
export function toolContext({
  workspace,
  agentId = 'agent',
  fileTime = new FileTime(),
  signal = new AbortController().signal,
  spawn = () => Promise.reject(new Error('this test has no subagents')),
  effect = () => undefined,
}: ToolContextOptions): { readonly ctx: ToolContext; readonly progress: Progress[] } {
  const progress: Progress[] = [];
  const ctx: ToolContext = {
    agentId,
    workspace,
    callId: `${agentId}/call`,
    signal,
    fileTime: fileTime.forAgent(agentId, agentId),
    progress: (content, stream = 'status') => void progress.push({ content, stream }),
    effect,
    spawn,
  };
  return { ctx, progress };
}

/** An empty folder (real path) that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'greenroom-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
