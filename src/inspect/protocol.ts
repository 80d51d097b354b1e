/**
 * Messages of the protocol of @statelyai/inspect 0.7, in the shapes that its own inspector sends. They hold copies without
 * secrets, and none is longer than `MAX_MESSAGE_BYTES`.
 */
import { definitionOf } from './definition.ts';
import { dataOf } from './own-values.ts';
import { plainCopy, shownText } from './plain-copy.ts';

/** The version of @statelyai/inspect that the messages name. */
const VERSION = '0.7.2';

/** The longest message. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
const EVENT_BYTES = 10 * 1024;
const CONTEXT_BYTES = 20 * 1024;
const PART_BYTES = 6 * 1024;
const MAX_CHILDREN = 50;
const MAX_NAME = 120;

/** The properties of an actor that messages name. */
export interface ActorInfo {
  readonly sessionId: string;
  readonly rootId: string;
  readonly parentId: string | undefined;
  /** The actor's own id. */
  readonly id: string;
  readonly logic: unknown;
}

interface MessageInfo {
  readonly actor: ActorInfo;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An actor with its definition and current state. */
export function actorMessage({ actor, at, snapshot }: MessageInfo & { readonly snapshot: unknown }): string {
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

/** An event that an actor received, and its sender. */
export function eventMessage({
  actor,
  at,
  event,
  source,
}: MessageInfo & { readonly event: unknown; readonly source: string | undefined }) {
  const message = { type: '@xstate.event', sourceId: source, ...common({ actor, at }) };
  return firstThatFits([
    { ...message, event: eventCopy(event) },
    { ...message, event: { type: typeOf(event) } },
  ]);
}

/** The current state of an actor, and the event before it. */
export function snapshotMessage({
  actor,
  at,
  event,
  snapshot,
}: MessageInfo & { readonly event: unknown; readonly snapshot: unknown }): string {
  const message = { type: '@xstate.snapshot', ...common({ actor, at }) };
  return firstThatFits([
    { ...message, event: eventCopy(event), snapshot: snapshotCopy(snapshot) },
    { ...message, event: { type: typeOf(event) }, snapshot: mereStatus(snapshot) },
  ]);
}

/** The status of a snapshot; `active` if it has none. */
export function statusOf(snapshot: unknown): string {
  const status = partOf(snapshot, 'status');
  return typeof status === 'string' ? status : 'active';
}

const common = ({ actor, at }: MessageInfo) => ({
  sessionId: actor.sessionId,
  rootId: actor.rootId,
  createdAt: String(at),
  _version: VERSION,
  id: null, // of the message; @statelyai/inspect sends none either
});

/** Parts are bounded already, except the definition, e.g. of a chart of hundreds of states. */
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

/** The name path of an agent, the tool and raw id of a call, the id of another actor, or else of its machine. */
function nameOf({ id, sessionId, logic }: ActorInfo, snapshot: unknown): string {
  const context = partOf(snapshot, 'context');
  const path = partOf(partOf(partOf(context, 'spec'), 'identity'), 'path');
  const call = partOf(context, 'call');
  const [tool, rawId] = [partOf(call, 'name'), partOf(call, 'rawId')];
  // a call's context has the spec of its agent, too
  if (typeof tool === 'string' && typeof rawId === 'string') return shownText(`${tool} ${rawId}`, MAX_NAME);
  if (Array.isArray(path) && path.length > 0) return shownText(path.map(String).join('/'), MAX_NAME);
  const machine = partOf(partOf(logic, 'config'), 'id');
  return shownText(id === sessionId && typeof machine === 'string' ? machine : id, MAX_NAME);
}

/** A data property of any value; `undefined` also for a proxy that throws. */
export function partOf(value: unknown, key: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? dataOf(value, key) : undefined;
  } catch {
    return undefined;
  }
}
