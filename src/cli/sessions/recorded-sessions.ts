/** Recorded sessions together with their state. */
import { messageOf } from '../../index.ts';
import { openSession, type SessionInfo } from '../../journal/index.ts';
import { visibleLine } from '../../text/visible.ts';
import { isResumable } from '../run/settings.ts';
import { listSessions, sessionNamed } from './files.ts';
import { sessionState, type SessionState } from './session-state.ts';

export interface RecordedSession {
  readonly info: SessionInfo;
  readonly state: SessionState;
}

/** Reads the sessions that `isWanted` accepts. Reports one that cannot be read to `onProblem` and skips it. */
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
 * The named session, or all sessions of the sessions folder that have not ended.
 * @throws GreenroomError when the named one cannot be found or read.
 */
export function sessionsToAnswer(name: string | undefined): RecordedSession[] {
  if (name === undefined) return readSessions(listSessions(process.env, warn), isOpen, warn);
  using session = sessionNamed(name, process.env);
  return [{ info: session.info(), state: sessionState(session) }];
}

/** The stopped session with the latest entry, of those that `greenroom resume` can continue. */
export function latestStopped(sessions: readonly RecordedSession[]): RecordedSession | undefined {
  return sessions
    .filter(({ info, state }) => info.state === 'stopped' && isResumable(info) && state.live.length > 0)
    .toSorted((one, other) => one.state.lastAt - other.state.lastAt)
    .at(-1);
}

export const isEnded = ({ state }: SessionInfo): boolean => state === 'ended';
/** Running or stopped. */
export const isOpen = (info: SessionInfo): boolean => !isEnded(info);

/** Prints a problem with one session of many. */
export function warn(text: string): void {
  process.stderr.write(`greenroom: ${visibleLine(text)}\n`);
}
