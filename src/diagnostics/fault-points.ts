/**
 * The moments around everything that must outlive the process. A crash at any of them leaves a state that recovery
 * understands; the tests kill a real process at each. Published on the channel `greenroom:fault-point` of
 * `node:diagnostics_channel`, which costs nothing without a subscriber.
 */
import { channel } from 'node:diagnostics_channel';
import type { HarnessEvent } from '../events.ts';

/** What is committed to the journal, by its meaning. */
export type Fact =
  | 'Agent' // an agent started
  | 'Message' // a message to a running agent
  | 'Turn' // its model answered
  | 'Call' // it requests a tool call
  | 'Question' // that call waits for a human
  | 'Answer' // a human answered; the first answer wins
  | 'Grant' // the answer was "always": approval and grants in one row
  | 'Resolution' // any other end of a question
  | 'Revoke' // a grant was revoked
  | 'Intent' // the tool is about to start
  | 'Effect' // what it is about to change outside: a process, files
  | 'Outcome' // how the call ended
  | 'Stop' // the agent is to end
  | 'End' // it has ended
  | 'Other';

export type FaultPoint =
  | `before${Fact}Commit`
  | `after${Fact}Commit`
  // a tool
  | 'beforeExecute'
  | 'afterExecute'
  | 'afterProcessSpawn' // the process of a command exists and waits to be recorded
  | 'afterProcessRecord' // it is recorded and may begin
  | 'beforeStage' // new contents are about to be written beside the files
  | 'beforeRename'
  | 'afterRename'
  | 'beforeTidy' // old contents are about to be removed
  // recovery
  | 'afterClaim' // this process owns the journal
  | 'afterFold'
  | 'beforeOrphansEnd'
  | 'afterOrphansEnd'
  | 'beforeUndo' // the files of an unfinished change are about to be restored
  | 'afterUndo'
  | 'beforeRevive' // agents are about to be restored
  | 'afterRevive';

const points = channel('greenroom:fault-point');

/** Publishes that the process has reached this point. */
export function faultPoint(name: FaultPoint): void {
  if (points.hasSubscribers) points.publish(name);
}

/** The fact that an event records. */
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
