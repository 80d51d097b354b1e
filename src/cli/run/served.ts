/** The team behind `greenroom serve`: agents with all tools in a folder, or the demo. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { type AgentOrchestrator, checkModel, createGeneratorHarness, GreenroomError, parseRule } from '../../index.ts';
import { type Journal, openSession, type SessionInfo, sqliteJournal } from '../../journal/index.ts';
import { createActorWatch } from '../../inspect/index.ts';
import type { ModelOption, ServedTeam } from '../../server/index.ts';
import { TASKS } from '../demo/model.ts';
import { createDemoTeam, startAgents } from '../demo/team.ts';
import { copyOfSample, demoJournal, fillWithSample, putOwnNodeFirst } from '../demo/workspace.ts';
import type { AgentFlags } from '../options.ts';
import { newJournal, sessionHandle } from '../sessions/files.ts';
import { openLog } from './log.ts';
import { prepareTeam } from './run-team.ts';
import { newSettings, resumedSettings, type RunSettings, settingsOf } from './settings.ts';
import { briefFor, namedModel, type RunModel, runModel, workFolder } from './start.ts';
import { chooseBash } from './tools.ts';

export interface ServedFlags extends AgentFlags {
  readonly journal?: string;
}

export interface Served {
  readonly team: ServedTeam;
  /** Printed before the address. */
  readonly notices: readonly string[];
  /** Stops the agents. A recorded session can continue later. */
  stop(): Promise<void>;
  /** Printed after everything has stopped. */
  farewell(): readonly string[];
}

/** Pause between words, in milliseconds. */
const PACE_MS = 25;
const DEMO: ModelOption = { id: 'demo', title: 'The demo: a scripted team, no key needed', goal: TASKS.lead };

/** The demo. It starts on request and can be started again after it ends. */
export async function servedDemo(flags: ServedFlags): Promise<Served> {
  const bash = await chooseBash(flags);
  const logger = await openLog(process.env);
  const workspace = await copyOfSample();
  putOwnNodeFirst();
  const journal = demoJournal(flags.journal, workspace);
  const watch = createActorWatch();
  const orchestrator = createDemoTeam({ workspace, paceMs: PACE_MS, logger, journal, inspect: watch.inspect });
  let isFresh = true;
  const start = () => {
    if (isAtWork(orchestrator)) {
      throw new GreenroomError('invalid_params', 'The demo is running. Wait until its agents end, or end them first.');
    }
    if (!isFresh) fillWithSample(workspace);
    isFresh = false;
    return startAgents(orchestrator, bash.tool);
  };
  return {
    team: {
      orchestrator,
      start,
      models: [DEMO],
      workspace,
      actors: watch,
      ...(flags.journal === undefined ? {} : { journal: flags.journal }),
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
 * Agents in a folder: a new session, or the continued session of `--journal`.
 * @throws GreenroomError for an invalid rule, model, workspace or journal.
 */
export async function servedRun(flags: ServedFlags): Promise<Served> {
  for (const rule of flags.allow) parseRule(rule, '--allow');
  const before = flags.journal === undefined ? undefined : stoppedSession(flags.journal);
  const model =
    before === undefined
      ? await runModel(flags.model)
      : namedModel(flags.model ?? before.settings.model, 'the model of the session');
  const settings = before === undefined ? newSettings(flags, model.name) : resumedSettings(before.settings, flags);
  if (before !== undefined && flags.workspace !== undefined) {
    const message = `--workspace: the session in ${before.info.path} continues in its own workspace, ${before.info.workspace ?? ''}. Remove the option.`;
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
    notices: [model.notice, ...team.notices, `Workspace: ${workspace}. Journal: ${path}`],
    stop: async () => {
      wasAtWork = isAtWork(orchestrator);
      await (wasAtWork ? orchestrator.suspend() : orchestrator.cleanup());
    },
    farewell: () => [
      ...(wasAtWork ? [`Agents were running. Continue with: greenroom serve --journal ${path}`] : []),
      `Print the session with: greenroom replay ${sessionHandle(path, process.env)}`,
    ],
  };
}

const isAtWork = (orchestrator: AgentOrchestrator): boolean =>
  orchestrator.agents().some(({ state }) => state !== 'done');

/** The model of the session comes first: it is the default of the start form. */
async function modelOptions({ name }: RunModel): Promise<ModelOption[]> {
  const reachable = (await createGeneratorHarness().supportedModels?.()) ?? [];
  return [...new Set([name, ...reachable])].map((id) => ({ id, title: id }));
}

interface Stopped {
  readonly info: SessionInfo;
  readonly settings: RunSettings;
}

/** The stopped session in a file. For any other file, opening the journal reports the problem. */
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
  readonly flags: ServedFlags;
  readonly before: SessionInfo | undefined;
  readonly workspace: string;
  readonly settings: RunSettings;
}): Journal {
  const { flags, before, workspace, settings } = about;
  if (before !== undefined) return sqliteJournal(before.path, { settings });
  const file = flags.journal === undefined ? undefined : resolve(flags.journal);
  return newJournal({ file, id: uuidv7(), title: 'greenroom serve', workspace, settings, env: process.env });
}
