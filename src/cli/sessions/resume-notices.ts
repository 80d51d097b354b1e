/** Notices printed before a session is resumed: its state, its permissions, its interrupted calls. */
import { formatRule, type Grant, type ParkedAgent } from '../../index.ts';
import type { Team } from '../../read-model/team.ts';
import type { SessionInfo } from '../../journal/index.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';
import { pathText } from '../../read-model/words.ts';
import { counted, duration } from '../output/text.ts';
import type { RunSettings } from '../run/settings.ts';
import { sessionHandle } from './files.ts';
import { type SessionState, unanswered } from './session-state.ts';

export interface ResumeNoticesOptions {
  readonly info: SessionInfo;
  readonly state: SessionState;
  /** The settings of the run, without the flags of this command. */
  readonly saved: RunSettings;
  /** The session was chosen because it was stopped last. */
  readonly isLatest: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One text a notice; a text may have several lines. */
export function resumeNotices({ info, state, saved, isLatest, now }: ResumeNoticesOptions): string[] {
  const handle = sessionHandle(info.path, process.env);
  const which = isLatest ? `${handle}, the session stopped last` : handle;
  const title = info.title === undefined ? '' : `: ${shortLine(info.title, 200)}`;
  return [
    `Resuming ${which}${title}`,
    `Last event ${duration(now - state.lastAt)} ago; ${agentsText(state)}. ${questionsText(state)}`,
    ...permissionsText({ state, saved, now }),
    ...interruptedText(state),
  ];
}

/** Says why an agent cannot continue. */
export function parkedNotice({ agentId, reason }: ParkedAgent, team: Team): string {
  return `Parked: ${pathText(team.agent(agentId)?.path ?? [agentId])} cannot continue. ${reason}`;
}

function agentsText({ live, team }: SessionState): string {
  const all = team.agents().length;
  return all === 1
    ? 'its agent continues'
    : `${live.length} of its ${all} agents ${live.length === 1 ? 'continues' : 'continue'}`;
}

function questionsText(state: SessionState): string {
  const open = unanswered(state).length;
  const answered = state.open.length - open;
  const waits = open === 0 ? 'No question is open' : `${counted(open, 'question')} ${open === 1 ? 'is' : 'are'} open`;
  if (answered === 0) return `${waits}.`;
  return `${waits}; ${counted(answered, 'answer')} recorded meanwhile ${answered === 1 ? 'takes' : 'take'} effect now.`;
}

function permissionsText(of: Pick<ResumeNoticesOptions, 'state' | 'saved' | 'now'>): string[] {
  const { state, saved, now } = of;
  const grants = state.team
    .grants()
    .filter(({ expiresAt = Infinity, usesLeft = 1 }) => expiresAt > now && usesLeft > 0);
  const lines = [
    ...saved.allow.map((rule) => `  ${visibleLine(rule)}: with --allow`),
    ...grants.map((grant) => `  ${grantText(grant, state.team, now)}`),
  ];
  return lines.length === 0 ? [] : [['Permissions given earlier are in force again:', ...lines].join('\n')];
}

function grantText({ permission, scope, agentId, by, expiresAt, usesLeft }: Grant, team: Team, now: number): string {
  const agent = pathText(team.agent(agentId)?.path ?? [agentId]);
  const whom = scope === 'all' ? 'every agent' : scope === 'agent' ? agent : `${agent} and its subagents`;
  const uses = usesLeft === undefined ? '' : `, ${counted(usesLeft, 'more use')}`;
  const time = expiresAt === undefined ? '' : `, for ${duration(expiresAt - now)} more`;
  return `${visibleLine(formatRule(permission))}: for ${whom}${uses}${time}, by ${by === 'human' ? 'you' : visibleLine(by)}`;
}

function interruptedText({ interrupted }: SessionState): string[] {
  if (interrupted.length === 0) return [];
  const calls = counted(interrupted.length, 'call');
  const was = interrupted.length === 1 ? 'was' : 'were';
  const first = `${calls} ${was} interrupted, with an unknown outcome. You are asked before a call runs again:`;
  const lines = interrupted.map(({ path, tool, input }) => `  ${pathText(path)}: ${callLabel(tool, input)}`);
  return [[first, ...lines].join('\n')];
}
