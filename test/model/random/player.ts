/** Plays a random play on the real orchestrator, and keeps all that can be said of it afterwards. */
import { setImmediate as nextRound } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { AnyActorRef } from 'xstate';
import {
  type AgentOrchestrator,
  agentTool,
  type Envelope,
  type Grant,
  GreenroomError,
  type PendingRelay,
  type RelayAnswer,
} from '../../../src/index.ts';
import { createTeam } from '../../../src/read-model/team.ts';
import { TestScheduler, seededIds, virtualClock } from '../../../src/testing/index.ts';
import { watchedJournal } from '../../../src/testing/team-options.ts';
import { playedTeam } from '../../support/played-model.ts';
import type { Move, Play } from './play.ts';
import { playedScript, taskOf } from './script.ts';
import { type Run, toolsOf } from './tools.ts';

/** An answer of which the orchestrator said that it counts. */
export interface Accepted {
  readonly relayId: string;
  readonly answer: RelayAnswer;
}

export interface Played {
  readonly play: Play;
  readonly entries: readonly Envelope[];
  readonly runs: readonly Run[];
  readonly accepted: readonly Accepted[];
  /** Where the API said something that was not so. */
  readonly untruths: readonly string[];
  /** Where the fold of the stream was not what the orchestrator said of itself. */
  readonly differences: readonly string[];
  readonly actorsLeft: number;
  readonly timersLeft: number;
}

/** Moves after which a play that goes on by itself is stopped. */
const PATIENCE = 300;

export async function perform(play: Play): Promise<Played> {
  return await new Player(play).run();
}

class Player {
  readonly #play: Play;
  readonly #clock = virtualClock();
  readonly #scheduler = new TestScheduler();
  readonly #actors = new Set<AnyActorRef>();
  readonly #entries: Envelope[] = [];
  readonly #fold = createTeam();
  readonly #runs: Run[] = [];
  readonly #accepted: Accepted[] = [];
  readonly #untruths: string[] = [];
  readonly #differences: string[] = [];
  readonly #team: AgentOrchestrator;
  #roots = 0;
  #isOpen = true;

