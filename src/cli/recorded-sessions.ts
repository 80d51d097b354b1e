/** Sessions together with what their entries come to. */
import { messageOf } from '../index.ts';
import { openSession, type SessionInfo } from '../journal/index.ts';
import { isResumable } from './run-settings.ts';
import { sessionState, type SessionState } from './session-state.ts';
import { listSessions, sessionNamed } from './sessions.ts';
import { visibleLine } from '../text/visible.ts';

export interface RecordedSession {
  readonly info: SessionInfo;
  readonly state: SessionState;
}

/** Reads those that `isWanted`; what cannot be read is told to `onProblem` and left out. */
export function readSessions(
  sessions: readonly SessionInfo[],
  isWanted: (info: SessionInfo) => boolean,
  onProblem: (text: string) => void,
): RecordedSession[] {
  return sessions.filter(isWanted).flatMap((info) => {
    try {
      using session = openSession(info.path);
      return [{ info, state: sessionState(session) }];
    } catch (error) {
      onProblem(messageOf(error));
      return [];
    }
  });
}

/**
 * The named session, or all in the sessions folder whose questions can still be answered.
 * @throws GreenroomError when the named one cannot be found or read.
 */
export function sessionsToAnswer(name: string | undefined): RecordedSession[] {
  if (name === undefined) return readSessions(listSessions(process.env, warn), isOpen, warn);
  using session = sessionNamed(name, process.env);
  return [{ info: session.info(), state: sessionState(session) }];
}

/** The one that worked last, of those that were stopped and have agents that `greenroom resume` can go on with. */
export function latestStopped(sessions: readonly RecordedSession[]): RecordedSession | undefined {
  return sessions
    .filter(({ info, state }) => info.state === 'stopped' && isResumable(info) && state.live.length > 0)
    .toSorted((one, other) => one.state.lastAt - other.state.lastAt)
    .at(-1);
}

export const isEnded = ({ state }: SessionInfo): boolean => state === 'ended';
/** Running or stopped. */
export const isOpen = (info: SessionInfo): boolean => !isEnded(info);

/** For what is wrong with one of many. */
export function warn(text: string): void {
  process.stderr.write(`greenroom: ${visibleLine(text)}\n`);
}
