/** Which question is meant by an id, or by the beginning of one. */
import { GreenroomError, type HarnessEventOf, type PendingRelay } from '../index.ts';
import { isEnded, readSessions, type RecordedSession, sessionsToAnswer, warn } from './recorded-sessions.ts';
import { sessionHandle } from './session-names.ts';
import { listSessions } from './sessions.ts';
import { visibleLine } from '../text/visible.ts';

export type NamedQuestion = { readonly session: RecordedSession; readonly id: string } & (
  | { readonly relay: PendingRelay; readonly settled?: undefined }
  | { readonly settled: HarnessEventOf<'relay_resolved'> }
);

/**
 * Finds it among all that were ever asked in the named session, or in those that have not ended: one that was settled must
 * not be taken for another that begins alike.
 * @throws GreenroomError `invalid_params` when none or several are meant, or the session cannot be found.
 */
export function questionNamed(name: string, session: string | undefined): NamedQuestion {
  const open = sessionsToAnswer(session);
  const found = matching(name, open);
  if (found.length === 0 && session === undefined) {
    // only to say how it was settled
    found.push(...matching(name, readSessions(listSessions(process.env, warn), isEnded, warn)));
  }
  const [question] = found;
  if (question === undefined)
    throw misuse(`No question is called ${name}. greenroom relays lists those that are open.`);
  if (found.length === 1) return question;
  const list = found.map((one) => `${one.id} (session ${sessionHandle(one.session.info.path, process.env)})`);
  throw misuse(`${found.length} questions begin with ${name}: ${list.join(', ')}. Give more of the id, or --session.`);
}

function matching(name: string, sessions: readonly RecordedSession[]): NamedQuestion[] {
  const all = sessions.flatMap(questionsOf).filter(({ id }) => name !== '' && id.startsWith(name));
  const exact = all.filter(({ id }) => id === name);
  return exact.length > 0 ? exact : all;
}

function questionsOf(session: RecordedSession): NamedQuestion[] {
  const { open, settled } = session.state;
  return [
    ...open.map((relay) => ({ session, id: relay.id, relay })),
    ...[...settled].map(([id, event]) => ({ session, id, settled: event })),
  ];
}

const misuse = (problem: string) => new GreenroomError('invalid_params', visibleLine(problem), { path: 'relay' });
