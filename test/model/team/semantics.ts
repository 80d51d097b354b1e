/**
 * The semantics of a team, small enough to be read: which acts do something in which situation, and what. Pure; the real
 * system is walked along it, step by step.
 */
import { type Act, type Agent, agentOf, type Call, type Cast, callsOf, isRoot, type World } from './world.ts';

/** Turns that an agent has before the last one, in which it may only sum up. */
export const TURNS = 2;

const isClosing = ({ turn }: Agent): boolean => turn > TURNS;

export const lives = ({ agents }: World, name: string): boolean => name in agents && agents[name]?.phase !== 'done';

/** Whether the act does anything. Whoever tries one that does not is told so, and nothing changes. */
export function isEnabled(cast: Cast, world: World, act: Act): boolean {
  const { agents, calls, relays, grants, open } = world;
  switch (act.type) {
    case 'spawn':
      return open && !(act.agent in agents);
    case 'turn':
    case 'turn fails':
      return agents[act.agent]?.phase === 'thinking';
    case 'kill':
      return lives(world, act.agent);
    case 'message':
      return lives(world, act.agent) && !isClosing(agentIn(world, act.agent));
    case 'answer':
      return relays.includes(act.call) && act.how !== 'edit into nonsense';
    case 'tool ends':
    case 'tool fails':
      return calls[act.call]?.phase === 'running';
    case 'hire returns':
      return calls[act.call]?.phase === 'running' && agents[cast.hires[act.call] ?? '']?.phase === 'done';
    case 'revoke':
      return open && grants.includes(act.call);
    case 'cleanup':
      return open;
    default:
      return act satisfies never;
  }
}

/** The situation after an act; what it was, when the act does nothing. */
export function step(cast: Cast, world: World, act: Act): World {
  const next = new Step(cast, world);
  if (isEnabled(cast, world, act)) next.take(act);
  return next.world;
}

/** One step on a copy of the world. */
class Step {
  readonly world: World;
  readonly #cast: Cast;

  constructor(cast: Cast, world: World) {
    this.#cast = cast;
    this.world = { ...structuredClone(world), told: [] };
  }

  take(act: Act): void {
    switch (act.type) {
      case 'spawn':
        return this.#begin(act.agent);
      case 'turn':
        return this.#turn(act.agent);
      case 'turn fails':
        this.#tell(`${act.agent} errs`);
        return this.#end(act.agent, 'failed');
      case 'kill':
        return this.#stop(act.agent);
      case 'message':
        agentIn(this.world, act.agent).mail = true;
        return this.#tell(`${act.agent} is told`);
      case 'answer':
        return this.#answer(act.call, act.how);
      case 'tool ends':
        return this.#settle(act.call, 'ok');
      case 'tool fails':
        return this.#settle(act.call, 'error');
      case 'hire returns':
        return this.#settle(act.call, this.#outcomeOf(act.call));
      case 'revoke':
        this.world.grants = this.world.grants.filter((grant) => grant !== act.call);
        return this.#tell(`grant of ${act.call} revoked`);
      case 'cleanup':
        this.world.open = false;
        for (const name of Object.keys(this.#cast.agents)) if (isRoot(this.#cast, name)) this.#stop(name);
        return undefined;
      default:
        return act satisfies never;
    }
  }

  #tell(what: string): void {
    this.world.told.push(what);
  }

  #begin(agent: string): void {
    this.world.agents[agent] = { phase: 'thinking', turn: 1, mail: false };
    this.#tell(`${agent} starts`);
    this.#tell(`${agent} is asked`);
  }

  /** A model has answered. */
  #turn(name: string): void {
    const agent = agentIn(this.world, name);
    this.#tell(`${name} turn ${agent.turn}`);
    const calls = agent.turn === 1 ? callsOf(this.#cast, name) : [];
    if (calls.length > 0) {
      agent.phase = 'acting';
      for (const call of calls) this.#call(call);
    } else if (isClosing(agent)) this.#end(name, 'limited');
    else if (agent.mail) this.#openTurn(name);
    else this.#end(name, 'completed');
  }

