/** The tool `agent`: hands a task to a subagent and waits for its answer. */
import * as z from 'zod';
import type { AgentStatus, Usage } from '../events.ts';
import { ToolError } from '../errors.ts';
import { defineTool, type SubagentOutcome, type ToolOutput } from './tool.ts';

/** What `agent` gives to programs: which subagent it was and how it ended. */
export interface AgentResult {
  readonly agentId: string;
  readonly status: AgentStatus;
  /** Its last answer, or what it had when it was stopped. */
  readonly text: string;
  readonly usage: Usage;
}

const schema = z.strictObject({
  task: z
    .string()
    .trim()
    .min(1)
    .describe('The whole task. The agent sees nothing of this conversation: name files, facts, and what to report.'),
  name: z
    .string()
    .max(60)
    // It stands in questions to humans, so it must not be able to look like anything else.
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/)
    .optional()
    .describe('A short name by which humans know the agent, e.g. `test-fixer`.'),
  tools: z
    .array(z.string().min(1))
    .optional()
    .describe('The names of the tools it gets, out of your own. Default: all of yours.'),
  model: z.string().min(1).optional().describe('The model it uses, as `provider/model`. Default: yours.'),
});

/**
 * Starts a subagent and returns its final text. Guarantees:
 * - a child that failed is an `error` and a cancelled one is `cancelled`, both with the reason and the text it had;
 * - one that a limit stopped answers with what it had and says so;
 * - no answer is empty: a child that said nothing is reported as such;
 * - run again after a restart, it waits for the child it had started and starts no other.
 * "Always" covers every call of this tool: starting a subagent permits nothing, since a child may not do what its
 * parent may not, and the limits on depth and number hold anyway.
 */
export const agentTool = defineTool({
  name: 'agent',
  description: [
    'Hands a task to a subagent, waits until it ends, and returns its final text.',
    'Call it several times in one turn to have tasks done side by side; give tasks that touch different files.',
    'The subagent starts with only the task you write. Say what is known, what to do, and what to report back.',
    'It may do no more than you may. Do small things yourself.',
  ].join('\n'),
  schema,
  // a call that runs again is given the subagents it had started
  idempotent: true,

  async execute(input, ctx): Promise<ToolOutput<AgentResult>> {
    if (ctx.signal.aborted) throw new ToolError('Cancelled before a subagent was started.', { status: 'cancelled' });
    const outcome = await ctx.spawn({
      task: input.task,
      ...(input.name !== undefined && { name: input.name }),
      ...(input.tools !== undefined && { tools: input.tools }),
      ...(input.model !== undefined && { model: input.model }),
    });
    return answer(outcome, input.name === undefined ? 'The subagent' : `The subagent ${input.name}`);
  },

  derivePermission() {
    return { tool: 'agent' };
  },
});

function answer(outcome: SubagentOutcome, who: string): ToolOutput<AgentResult> {
  const { agentId, status, text, usage } = outcome;
  const result: AgentResult = { agentId, status, text, usage };
  const isSilent = text.trim() === '';
  const reason = outcome.reason === undefined ? '.' : `: ${outcome.reason}`;
  const had = isSilent ? 'It had said nothing.' : `What it had said:\n${text}`;
  if (status === 'completed') {
    return { context: isSilent ? `${who} finished without saying anything. Check what it did.` : text, result };
  }
  if (status === 'limited') {
    return { context: `${who} was stopped by a limit before it was done${reason}\n${had}`, result };
  }
  if (status === 'cancelled') {
    throw new ToolError(`${who} was cancelled${reason}\n${had}`, { status: 'cancelled', result });
  }
  throw new ToolError(`${who} failed${reason}\n${had}`, { status: 'error', result });
}
