/** What `greenroom serve` serves: agents with all tools in a folder, or the demo. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { type AgentOrchestrator, checkModel, createGeneratorHarness, GreenroomError, parseRule } from '../index.ts';
import { type Journal, openSession, type SessionInfo, sqliteJournal } from '../journal/index.ts';
import { createActorWatch } from '../inspect/index.ts';
import type { ModelOption, ServedTeam } from '../server/index.ts';
import { briefFor } from './agent-brief.ts';
import { fillWithSample, findNodeFirst, copyOfSample } from './demo/sample.ts';
import { TASKS } from './demo/tasks.ts';
import { createDemoTeam, startCast } from './demo/team.ts';
import type { ServeFlags } from './flags.ts';
import { openLog } from './log.ts';
import { type RunModel, namedModel, runModel } from './run-model.ts';
import { newSettings, resumedSettings, type RunSettings, settingsOf } from './run-settings.ts';
import { prepareTeam } from './run-team.ts';
import { walledBash } from './sandbox.ts';
import { newJournal } from './sessions.ts';
import { sessionHandle } from './session-names.ts';
import { workFolder } from './work-folder.ts';

export interface Served {
  readonly team: ServedTeam;
  /** What a human has to know. */
  readonly notices: readonly string[];
  /** Stops the agents; what is recorded can go on later. */
  stop(): Promise<void>;
  /** What to say when all has stopped. */
  farewell(): readonly string[];
}

/** Words a second, where somebody watches. */
const PACE_MS = 25;
const DEMO: ModelOption = { id: 'demo', title: 'The demo: a scripted team, no key needed', goal: TASKS.lead };

/** The demo, waiting to be started, as often as one likes. */
export async function servedDemo(flags: ServeFlags): Promise<Served> {
  const bash = await walledBash(flags);
  const logger = await openLog(process.env);
  const workspace = await copyOfSample();
  findNodeFirst();
  const { journal: file } = flags;
  const about = { id: uuidv7(), title: 'the demo', workspace, env: process.env };
  const journal = file === undefined ? undefined : newJournal({ ...about, file });
  const watch = createActorWatch();
  const orchestrator = createDemoTeam({ workspace, paceMs: PACE_MS, logger, journal, inspect: watch.inspect });
  let isFresh = true;
  const start = () => {
    if (isAtWork(orchestrator)) {
      throw new GreenroomError(
        'invalid_params',
        'The demo is running. Wait until its agents are done, or end them first.',
      );
    }
    if (!isFresh) fillWithSample(workspace);
    isFresh = false;
    return startCast(orchestrator, bash.tool);
  };
  return {
    team: {
      orchestrator,
      start,
      models: [DEMO],
      workspace,
      actors: watch,
      ...(file === undefined ? {} : { journal: file }),
    },
    notices: [
      'Greenroom demo: the model is scripted; the files, the patches and the tests are real.',
      `The agents will work on a copy of a sample project in ${workspace}`,
      ...(bash.notice === undefined ? [] : [bash.notice]),
    ],
    stop: () => orchestrator.cleanup(),
    farewell: () => [`Folder   ${workspace}`],
  };
}

/**
 * Agents in a folder: of a new session, or of the one that `--journal` names, which goes on.
 * @throws GreenroomError for a rule, model, workspace or journal that cannot be used.
 */
export async function servedRun(flags: ServeFlags): Promise<Served> {
  for (const rule of flags.allow) parseRule(rule, '--allow');
  const before = flags.journal === undefined ? undefined : stoppedSession(flags.journal);
  const model =
    before === undefined ? await runModel(flags.model) : namedModel(flags.model ?? before.settings.model, 'as before');
  const settings = before === undefined ? newSettings(flags, model.name) : resumedSettings(before.settings, flags);
  if (before !== undefined && flags.workspace !== undefined) {
    const message = `--workspace: the session in ${before.info.path} goes on where it was, in ${before.info.workspace ?? ''}. Leave it out.`;
    throw new GreenroomError('invalid_params', message, { path: '--workspace' });
  }
  const workspace = workFolder(before?.info.workspace ?? flags.workspace ?? process.cwd(), '--workspace');
  const watch = createActorWatch();
  const team = await prepareTeam({
    settings,
    workspace,
    flags: { onAsk: 'wait', ...(flags.journal === undefined ? {} : { journal: flags.journal }) },
    inspection: { options: { inspect: watch.inspect }, notices: [], [Symbol.asyncDispose]: () => Promise.resolve() },
  });
  const journal = journalFor({ flags, before: before?.info, workspace, settings: team.settings });
  const orchestrator = await team.open(journal);
  const path = journal.files?.[0] ?? '';
  let wasAtWork = false;
  return {
    team: {
      orchestrator,
      workspace,
      journal: path,
      canSave: true,
      actors: watch,
      models: await modelOptions(model),
      start: ({ goal, name = 'agent', model: named }) => {
        if (named !== undefined) checkModel(named, { env: process.env });
        const messages = briefFor(goal, workspace);
        return [
          orchestrator.spawn({ name, messages, tools: team.tools, ...(named === undefined ? {} : { model: named }) }),
        ];
      },
    },
    notices: [model.notice, ...team.notices, `Agents work in ${workspace}. Everything is recorded in ${path}`],
    stop: async () => {
      wasAtWork = isAtWork(orchestrator);
      await (wasAtWork ? orchestrator.suspend() : orchestrator.cleanup());
    },
    farewell: () => [
      ...(wasAtWork ? [`Agents were at work. They go on with: greenroom serve --journal ${path}`] : []),
      `Look at it with: greenroom replay ${sessionHandle(path, process.env)}`,
    ],
  };
}

const isAtWork = (orchestrator: AgentOrchestrator): boolean =>
  orchestrator.agents().some(({ state }) => state !== 'done');

/** The model of the session first: it is what is meant when nobody chooses. */
async function modelOptions({ name }: RunModel): Promise<ModelOption[]> {
  const reachable = (await createGeneratorHarness().supportedModels?.()) ?? [];
  return [...new Set([name, ...reachable])].map((id) => ({ id, title: id }));
}

interface Stopped {
  readonly info: SessionInfo;
  readonly settings: RunSettings;
}

/** The session that a file holds, if it can go on. Whatever else it may be is told by whoever opens it. */
function stoppedSession(file: string): Stopped | undefined {
  if (!existsSync(file)) return undefined;
  try {
    using session = openSession(file);
    const info = session.info();
    return info.state === 'stopped' && info.lastSeq > 0 ? { info, settings: settingsOf(info) } : undefined;
  } catch (error) {
    if (error instanceof GreenroomError && error.path === 'session') throw error;
    return undefined;
  }
}

function journalFor(about: {
  readonly flags: ServeFlags;
  readonly before: SessionInfo | undefined;
  readonly workspace: string;
  readonly settings: RunSettings;
}): Journal {
  const { flags, before, workspace, settings } = about;
  if (before !== undefined) return sqliteJournal(before.path, { settings });
  const file = flags.journal === undefined ? undefined : resolve(flags.journal);
  return newJournal({ file, id: uuidv7(), title: 'greenroom serve', workspace, settings, env: process.env });
}
