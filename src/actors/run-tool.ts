/** Runs a tool. Progress is emitted from here; the outcome, and requests for subagents, go to the call's machine. */
import { type EventObject, fromCallback } from 'xstate';
import { faultPoint } from '../diagnostics/fault-points.ts';
import { isToolError, messageOf, ToolError } from '../errors.ts';
import { CallOutput, type HarnessEvent, type SeenFile } from '../events.ts';
import type { ToolCallActors } from '../machines/machine-types.ts';
import type { ToolCallEvent, ToolEvent } from '../machines/protocol.ts';
import type { SavedChild } from '../machines/restored.ts';
import type { RunToolInput } from '../machines/tool-call-context.ts';
import type { SubagentOutcome, SubagentParams, ToolContext } from '../tools/tool.ts';
import type { Scheduler } from './scheduler.ts';
import type { FindServices, Services } from './services.ts';

/** The services that a running tool needs. */
export type RunToolServices = Pick<Services, 'tracker' | 'fileTime' | 'ids' | 'isRecording' | 'scheduler'>;

interface Awaited {
  readonly resolve: (outcome: SubagentOutcome) => void;
  readonly reject: (error: ToolError) => void;
}

/** The actor `runTool`. */
// oxlint-disable-next-line eslint/max-lines-per-function -- the life of one tool: its parts share the signal and the end
export function defineRunTool(find: FindServices<RunToolServices>): ToolCallActors['runTool'] {
  // oxlint-disable-next-line eslint/max-lines-per-function -- as above
  return fromCallback<EventObject, RunToolInput, HarnessEvent>(({ input, sendBack, receive, emit, system }) => {
    const { tracker, fileTime, ids, isRecording, scheduler } = find(system);
    const { call, agent, prepared, workspace } = input;
    const controller = new AbortController();
    const awaited = new Map<string, Awaited>();
    let children = input.children;
    const files = new Map<string, SeenFile>();
    const tell = (event: ToolCallEvent) => sendBack(event);
    const origin = agent.parentId === undefined ? {} : { parentId: agent.parentId };
    let over = false;

    receive((event) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tool-call machine sends nothing else
      const heard = event as ToolEvent;
      const waiting = awaited.get(heard.agentId);
      awaited.delete(heard.agentId);
      if (heard.type === 'subagent.ended') {
        // a restored subagent may end before the tool asks for it
        children = children.map((child) =>
          child.agentId === heard.agentId ? { ...child, outcome: heard.outcome } : child,
        );
        waiting?.resolve({ ...heard.outcome, agentId: heard.agentId });
      }
      if (heard.type === 'subagent.refused') waiting?.reject(new ToolError(heard.message, { status: 'limited' }));
    });

    /** The restored subagent with the same task, if there is one. */
    const returning = (params: SubagentParams): SavedChild | undefined => {
      const found = children.find(({ task, name }) => task === params.task && (params.name ?? name) === name);
      children = children.filter((child) => child !== found);
      return found;
    };

    const spawn = (params: SubagentParams): Promise<SubagentOutcome> => {
      const known = over ? undefined : returning(params);
      if (known?.outcome !== undefined) return Promise.resolve({ ...known.outcome, agentId: known.agentId });
      const agentId = known?.agentId ?? ids();
      if (over) return Promise.reject(new ToolError('This call has ended; it can start no more subagents.'));
      const unknown = params.tools?.filter((name) => !input.toolNames.includes(name)) ?? [];
      if (unknown.length > 0) {
        return Promise.reject(
          new ToolError(
            `A subagent can only get tools you have yourself, not: ${unknown.join(', ')}. You have: ${input.toolNames.join(', ')}.`,
          ),
        );
      }
      const outcome = new Promise<SubagentOutcome>((resolve, reject) => {
        awaited.set(agentId, { resolve, reject });
        if (known === undefined) tell({ type: 'tool.spawn', agentId, params });
      });
      // a tool that does not wait for its subagent must not end the process by an unhandled rejection
      outcome.catch(() => undefined);
      return outcome;
    };

    const context: ToolContext = {
      agentId: agent.id,
      callId: call.id,
      workspace,
      signal: controller.signal,
      judged: prepared.request.subjects,
      fileTime: fileTime.forAgent(agent.id, agent.name, (file) => void files.set(file.path, file)),
      progress: (content, stream = 'status') => {
        if (over || content === '') return;
        emit({ type: 'tool_progress', runId: agent.id, ...origin, toolCallId: call.id, stream, content });
      },
      effect: (effect) => {
        if (over) throw new ToolError('This call has ended.', { status: 'cancelled' });
        emit({ type: 'tool_effect', runId: agent.id, ...origin, toolCallId: call.id, effect });
        if (!isRecording()) throw unrecorded();
      },
      spawn,
    };

    // one step later: a tool's own code never runs inside an actor's transition
    const run = Promise.resolve().then(() => {
      // its start is recorded by now, or it does not start
      if (over || !isRecording()) throw unrecorded();
      faultPoint('beforeExecute');
      return prepared.tool.execute(prepared.input, context);
    });
    tracker.track(run);
    const arrive = scheduler?.begin({ kind: 'tool', id: call.id });
    const arrived = arrive === undefined ? run : released(run, arrive);
    arrived.then(outputOf).then(
      (output) => {
        if (over) return;
        over = true;
        faultPoint('afterExecute');
        tell({ type: 'tool.done', output, files: [...files.values()] });
      },
      (error: unknown) => {
        if (over) return;
        over = true;
        tell({ ...failureOf(error, call.name), files: [...files.values()] });
      },
    );

    return () => {
      const isCancelled = !over;
      over = true;
      if (isCancelled) controller.abort(new ToolError('The call was cancelled.', { status: 'cancelled' }));
      for (const { reject } of awaited.values()) {
        reject(new ToolError('The call that asked for this subagent ended.', { status: 'cancelled' }));
      }
    };
  });
}

/** Holds the outcome back until the scheduler releases it. */
async function released<T>(run: Promise<T>, arrive: ReturnType<Scheduler['begin']>): Promise<T> {
  try {
    return await run;
  } finally {
    await arrive({});
  }
}

const unrecorded = () =>
  new ToolError('The journal could not record this call, so it was not started.', { status: 'cancelled' });

/** The output of a tool, or a text for a value that does not fit the schema of outputs. */
function outputOf(given: unknown): CallOutput {
  const parsed = CallOutput.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  return { context: typeof given === 'string' ? given : textOf(given) };
}

function failureOf(error: unknown, name: string): Extract<ToolCallEvent, { type: 'tool.failed' }> {
  if (isToolError(error)) {
    const { status, message, result } = error;
    return {
      type: 'tool.failed',
      status,
      output: result === undefined ? { context: message } : { context: message, result },
    };
  }
  return {
    type: 'tool.failed',
    status: 'error',
    output: { context: `The tool "${name}" failed: ${messageOf(error)}` },
  };
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return 'The tool returned something that cannot be shown.';
  }
}
