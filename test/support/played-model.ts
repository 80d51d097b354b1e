/** A model harness whose turns a test writes by hand: any ids, any order, any failure. Keeps what it was asked. */
import {
  AgentOrchestrator,
  createAgentHarness,
  type InvokeParams,
  type ModelHarness,
  type OrchestratorOptions,
  type RetryOptions,
  type Usage,
} from '../../src/index.ts';

export interface PlayedCall {
  /** As a provider gives it: repeated, or empty. */
  readonly id: string;
  readonly name: string;
  readonly input?: unknown;
}

export interface PlayedTurn {
  readonly text?: string;
  readonly calls?: readonly PlayedCall[];
  readonly usage?: Usage;
  /** Thrown after `text` was streamed. */
  readonly fails?: { readonly error: unknown };
}

/** What the model answers to its nth call (from 0) in the whole system. */
export type Answers = (asked: InvokeParams, nth: number) => PlayedTurn | Promise<PlayedTurn>;

export function playedModel(answers: Answers): ModelHarness & { readonly asked: InvokeParams[] } {
  const asked: InvokeParams[] = [];
  return {
    kind: 'model',
    asked,
    async *invoke(params) {
      asked.push({ ...params, messages: [...params.messages] });
      const { text = '', calls = [], usage, fails } = await answers(params, asked.length - 1);
      if (text !== '') yield { type: 'text', runId: params.runId ?? '', id: 'block', content: text };
      if (fails !== undefined) throw fails.error;
      return {
        message: {
          role: 'assistant',
          content: text,
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ id, name, input = {} }) => ({ id, name, arguments: input })),
          }),
        },
        usage: usage ?? { inputTokens: 1, outputTokens: 1 },
        finishReason: calls.length > 0 ? 'tool-calls' : 'stop',
      };
    },
  };
}

/** An orchestrator on such a model. */
export function playedTeam(
  answers: Answers,
  options: OrchestratorOptions & { readonly maxIterations?: number; readonly retry?: RetryOptions } = {},
) {
  const { maxIterations, retry, ...rest } = options;
  const model = playedModel(answers);
  const harness = createAgentHarness({
    harness: model,
    ...(maxIterations !== undefined && { maxIterations }),
    ...(retry !== undefined && { retry }),
  });
  return Object.assign(new AgentOrchestrator(harness, rest), { asked: model.asked });
}
