/**
 * The moments around everything that must outlive the process. At each of them a crash leaves a state that recovery
 * understands; the tests kill a real process at every one of them. Published on the channel `greenroom:step` of
 * `node:diagnostics_channel`, which costs nothing while nobody listens.
 */
import { channel } from 'node:diagnostics_channel';

/** What is committed to the journal, by what it means. */
export type Fact =
  | 'Agent' // an agent was born
  | 'Message' // somebody steered it
  | 'Turn' // its model answered
  | 'Call' // it asks for a tool call
  | 'Question' // that call waits for a human
  | 'Answer' // a human answered; first one wins
  | 'Grant' // the answer was "always": approval and grants in one row
  | 'Resolution' // any other end of a question
  | 'Revoke' // a grant was taken back
  | 'Intent' // the tool is about to start
  | 'Effect' // what it is about to leave in the world: a process, changed files
  | 'Outcome' // how the call ended
  | 'Stop' // the agent is to end
  | 'End' // it has ended
  | 'Other';

export type DurableStep =
  | `before${Fact}Commit`
  | `after${Fact}Commit`
  // a tool
  | 'beforeExecute'
  | 'afterExecute'
  | 'afterProcessSpawn' // a command's process exists and waits to be recorded
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
  | 'beforeUndo' // files of a cut change are about to be put back
  | 'afterUndo'
  | 'beforeRevive' // agents are about to come back
  | 'afterRevive';

const steps = channel('greenroom:step');

/** Says that this moment has come. */
export function passing(step: DurableStep): void {
  if (steps.hasSubscribers) steps.publish(step);
}
