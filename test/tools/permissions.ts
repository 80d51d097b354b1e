/** What a tool says to the permissions, held against the rules that the permissions make of it. */
import type { ToolPermission } from '../../src/events.ts';
import { proposalFor } from '../../src/permissions/proposal.ts';
import { prepareSubjects } from '../../src/permissions/subjects.ts';
import type { PermissionContext, Subject, Tool } from '../../src/tools/tool.ts';
import type * as z from 'zod';

export interface CallPermissions {
  readonly subjects: readonly Subject[] | null | undefined;
  readonly rules: ToolPermission | readonly ToolPermission[] | null | undefined;
  /** Whether the rules that "always" would save let this very call through. */
  readonly coversItself: boolean;
}

export async function permissionsOfCall<S extends z.ZodType>(
  tool: Tool<S>,
  input: z.output<S>,
  { agentId, workspace }: PermissionContext,
): Promise<CallPermissions> {
  const subjects = await tool.subjects?.(input, { agentId, workspace });
  const rules = await tool.derivePermission?.(input, { agentId, workspace });
  const request = {
    tool: tool.name,
    callId: `${agentId}/call`,
    rawCallId: 'call',
    agentId,
    lineage: [agentId],
    input,
    subjects: prepareSubjects(tool.name, input, subjects, workspace),
    workspace,
  };
  return { subjects, rules, coversItself: proposalFor(request, rules) !== null };
}
