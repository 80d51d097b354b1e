/** What a child gets from its parent: everything, unless the call narrowed it. Never more. */
import type { Message } from '../events.ts';
import type { AgentSpec, SubagentRequest } from './protocol.ts';

export function childSpec(parent: AgentSpec, request: SubagentRequest): AgentSpec {
  const { agentId, parentCallId, params } = request;
  const name = params.name ?? `agent-${agentId.slice(-4)}`;
  const messages: Message[] = [{ role: 'user', content: params.task }];
  if (params.system !== undefined) messages.unshift({ role: 'system', content: params.system });
  const wanted = params.tools === undefined ? undefined : new Set(params.tools);
  const { model: inherited, ...rest } = parent;
  const model = params.model ?? inherited;
  return {
    ...rest,
    identity: {
      id: agentId,
      parentId: parentCallId,
      name,
      path: [...parent.identity.path, name],
      lineage: [...parent.identity.lineage, agentId],
    },
    messages,
    tools: wanted === undefined ? parent.tools : parent.tools.filter((tool) => wanted.has(tool.name)),
    ...(model === undefined ? {} : { model }),
  };
}
