/** What a human is told before a run goes on: where it stood, and what holds again. */
import { formatRule, type Grant, type ParkedAgent } from '../index.ts';
import type { Team } from '../read-model/team.ts';
import type { SessionInfo } from '../journal/index.ts';
import { callLabel } from '../read-model/call-text.ts';
import { counted, duration } from './counted.ts';
import { pathText } from './question-view.ts';
import type { RunSettings } from './run-settings.ts';
import { sessionHandle } from './session-names.ts';
import { type SessionState, unanswered } from './session-state.ts';
import { shortLine } from '../text/columns.ts';
import { visibleLine } from '../text/visible.ts';

export interface ResumeNoticesOptions {
  readonly info: SessionInfo;
  readonly state: SessionState;
  /** Of the run, before the flags of this command. */
  readonly saved: RunSettings;
  /** Nobody named the session. */
  readonly isLatest: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One text for each thing to say; a text may have several lines. */
export function resumeNotices({ info, state, saved, isLatest, now }: ResumeNoticesOptions): string[] {
  const handle = sessionHandle(info.path, process.env);
  const which = isLatest ? `${handle}, the session that was stopped last` : handle;
  const title = info.title === undefined ? '' : `: ${shortLine(info.title, 200)}`;
  return [
    `Resuming ${which}${title}`,
    `The last thing happened ${duration(now - state.lastAt)} ago; ${agentsText(state)}. ${questionsText(state)}`,
    ...permissionsText({ state, saved, now }),
    ...interruptedText(state),
  ];
}

/** Why an agent cannot go on. */
export function parkedNotice({ agentId, reason }: ParkedAgent, team: Team): string {
  return `Parked: ${pathText(team.agent(agentId)?.path ?? [agentId])} cannot go on. ${reason}`;
}

function agentsText({ live, team }: SessionState): string {
  const all = team.agents().length;
  return all === 1 ? 'its agent goes on' : `${live.length} of its ${all} agents go on`;
}

function questionsText(state: SessionState): string {
  const open = unanswered(state).length;
  const answered = state.open.length - open;
  const waits = open === 0 ? 'No question is open' : `${counted(open, 'question')} ${open === 1 ? 'is' : 'are'} open`;
  if (answered === 0) return `${waits}.`;
  return `${waits}; ${answered} ${answered === 1 ? 'was' : 'were'} answered meanwhile, which counts now.`;
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
  return lines.length === 0 ? [] : [['Permissions that were given earlier hold again:', ...lines].join('\n')];
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
  const first = `${calls} may or may not have had ${interrupted.length === 1 ? 'its' : 'their'} effect when the process ended. Nothing is run again unasked:`;
  const lines = interrupted.map(({ path, tool, input }) => `  ${pathText(path)}: ${callLabel(tool, input)}`);
  return [[first, ...lines].join('\n')];
}