  /** The model sees what was sent meanwhile. */
  #openTurn(name: string): void {
    const agent = agentIn(this.world, name);
    this.#tell(`${name} is asked${agent.mail ? ', with a word' : ''}`);
    agent.phase = 'thinking';
    agent.turn += 1;
    agent.mail = false;
  }

  /** All calls of a turn are checked at once: allowed ones start, the others wait side by side. */
  #call(call: string): void {
    this.#tell(`${call} is called`);
    const child = this.#cast.hires[call];
    if (child !== undefined) {
      this.#start(call, 'rule');
      this.#begin(child);
    } else if (this.world.grants.length > 0) this.#start(call, 'grant');
    else {
      this.world.calls[call] = { phase: 'waiting' };
      this.world.relays.push(call);
      this.#tell(`${call} asks`);
    }
  }

  /** What was approved is what runs. */
  #start(call: string, by: 'rule' | 'grant' | 'human', path = 'what was asked'): void {
    this.world.calls[call] = { phase: 'running' };
    this.#tell(`${call} starts by ${by}`);
    if (!(call in this.#cast.hires)) this.#tell(`${call} writes ${path}`);
  }

  /** One answer settles one question. Only an "always" goes on: it lets through whatever it covers, now and later. */
  #answer(call: string, how: Extract<Act, { type: 'answer' }>['how']): void {
    this.#resolve(call, how === 'no' ? 'no by human' : 'yes by human');
    if (how === 'no' || how === 'edit into the forbidden') return this.#settle(call, 'denied');
    this.#start(call, 'human', how === 'edit' ? 'elsewhere' : undefined);
    if (how !== 'always') return undefined;
    this.world.grants.push(call);
    for (const other of this.world.relays) {
      this.#resolve(other, 'yes by grant');
      this.#start(other, 'grant');
    }
  }

  #resolve(call: string, how: string): void {
    this.world.relays = this.world.relays.filter((relay) => relay !== call);
    this.#tell(`${call} answered ${how}`);
  }

  /** A call that fails or is refused touches no other. After the last of them the agent thinks on. */
  #settle(call: string, status: Call['status'] & string): void {
    this.world.calls[call] = { phase: 'settled', status };
    this.#tell(`${call} settles ${status}`);
    const name = agentOf(call);
    if (callsOf(this.#cast, name).every((own) => !isUnsettled(this.world, own))) this.#openTurn(name);
  }

  /** What a subagent came to is what the call that asked for it gives. */
  #outcomeOf(call: string): 'ok' | 'error' | 'cancelled' {
    const status = this.world.agents[this.#cast.hires[call] ?? '']?.status;
    if (status === 'cancelled') return 'cancelled';
    return status === 'failed' ? 'error' : 'ok';
  }

  /** Its subtree ends first, then its calls, then it. */
  #stop(name: string): void {
    if (!lives(this.world, name)) return;
    const open = callsOf(this.#cast, name).filter((call) => isUnsettled(this.world, call));
    if (open.length > 0) this.#tell(`${name} stops`);
    for (const call of open) {
      const child = this.#cast.hires[call];
      if (child !== undefined) this.#stop(child);
      if (this.world.relays.includes(call)) this.#resolve(call, 'no by cancel');
      this.world.calls[call] = { phase: 'settled', status: 'cancelled' };
      this.#tell(`${call} settles cancelled`);
    }
    this.#end(name, 'cancelled');
  }

  #end(name: string, status: Agent['status'] & string): void {
    Object.assign(agentIn(this.world, name), { phase: 'done', status, mail: false });
    this.#tell(`${name} ends ${status}`);
  }
}

const isUnsettled = ({ calls }: World, call: string): boolean =>
  calls[call] !== undefined && calls[call].phase !== 'settled';

function agentIn({ agents }: World, name: string): Agent {
  const agent = agents[name];
  if (agent === undefined) throw new Error(`the model has no agent "${name}"`);
  return agent;
}
