/** The actor system and its stream, wired together: machines, actors, stream and journal meet here. */
import { type Actor, type ActorRefFrom, createActor, type SnapshotFrom } from 'xstate';
import { runtimeMachine } from '../actors/implementations.ts';
import { createPacer } from '../actors/pacer.ts';
import { registerServices } from '../actors/services.ts';
import { createWorkTracker, type WorkTracker } from '../actors/work-tracker.ts';
import type { AgentState, Envelope, HarnessEvent } from '../events.ts';
import type { agentMachine } from '../machines/agent.ts';
import { openCalls } from '../machines/agent-context.ts';
import type { orchestratorMachine } from '../machines/orchestrator.ts';
import { ownFiles } from '../permissions/paths/user-folders.ts';
import { createSnapshotMerge, type Living, type SnapshotMerge } from '../stream/snapshots.ts';
import { createStream, type EventStream } from '../stream/stream.ts';
import { FileTime } from '../tools/file-time.ts';
import { logEntries, logTransitions } from './log-entries.ts';
import type { Recovered } from './open-session.ts';
import type { EffectiveOptions } from './options.ts';
import { Projections } from './projections.ts';

export type AgentRef = ActorRefFrom<typeof agentMachine>;

export interface System {
  /** Not started yet. */
  readonly root: Actor<typeof orchestratorMachine>;
  readonly stream: EventStream;
  readonly snapshots: SnapshotMerge;
  readonly projections: Projections;
  /** Agents that have not ended, by id. */
  readonly live: ReadonlyMap<string, AgentRef>;
  /** Work that outlives its actor. */
  readonly tracker: WorkTracker;
  /** The orchestrator's own files, which no rule lets an agent change. */
  readonly own: readonly string[];
}

export interface SystemOptions {
  readonly options: EffectiveOptions;
  readonly recovered: Recovered | undefined;
  /** Called with every entry as it is recorded, before readers see it. */
  readonly onEntry: (entry: Envelope) => void;
  /** The journal has failed: nothing more is recorded. */
  readonly onFailure: () => void;
  /** Describes the present state for a reader that fell too far behind. */
  readonly resync: () => HarnessEvent;
}

// oxlint-disable-next-line eslint/max-lines-per-function -- the wiring reads in one piece: each part is handed to the next
export function createSystem({ options, recovered, onEntry, onFailure, resync }: SystemOptions): System {
  const { clock, ids, journal, logger, logging, inspect, policy, onAsk, scheduler, machines } = options;
  const projections = recovered?.projections ?? new Projections();
  const fileTime = recovered?.fileTime ?? new FileTime();
  const tracker = createWorkTracker();
  const live = new Map<string, AgentRef>();
  const own = ownFiles(journal.files);
  const logEntry = logging ? logEntries(logger, projections.team) : undefined;
  const stream: EventStream = createStream({
    journal,
    now: () => clock.now(),
    isBusy: () => live.size > 0,
    onEntry: (entry) => {
      projections.apply(entry);
      if (entry.event.type === 'harness_end') {
        live.delete(entry.agentId);
        fileTime.forget(entry.agentId);
      }
      onEntry(entry);
      logEntry?.(entry);
    },
    onFailure: (error) => {
      logger.error({ error: error.message }, 'the journal failed');
      projections.outcomes.endAll('failed', error.message);
      onFailure();
    },
    resync,
  });
  const snapshots = createSnapshotMerge(
    () => living(live),
    () => clock.now(),
  );
  const inspectors = [logging ? logTransitions(logger, projections.team) : undefined, inspect].filter(
    (one) => one !== undefined,
  );
  const root = createActor(runtimeMachine(machines), {
    input: { policy, onAsk, ...resumedSession(recovered) },
    clock,
    ...(inspectors.length === 0
      ? {}
      : {
          inspect: (event) => {
            for (const inspector of inspectors) inspector(event);
          },
        }),
  });
  registerServices(root.system, {
    clock,
    ids,
    own,
    tracker,
    pacer: createPacer(),
    fileTime,
    isRecording: () => stream.isRecording,
    ...(scheduler === undefined ? {} : { scheduler }),
    onBirth: (actor, birth) => {
      if (birth.kind === 'agent') {
        const { agentId: runId, parentId } = birth;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an actor of the agent machine
        live.set(runId, actor as AgentRef);
        stream.attach(actor, parentId === undefined ? { runId } : { runId, parentId });
      } else stream.attach(actor);
      if (birth.kind === 'leaf') return;
      const { kind: _kind, ...whose } = birth;
      snapshots.born({ actor, ...whose });
    },
  });
  stream.attach(root);
  root.subscribe({ error: (error) => logger.error({ error: String(error) }, 'the root actor failed') });
  return { root, stream, snapshots, projections, live, tracker, own };
}

/** The top state of an agent's chart: what people are shown. */
export function topState({ value, status }: Pick<SnapshotFrom<typeof agentMachine>, 'value' | 'status'>): AgentState {
  if (status !== 'active') return 'done';
  return typeof value === 'string' ? value : 'running'; // the only compound state
}

/** The agents that live, each followed by its calls. */
function* living(live: ReadonlyMap<string, AgentRef>): Generator<Living> {
  for (const [agentId, agent] of live) {
    const { context, children } = agent.getSnapshot();
    const { parentId } = context.spec.identity;
    const parent = parentId === undefined ? {} : { parentId };
    yield { actor: agent, agentId, ...parent };
    for (const { actorId, call } of openCalls(context)) {
      const actor = children[actorId];
      if (actor !== undefined) yield { actor, agentId, callId: call.id, ...parent };
    }
  }
}

/** What the root actor of a resumed session starts from. */
function resumedSession(recovered: Recovered | undefined) {
  if (recovered === undefined || recovered.resumed === 0) return {};
  const { orchestrator, resumed: count, parked, answered } = recovered;
  return { saved: { ...orchestrator, count, parked, answered } };
}
