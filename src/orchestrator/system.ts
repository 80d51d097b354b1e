/** The actor system and its stream, wired together: the one place where machines, actors, stream and journal meet. */
import { type Actor, type ActorRefFrom, type AnyActorRef, createActor } from 'xstate';
import { Account } from './projections.ts';
import { createCast } from '../actors/implementations.ts';
import { createWorkTracker, type WorkTracker } from '../actors/work-tracker.ts';
import type { Envelope, HarnessEvent } from '../events.ts';
import { logEntries, logTransitions } from './log-entries.ts';
import type { agentMachine } from '../machines/agent.ts';
import type { orchestratorMachine } from '../machines/orchestrator.ts';
import type { EffectiveOptions } from './options.ts';
import { ownFiles } from '../permissions/paths/user-folders.ts';
import type { Recovered } from './open-session.ts';
import { createStream, type EventStream } from '../stream/stream.ts';
import { FileTime } from '../tools/file-time.ts';

export type AgentRef = ActorRefFrom<typeof agentMachine>;

export interface System {
  /** Not started yet. */
  readonly root: Actor<typeof orchestratorMachine>;
  readonly stream: EventStream;
  readonly account: Account;
  /** Agents that have not ended, by their ids. */
  readonly live: ReadonlyMap<string, AgentRef>;
  /** Work that outlives its actor. */
  readonly tracker: WorkTracker;
  /** What nobody but a human may change, besides what is protected anyway. */
  readonly own: readonly string[];
}

export interface SystemOptions {
  readonly options: EffectiveOptions;
  readonly recovered: Recovered | undefined;
  /** Sees every entry as it is recorded, before readers do. */
  readonly onEntry: (entry: Envelope) => void;
  /** The journal has failed: nothing more is recorded. */
  readonly onFailure: () => void;
  /** Describes the present for a reader that fell too far behind. */
  readonly resync: () => HarnessEvent;
}

export function createSystem({ options, recovered, onEntry, onFailure, resync }: SystemOptions): System {
  const { clock, ids, journal, logger, logging, inspect, policy, onAsk, scheduler } = options;
  const account = recovered?.account ?? new Account();
  const fileTime = recovered?.fileTime ?? new FileTime();
  const tracker = createWorkTracker();
  const live = new Map<string, AgentRef>();
  const own = ownFiles(journal.files);
  const isRecording = () => stream.isRecording;
  const cast = createCast({
    clock,
    ids,
    own,
    tracker,
    fileTime,
    isRecording,
    ...(scheduler === undefined ? {} : { scheduler }),
  });
  const isAgent = (actor: AnyActorRef) => 'logic' in actor && actor.logic === cast.agent;
  const logEntry = logging ? logEntries(logger, account.team) : undefined;
  const logTransition = logging ? logTransitions({ logger, team: account.team, isAgent }) : undefined;
  const stream: EventStream = createStream({
    journal,
    now: () => clock.now(),
    isBusy: () => live.size > 0,
    isAgent: (actor) => {
      if (!isAgent(actor)) return undefined;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by its logic
      live.set(actor.id, actor as AgentRef);
      return { origin: () => originOf(account, actor.id) };
    },
    onEntry: (entry) => {
      account.apply(entry);
      if (entry.event.type === 'harness_end') {
        live.delete(entry.agentId);
        fileTime.forget(entry.agentId);
      }
      onEntry(entry);
      logEntry?.(entry);
    },
    onFailure: (error) => {
      logger.error({ error: error.message }, 'the journal failed');
      account.outcomes.endAll('failed', error.message);
      onFailure();
    },
    resync,
  });
  const root = createActor(cast.orchestrator, {
    input: { policy, onAsk, ...returnOf(recovered) },
    clock,
    inspect: (event) => {
      stream.inspect(event);
      logTransition?.(event);
      inspect?.(event);
    },
  });
  root.subscribe({ error: (error) => logger.error({ error: String(error) }, 'the root actor failed') });
  return { root, stream, account, live, tracker, own };
}

/** What the root actor is told of a session that was resumed. */
function returnOf(recovered: Recovered | undefined) {
  if (recovered === undefined || recovered.resumed === 0) return {};
  const { orchestrator, resumed: count, parked, answered } = recovered;
  return { saved: { ...orchestrator, count, parked, answered } };
}

function originOf({ team }: Account, runId: string): { readonly runId: string; readonly parentId?: string } {
  const parentId = team.agent(runId)?.parentId;
  return parentId === undefined ? { runId } : { runId, parentId };
}