  constructor(play: Play) {
    this.#play = play;
    this.#team = playedTeam(playedScript(), {
      maxIterations: 3,
      retry: { maxAttempts: 2, baseMs: 50 },
      permissions: play.policy,
      onAsk: play.onAsk,
      limits: { maxDepth: 2 },
      clock: this.#clock,
      ids: seededIds(),
      scheduler: this.#scheduler,
      journal: watchedJournal((entry) => {
        this.#entries.push(entry);
        this.#fold.apply(entry);
      }),
      inspect: (event) => {
        if (event.type === '@xstate.actor') this.#actors.add(event.actorRef as AnyActorRef);
      },
    });
  }

  async run(): Promise<Played> {
    const made: Promise<void>[] = [];
    this.#spawn();
    await this.#rest();
    for (const move of this.#play.moves) {
      const rests = move.rests || move.kind === 'let all in';
      // the scheduler goes on to the end of a step; only then may it be opened
      if (move.kind === 'cleanup') await Promise.all(made);
      made.push(this.#make(move));
      if (rests) {
        await made.at(-1);
        await this.#rest();
      }
      this.#compare(rests);
    }
    await Promise.all(made);
    if (this.#play.goesOn) await this.#goOn();
    await this.#close();
    this.#compare();
    return {
      play: this.#play,
      entries: this.#entries,
      runs: this.#runs,
      accepted: this.#accepted,
      untruths: this.#untruths,
      differences: this.#differences,
      actorsLeft: [...this.#actors].filter((actor) => actor.getSnapshot().status === 'active').length,
      timersLeft: this.#clock.pending,
    };
  }

  /** Does it, and checks that what the API says of it is so. */
  async #make(move: Move): Promise<void> {
    const { pick } = move;
    switch (move.kind) {
      case 'let in': {
        const arrival = oneOf(this.#scheduler.ready, pick);
        return arrival === undefined ? undefined : this.#scheduler.release(arrival);
      }
      case 'let all in':
        for (let round = 0; round < 30 && this.#scheduler.ready.length > 0; round += 1) {
          for (const arrival of this.#scheduler.ready) await this.#scheduler.release(arrival);
        }
        return undefined;
      case 'answer': {
        const relay = oneOf(this.#team.getPendingRelays(), pick);
        return relay === undefined ? undefined : this.#resolve(relay, move.answer);
      }
      case 'answer late':
        return this.#answerLate(oneOf(this.#accepted, pick)?.relayId ?? 'unknown');
      case 'pass':
        return this.#clock.advance(move.ms);
      case 'revoke':
        return this.#revoke(pick);
      case 'kill':
        return this.#kill(this.#starter(pick) ?? this.#anyAgent(pick));
      case 'say':
        return this.#say(this.#anyAgent(pick));
      case 'spawn':
        return this.#spawn();
      case 'cleanup':
        return this.#close();
      default:
        return move satisfies never;
    }
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    // it finds everything as it stands: what has come and was not let in is too late
    const closed = this.#team.cleanup();
    this.#scheduler.open();
    await closed;
  }

  #spawn(): void {
    const root = this.#play.roots[this.#roots];
    if (root === undefined) return;
    const { permissions, maxDurationMs } = root;
    const params = {
      messages: [{ role: 'user' as const, content: taskOf(root) }],
      tools: [agentTool, ...toolsOf(this.#clock, (run) => void this.#runs.push(run))],
      permissions,
      ...(maxDurationMs === undefined ? {} : { limits: { maxDurationMs } }),
    };
    const said = codeOf(() => this.#team.spawn(params));
    this.#expect('spawn', said, this.#isOpen ? 'done' : 'closed');
    this.#roots += 1;
  }

  #resolve(relay: PendingRelay, answer: RelayAnswer): void {
    const fits = !answer.approved || answer.input === undefined || fitsTool(relay.tool, answer.input);
    const counts = this.#team.resolveRelay(relay.id, answer);
    this.#expect('answer', counts, this.#isOpen && fits);
    if (!counts) return;
    this.#accepted.push({ relayId: relay.id, answer });
    this.#expect('second answer', this.#team.resolveRelay(relay.id, { approved: true }), false);
  }

  #answerLate(relayId: string): void {
    const before = this.#entries.length;
    this.#expect('late answer', this.#team.resolveRelay(relayId, { approved: true, always: true }), false);
    this.#expect('entries after a late answer', this.#entries.length, before);
  }

  #revoke(pick: number): void {
    const grant = oneOf(this.#team.grants.list(), pick);
    this.#expect('revoke', this.#team.grants.revoke(grant?.id ?? 'unknown'), this.#isOpen && grant !== undefined);
    this.#expect('revoke again', this.#team.grants.revoke(grant?.id ?? 'unknown'), false);
  }

  #kill(id: string): void {
    const before = this.#entries.length;
    const wasDone = this.#isDone(id);
    this.#team.kill(id);
    if (wasDone) this.#expect('entries after the kill of one that had ended', this.#entries.length, before);
  }

  #say(id: string): void {
    const before = this.#entries.length;
    const wasDone = this.#isDone(id);
    const isHeard = this.#team.send(id, 'hurry');
    if (wasDone) this.#expect('send to one that had ended', isHeard, false);
    this.#expect('entries after a send', this.#entries.length, before + Number(isHeard));
  }

  /** By itself, for as long as something can happen; whoever hangs is stopped by the cleanup that follows. */
  async #goOn(): Promise<void> {
    await this.#rest();
    for (let move = 0; move < PATIENCE; move += 1) {
      const [arrival] = this.#scheduler.ready;
      const [relay] = this.#team.getPendingRelays();
      if (arrival !== undefined) await this.#scheduler.release(arrival);
      else if (relay !== undefined) this.#resolve(relay, move % 3 === 0 ? { approved: false } : { approved: true });
      else if (!this.#clock.fireNext()) return;
      await this.#rest();
      this.#compare();
    }
  }

  /** Until nothing more happens by itself. */
  async #rest(): Promise<void> {
    // once everything is let in at once there is nothing to wait for but its own steps
    if (this.#isOpen) await this.#scheduler.settle();
    else await nextRound();
  }

  #compare(hasRested = true): void {
    const now = this.#clock.now();
    // a use is told with the start of its call, which the last look comes before
    const isStarting = !hasRested || this.#scheduler.ready.some(({ kind }) => kind === 'verify');
    // and nobody tells of time that passes
    const shown = (grants: readonly Grant[]) =>
      grants.filter(({ expiresAt = now + 1, usesLeft }) => now < expiresAt && !(isStarting && usesLeft !== undefined));
    // what "always" would release is said as of the asking, and looked up anew by getPendingRelays()
    const bare = (relays: readonly PendingRelay[]) => relays.map(({ releases: _then, ...relay }) => relay);
    const [team, fold] = [this.#team, this.#fold];
    const told = { agents: fold.agents(), relays: bare(fold.relays()), grants: shown(fold.grants()) };
    const real = { agents: team.agents(), relays: bare(team.getPendingRelays()), grants: shown(team.grants.list()) };
    if (isDeepStrictEqual(told, real)) return;
    this.#differences.push(`told ${JSON.stringify(told)}, and there was ${JSON.stringify(real)}`);
  }

  #expect(what: string, said: unknown, so: unknown): void {
    if (said !== so) this.#untruths.push(`${what}: ${String(said)}, and not ${String(so)}`);
  }

  /** Half of those who are killed have a call that is about to start. */
  #starter(pick: number): string | undefined {
    const starts = this.#scheduler.ready.filter(({ kind }) => kind === 'verify');
    return pick % 2 === 0 ? undefined : oneOf(starts, pick)?.id.split('/')[0];
  }

  #anyAgent(pick: number): string {
    return oneOf(this.#team.agents(), pick)?.id ?? 'unknown';
  }

  #isDone(id: string): boolean {
    return (this.#team.agents().find((agent) => agent.id === id)?.state ?? 'done') === 'done';
  }
}

const oneOf = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

/** An edit is for one of our tools, about something that has a name. */
const fitsTool = (tool: string, input: unknown): boolean =>
  tool !== 'agent' && typeof input === 'object' && input !== null && 'item' in input && typeof input.item === 'string';

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return error instanceof GreenroomError ? error.code : String(error);
  }
}
