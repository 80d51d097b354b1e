/** What the models of a play say: the plan of each agent is its task. */
import { type InvokeParams, ModelError } from '../../../src/index.ts';
import type { PlayedCall, PlayedTurn } from '../../support/played-model.ts';
import type { AgentPlan, CallPlan } from './play.ts';

export const taskOf = (plan: AgentPlan): string => JSON.stringify({ turns: plan.turns });

/** The plan of an agent, from its first message. */
export function planIn(task: unknown): AgentPlan {
  const plan: unknown = JSON.parse(String(task));
  return plan as AgentPlan; // what taskOf wrote
}

/** Answers as the agents' plans say. Keeps which of them have failed once. */
export function playedScript(): (asked: InvokeParams) => PlayedTurn {
  const failed = new Set<string>();
  return ({ runId = '', messages, tools = [] }) => {
    const number = messages.filter(({ role }) => role === 'assistant').length;
    const turn = planIn(messages.find(({ role }) => role === 'user')?.content).turns[number];
    const place = `${runId} ${number}`;
    if (turn?.fails === 'for good' || (turn?.fails === 'once' && !failed.has(place))) {
      failed.add(place);
      return { text: 'I was about to', fails: { error: new ModelError('busy', { retryable: true }) } };
    }
    // in its last turn an agent is offered no tools, and sums up
    if (turn === undefined || tools.length === 0) return { text: 'done' };
    return { text: 'working', calls: turn.calls.map((call, index) => callOf(call, `t${number}c${index}`)) };
  };
}

function callOf(call: CallPlan, id: string): PlayedCall {
  if (!('plan' in call)) return { id, name: call.tool, input: { item: call.item, does: call.does } };
  const { plan, tools } = call;
  return { id, name: 'agent', input: { task: taskOf(plan), ...(tools === undefined ? {} : { tools }) } };
}
