/** What an event is to the record: the name of its durable step. */
import type { Fact } from '../diagnostics/fault-points.ts';
import type { HarnessEvent } from '../events.ts';

export function factOf(event: HarnessEvent): Fact {
  switch (event.type) {
    case 'harness_start':
      return 'Agent';
    case 'message':
      return 'Message';
    case 'turn':
      return 'Turn';
    case 'tool_call':
      return 'Call';
    case 'relay':
      return 'Question';
    case 'relay_resolved':
      return (event.grants ?? []).length > 0 ? 'Grant' : 'Resolution';
    case 'grant_revoked':
      return 'Revoke';
    case 'tool_start':
      return 'Intent';
    case 'tool_effect':
      return 'Effect';
    case 'tool_result':
      return 'Outcome';
    case 'stopping':
      return 'Stop';
    case 'harness_end':
      return 'End';
    default:
      return 'Other';
  }
}
