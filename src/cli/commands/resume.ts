/** `greenroom resume`: continue a stopped session. */
import type { Command } from 'commander';
import { GreenroomError, messageOf } from '../../index.ts';
import { type Journal, openSession, type SessionInfo, type SessionReader, sqliteJournal } from '../../journal/index.ts';
import { COMMON_NOTES } from '../exit-codes.ts';
import { addConsoleFlag, addOutputFlags, type OutputFlags, repeatable, SESSION_ARGUMENT } from '../options.ts';
import { counted } from '../output/text.ts';
import { type Inspection, openConsole, openInspection } from '../run/browser-views.ts';
import { runSession } from '../run/run-session.ts';
import { prepareTeam } from '../run/run-team.ts';
import { resumedSettings, type RunSettings, settingsOf } from '../run/settings.ts';
import { namedModel, workFolder } from '../run/start.ts';
import { listSessions, resumeCommandOf, sessionHandle, sessionNamed } from '../sessions/files.ts';
import { latestStopped, readSessions, warn } from '../sessions/recorded-sessions.ts';
import { parkedNotice, resumeNotices } from '../sessions/resume-notices.ts';
import { sessionState, type SessionState, unanswered } from '../sessions/session-state.ts';

const NOTES = `
Without an argument, resumes the session that was stopped last. It keeps the tools, model, rules, sandbox and workspace of
the run; --model and --sandbox replace theirs, --allow adds rules.

Restored: transcripts, open questions, permissions given earlier, limits, subagents. A call that a restart interrupted
does not run again by itself. You are asked for its outcome:

  y  run it again: it did not run, or may run twice
  d  it ran: you type its result for the agent; nothing runs
  n  give up: the agent is told that the outcome is unknown (r: with a reason)

Without a terminal, first answer the open questions (greenroom relays, greenroom answer), or let the run wait for answers
(--on-ask wait), or deny them (--on-ask deny).
${COMMON_NOTES}`;

/** An option that is not given keeps the setting of the run. */
interface ResumeFlags extends Omit<OutputFlags, 'journal'> {
  readonly model?: string;
  /** Added to the rules of the run. */
  readonly allow: readonly string[];
}

export function defineResume(command: Command): void {
  command
    .argument('[session]', `${SESSION_ARGUMENT} (default: the session stopped last)`)
    .option('--model <provider/name>', 'use another model')
    .addOption(repeatable('--allow <rule>', 'allow more calls without asking'));
  addConsoleFlag(addOutputFlags(command, ['prompt', 'wait', 'deny', 'fail']))
    .addHelpText('after', NOTES)
    .action(async (session: string | undefined, flags: ResumeFlags) => {
      process.exitCode = await resume(session, flags);
    });
}

/**
 * Continues the named session, or the one that was stopped last, until it ends or is stopped again; resolves with the exit
 * code.
 * @throws GreenroomError for a session that cannot continue, or invalid flags, before anything starts.
 */
async function resume(name: string | undefined, flags: ResumeFlags): Promise<number> {
  await using inspection = await openInspection(flags);
  const { info, saved, model, team, state } = await prepared(name, flags, inspection);
  const { view, show } = team;
  if (team.isUnattended) refuseLoss(info, state);
  const journal = claimed(info, { settings: team.settings, seq: state.seq });
  const opening = resumeNotices({ info, state, saved, isLatest: name === undefined, now: Date.now() });
  for (const notice of [...opening, model.notice, ...team.notices]) view.notice(notice);
  const orchestrator = await team.open(journal);
  await using consoleServer = await openConsole(flags.console, {
    orchestrator,
    tools: team.tools,
    workspace: info.workspace ?? '',
    journal: info.path,
    model: model.name,
    actors: inspection.actors,
  });
  for (const notice of consoleServer.notices) view.notice(notice);
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

/** Everything that can be read and checked before this process owns the session. */
async function prepared(name: string | undefined, flags: ResumeFlags, inspection: Inspection) {
  using session = name === undefined ? latest() : sessionNamed(name, process.env);
  const info = session.info();
  checkStopped(info);
  const saved = settingsOf(info);
  const settings = resumedSettings(saved, flags);
  const model = namedModel(settings.model, flags.model === undefined ? 'the model of the run' : 'from --model');
  const workspace = workFolder(info.workspace ?? '', 'The workspace of the run');
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
    'No stopped session has agents that can continue. List the sessions with greenroom sessions.',
    { path: 'session' },
  );
}

function checkStopped(info: SessionInfo): void {
  if (info.state === 'ended') throw refusal(`${nameOf(info)} has ended.`, info);
  if (info.state === 'stopped') return;
  const { pid = '?', host = '' } = info.owner ?? {};
  const message = `Process ${pid} on ${host.split(' ')[0]} is running ${nameOf(info)}. Watch it with greenroom tail, answer it with greenroom answer, or end that process first.`;
  throw new GreenroomError('invalid_params', message, { path: 'session' });
}

/** Without a terminal, open questions would be denied and interrupted calls given up. That needs an explicit flag. */
function refuseLoss(info: SessionInfo, state: SessionState): void {
  const open = unanswered(state).length;
  const { interrupted } = state;
  if (open + interrupted.length === 0) return;
  const calls = `${counted(interrupted.length, 'call')} with an unknown outcome`;
  const what = [...(open > 0 ? [counted(open, 'open question')] : []), ...(interrupted.length > 0 ? [calls] : [])];
  const handle = sessionHandle(info.path, process.env);
  const message = `${nameOf(info)} has ${what.join(' and ')}, and there is no terminal to ask at. List them with greenroom relays ${handle} and answer with greenroom answer, wait for answers with --on-ask wait, or deny them with --on-ask deny.`;
  throw new GreenroomError('invalid_params', message, { path: '--on-ask' });
}

/**
 * Opens the session for writing and stores the settings under which it continues.
 * @throws GreenroomError `invalid_params` when another process opened it first.
 */
function claimed(
  info: SessionInfo,
  { settings, seq }: { readonly settings: RunSettings; readonly seq: number },
): Journal {
  const journal = owned(info.path, settings);
  if (journal.lastSeq === seq) return journal;
  journal.close({ unfinished: true });
  throw refusal(`Another process has just resumed ${nameOf(info)}.`, info);
}

function owned(path: string, settings: RunSettings): Journal {
  try {
    return sqliteJournal(path, { settings });
  } catch (cause) {
    throw new GreenroomError('invalid_params', messageOf(cause), { path: 'session', cause });
  }
}

function refusal(problem: string, { path }: SessionInfo): GreenroomError {
  const look = `Print it with greenroom replay ${sessionHandle(path, process.env)}.`;
  return new GreenroomError('invalid_params', `${problem} ${look}`, { path: 'session' });
}

const nameOf = ({ path }: SessionInfo): string => `session ${sessionHandle(path, process.env)}`;
