/** `greenroom run`: one agent with all tools and a goal. */
import { v7 as uuidv7 } from 'uuid';
import { parseRule } from '../index.ts';
import { briefFor } from './agent-brief.ts';
import type { RunFlags } from './flags.ts';
import { openInspection } from './inspection.ts';
import { openConsole } from './run-console.ts';
import { runModel } from './run-model.ts';
import { newSettings } from './run-settings.ts';
import { prepareTeam } from './run-team.ts';
import { runSession } from './session.ts';
import { resumeCommandOf } from './session-names.ts';
import { newJournal } from './sessions.ts';
import { workFolder } from './work-folder.ts';

/**
 * Runs a goal to its end, or until it is stopped; resolves with the exit code.
 * @throws GreenroomError for a rule, model or workspace that cannot be used; nothing was started then.
 */
export async function runCommand(goal: string, flags: RunFlags): Promise<number> {
  for (const rule of flags.allow) parseRule(rule, '--allow');
  const workspace = workFolder(flags.workspace ?? process.cwd(), '--workspace');
  const model = await runModel(flags.model);
  await using inspection = await openInspection(flags);
  const team = await prepareTeam({ settings: newSettings(flags, model.name), workspace, flags, inspection });
  const { view, show } = team;
  const id = uuidv7();
  const about = { file: flags.journal, id, title: goal, workspace, env: process.env };
  const journal = newJournal({ ...about, settings: team.settings });
  const orchestrator = await team.open(journal);
  await using shown = await openConsole(flags.console, {
    orchestrator,
    tools: team.tools,
    workspace,
    journal: journal.files?.[0] ?? '',
    model: model.name,
    actors: inspection.actors,
  });
  for (const notice of [model.notice, ...team.notices, ...shown.notices]) view.notice(notice);
  orchestrator.spawn({
    name: 'agent',
    messages: briefFor(goal, workspace),
    tools: team.tools,
  });
  return await runSession({
    orchestrator,
    view,
    output: process.stdout,
    resumeWith: () => resumeCommandOf(journal.files?.[0] ?? '', process.env),
    ...(show.interactive ? { human: show.human(orchestrator, true) } : {}),
  });
}
