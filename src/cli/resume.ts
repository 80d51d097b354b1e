/** `greenroom resume`: goes on with a run that was stopped, from where it stood. */
import { GreenroomError, messageOf } from '../index.ts';
import { type Journal, openSession, type SessionInfo, type SessionReader, sqliteJournal } from '../journal/index.ts';
import type { ResumeFlags } from './flags.ts';
import { type Inspection, openInspection } from './inspection.ts';
import { parkedNotice, resumeNotices } from './resume-notices.ts';
import { openConsole } from './run-console.ts';
import { namedModel } from './run-model.ts';
import { resumedSettings, type RunSettings, settingsOf } from './run-settings.ts';
import { prepareTeam } from './run-team.ts';
import { runSession } from './session.ts';
import { resumeCommandOf, sessionHandle } from './session-names.ts';
import { sessionState, type SessionState, unanswered } from './session-state.ts';
import { listSessions, sessionNamed } from './sessions.ts';
import { latestStopped, readSessions, warn } from './recorded-sessions.ts';
import { counted } from './counted.ts';
import { workFolder } from './work-folder.ts';

/**
 * Goes on with the session that is named, or the one that was stopped last, until it ends or is stopped again; resolves with
 * the exit code.
 * @throws GreenroomError for a session that nobody can go on with, or flags that cannot be used; nothing was started then.
 */
export async function resumeCommand(name: string | undefined, flags: ResumeFlags): Promise<number> {
  await using inspection = await openInspection(flags);
  const { info, saved, model, team, state } = await prepared(name, flags, inspection);
  const { view, show } = team;
  if (team.isAlone) refuseLoss(info, state);
  const journal = claimed(info, { settings: team.settings, seq: state.seq });
  const opening = resumeNotices({ info, state, saved, isLatest: name === undefined, now: Date.now() });
  for (const notice of [...opening, model.notice, ...team.notices]) view.notice(notice);
  const orchestrator = await team.open(journal);
  await using shown = await openConsole(flags.console, {
    orchestrator,
    tools: team.tools,
    workspace: info.workspace ?? '',
    journal: info.path,
    model: model.name,
    actors: inspection.actors,
  });
  for (const notice of shown.notices) view.notice(notice);
  for (const agent of orchestrator.parked()) view.notice(parkedNotice(agent, state.team));
  return await runSession({
    orchestrator,
    view,
    output: process.stdout,
    before: state,
    resumeWith: () => resumeCommandOf(info.path, process.env),
    ...(show.interactive ? { human: show.human(orchestrator, true) } : {}),
  });
}

/** Everything that can be known and made without owning the session. */
async function prepared(name: string | undefined, flags: ResumeFlags, inspection: Inspection) {
  using session = name === undefined ? latest() : sessionNamed(name, process.env);
  const info = session.info();
  checkStopped(info);
  const saved = settingsOf(info);
  const settings = resumedSettings(saved, flags);
  const model = namedModel(settings.model, flags.model === undefined ? 'as before' : '--model names it');
  const workspace = workFolder(info.workspace ?? '', 'Its workspace');
  const team = await prepareTeam({ settings, workspace, flags: { ...flags, journal: info.path }, inspection });
  const state = sessionState(session, (entry, before) => team.view.recall?.(entry, before));
  if (state.live.length === 0) throw refusal(`Every agent of ${nameOf(info)} has ended.`, info);
  return { info, saved, model, team, state };
}

function latest(): SessionReader {
  const found = latestStopped(readSessions(listSessions(process.env, warn), ({ state }) => state === 'stopped', warn));
  if (found !== undefined) return openSession(found.info.path);
  throw new GreenroomError(
    'invalid_params',
    'No stopped session has agents that could go on. greenroom sessions lists what was recorded.',
    { path: 'session' },
  );
}

function checkStopped(info: SessionInfo): void {
  if (info.state === 'ended') throw refusal(`${nameOf(info)} has ended, so there is nothing to go on with.`, info);
  if (info.state === 'stopped') return;
  const { pid = '?', host = '' } = info.owner ?? {};
  const message = `${nameOf(info)} is being run by process ${pid} on ${host.split(' ')[0]}. Watch it with greenroom tail, answer it with greenroom answer, or end that process first.`;
  throw new GreenroomError('invalid_params', message, { path: 'session' });
}

/** To deny at once what a human was asked, or to give up what may have run, is not done unasked. */
function refuseLoss(info: SessionInfo, state: SessionState): void {
  const open = unanswered(state).length;
  const { interrupted } = state;
  if (open + interrupted.length === 0) return;
  const calls = `${counted(interrupted.length, 'call')} whose outcome nobody knows`;
  const what = [...(open > 0 ? [counted(open, 'open question')] : []), ...(interrupted.length > 0 ? [calls] : [])];
  const handle = sessionHandle(info.path, process.env);
  const message = `${nameOf(info)} has ${what.join(' and ')}, and there is no terminal to ask at. See greenroom relays ${handle} and answer with greenroom answer before you resume, or let it wait for that with --on-ask wait; --on-ask deny says no to all of them.`;
  throw new GreenroomError('invalid_params', message, { path: '--on-ask' });
}

/**
 * Makes the session this process's own, and keeps the settings under which it goes on.
 * @throws GreenroomError `invalid_params` when another process was quicker.
 */
function claimed(
  info: SessionInfo,
  { settings, seq }: { readonly settings: RunSettings; readonly seq: number },
): Journal {
  const journal = owned(info.path, settings);
  if (journal.lastSeq === seq) return journal;
  journal.close({ unfinished: true });
  throw refusal(`Another process went on with ${nameOf(info)} just now.`, info);
}

function owned(path: string, settings: RunSettings): Journal {
  try {
    return sqliteJournal(path, { settings });
  } catch (cause) {
    throw new GreenroomError('invalid_params', messageOf(cause), { path: 'session', cause });
  }
}

function refusal(problem: string, { path }: SessionInfo): GreenroomError {
  const look = `Look at it with greenroom replay ${sessionHandle(path, process.env)}.`;
  return new GreenroomError('invalid_params', `${problem} ${look}`, { path: 'session' });
}

const nameOf = ({ path }: SessionInfo): string => `Session ${sessionHandle(path, process.env)}`;
