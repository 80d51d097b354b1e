/**
 * The messages of the protocol of @statelyai/inspect 0.7: one JSON text each, of three types. Their shapes are those that
 * its own inspector sends. What is in them is a copy without secrets, and none is longer than `MAX_MESSAGE_BYTES`.
 */
import { definitionOf } from './definition.ts';
import { dataOf } from './own-values.ts';
import { plainCopy, shownText } from './plain-copy.ts';

/** The version of the protocol's own package that this speaks like. */
const VERSION = '0.7.2';

/** No message is longer. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
const EVENT_BYTES = 10 * 1024;
const CONTEXT_BYTES = 20 * 1024;
const PART_BYTES = 6 * 1024;
const MAX_CHILDREN = 50;
const MAX_NAME = 120;

/** An actor, as far as the protocol speaks of it. */
export interface ActorFace {
  readonly sessionId: string;
  readonly rootId: string;
  readonly parentId: string | undefined;
  /** The actor's own id. */
  readonly id: string;
  readonly logic: unknown;
}

interface Said {
  readonly actor: ActorFace;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A viewer draws an actor once it has been told of it, with the definition and the state it is in. */
export function actorMessage({ actor, at, snapshot }: Said & { readonly snapshot: unknown }): string {
  const name = nameOf(actor, snapshot);
  const message = {
    type: '@xstate.actor',
    name,
    definition: definitionOf(actor.logic, name),
    parentId: actor.parentId,
    ...common({ actor, at }),
    snapshot: snapshotCopy(snapshot),
  };
  const definition = JSON.stringify({ id: name });
  return firstThatFits([
    message,
    { ...message, definition },
    { ...message, definition, snapshot: mereStatus(snapshot) },
  ]);
}

/** What was sent to an actor, and by whom. */
export function eventMessage({
  actor,
  at,
  event,
  source,
}: Said & { readonly event: unknown; readonly source: string | undefined }) {
  const message = { type: '@xstate.event', sourceId: source, ...common({ actor, at }) };
  return firstThatFits([
    { ...message, event: eventCopy(event) },
    { ...message, event: { type: typeOf(event) } },
  ]);
}

/** What an actor is now, and the last event that brought it there. */
export function snapshotMessage({
  actor,
  at,
  event,
  snapshot,
}: Said & { readonly event: unknown; readonly snapshot: unknown }): string {
  const message = { type: '@xstate.snapshot', ...common({ actor, at }) };
  return firstThatFits([
    { ...message, event: eventCopy(event), snapshot: snapshotCopy(snapshot) },
    { ...message, event: { type: typeOf(event) }, snapshot: mereStatus(snapshot) },
  ]);
}

/** Of a snapshot: whether the actor still runs. */
export function statusOf(snapshot: unknown): string {
  const status = partOf(snapshot, 'status');
  return typeof status === 'string' ? status : 'active';
}

const common = ({ actor, at }: Said) => ({
  sessionId: actor.sessionId,
  rootId: actor.rootId,
  createdAt: String(at),
  _version: VERSION,
  id: null, // of the message; the protocol's own inspector gives none either
});

/** The copies are bounded; this holds for what is long in another way, e.g. a chart of hundreds of states. */
function firstThatFits(messages: readonly object[]): string {
  const texts = messages.values().map((message) => JSON.stringify(message));
  return texts.find((text) => Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) ?? '';
}

function snapshotCopy(snapshot: unknown): object {
  const parts = Object.entries({
    status: statusOf(snapshot),
    value: plainCopy(partOf(snapshot, 'value'), PART_BYTES),
    context: plainCopy(partOf(snapshot, 'context'), CONTEXT_BYTES),
    input: plainCopy(partOf(snapshot, 'input'), PART_BYTES),
    output: plainCopy(partOf(snapshot, 'output'), PART_BYTES),
    error: plainCopy(partOf(snapshot, 'error'), PART_BYTES),
    children: childrenOf(partOf(snapshot, 'children')),
  });
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}

const mereStatus = (snapshot: unknown) => ({
  status: statusOf(snapshot),
  value: plainCopy(partOf(snapshot, 'value'), PART_BYTES),
});

function childrenOf(children: unknown): object | undefined {
  if (typeof children !== 'object' || children === null) return undefined;
  const ids = Object.keys(children).slice(0, MAX_CHILDREN);
  return Object.fromEntries(
    ids.map((id) => [shownText(id, MAX_NAME), { xstate$$type: 1, id: shownText(id, MAX_NAME) }]),
  );
}

function eventCopy(event: unknown): object {
  const copy = plainCopy(event, EVENT_BYTES);
  return typeof copy === 'object' && copy !== null ? copy : { type: typeOf(event) };
}

function typeOf(event: unknown): string {
  const type = partOf(event, 'type');
  return typeof type === 'string' ? shownText(type, MAX_NAME) : '';
}

/** An agent goes by the names from the first agent to it, a call by its tool and the id the model gave; others by their id
 * if they were given one. */
function nameOf({ id, sessionId, logic }: ActorFace, snapshot: unknown): string {
  const context = partOf(snapshot, 'context');
  const path = partOf(partOf(partOf(context, 'spec'), 'identity'), 'path');
  const call = partOf(context, 'call');
  const [tool, rawId] = [partOf(call, 'name'), partOf(call, 'rawId')];
  if (Array.isArray(path) && path.length > 0) return shownText(path.map(String).join('/'), MAX_NAME);
  if (typeof tool === 'string' && typeof rawId === 'string') return shownText(`${tool} ${rawId}`, MAX_NAME);
  const machine = partOf(partOf(logic, 'config'), 'id');
  return shownText(id === sessionId && typeof machine === 'string' ? machine : id, MAX_NAME);
}

/** Somebody else's object may be anything, a proxy that throws included. */
export function partOf(value: unknown, key: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? dataOf(value, key) : undefined;
  } catch {
    return undefined;
  }
}
