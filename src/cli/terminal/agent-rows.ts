/** Rows of the agent tree: the busy agents first when not all fit, in the order of the tree. */
import type { AgentSummary } from '../../index.ts';
import { activityOf, countText, pathText, stateText } from '../../read-model/words.ts';
import type { Format, Paint } from '../output/screen.ts';
import { columnsOf, shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';

export interface AgentRow {
  readonly agent: AgentSummary;
  /** Number of its ancestors that are shown. */
  readonly depth: number;
  /** Its name; its whole path when its parent is not shown. */
  readonly name: string;
}

export interface AgentRows {
  readonly rows: readonly AgentRow[];
  /** Number of agents that are not shown. */
  readonly more: number;
}

/** Widest name column. */
const WIDEST_NAME = 32;
const TOKENS_WIDTH = 6;

/** Picks at most `max` rows, one of which counts the agents that are not shown. */
export function agentRows(agents: readonly AgentSummary[], max: number): AgentRows {
  const room = agents.length <= max ? agents.length : Math.max(0, max - 1);
  const picked = new Set(agents.toSorted((one, other) => rankOf(one) - rankOf(other)).slice(0, room));
  const shown = inTreeOrder(agents).filter((agent) => picked.has(agent));
  const rows = shown.map((agent) => {
    const parent = parentOf(agent, shown);
    const depth = ancestorsIn(agent, shown);
    return { agent, depth, name: parent === undefined ? pathText(agent.path) : visibleLine(agent.name) };
  });
  return { rows, more: agents.length - rows.length };
}

/** The rows as text, each at most `columns` wide. */
export function agentLines({ rows, more }: AgentRows, { columns, paint }: { columns: number; paint: Paint }): string[] {
  const names = rows.map(({ depth, name }) => `${'  '.repeat(depth)}${name}`);
  const limit = Math.max(4, Math.min(WIDEST_NAME, Math.floor(columns / 3)));
  const width = Math.min(limit, Math.max(0, ...names.map(columnsOf)));
  const stateWidth = Math.max(0, ...rows.map(({ agent }) => stateText(agent).length));
  const lines = rows.map(({ agent }, at) => {
    const name = padded(shortLine(names[at] ?? '', width), width);
    const word = stateText(agent);
    const colour = colourOf(agent);
    const { inputTokens, outputTokens } = agent.usage;
    const tokens = countText(inputTokens + outputTokens).padStart(TOKENS_WIDTH);
    const mark = agent.state === 'awaitingRelay' ? '?' : ' ';
    const taken = 2 + width + 2 + stateWidth + 2 + TOKENS_WIDTH + 2;
    if (columns <= taken) return paint(colour, shortLine(`${mark} ${name}  ${word}`, columns));
    const activity = shortLine(activityOf(agent), columns - taken);
    const state = paint(colour, word.padEnd(stateWidth));
    return `${paint(['bold', 'yellow'], mark)} ${name}  ${state}  ${paint('dim', tokens)}  ${activity}`;
  });
  return more === 0 ? lines : [...lines, paint('dim', shortLine(`  + ${more} more`, columns))];
}

function rankOf({ state, calls = [] }: AgentSummary): number {
  if (state === 'awaitingRelay') return 0;
  if (state === 'done') return 3;
  return calls.some(({ running }) => running) ? 1 : 2;
}

function colourOf({ state, status }: AgentSummary): Format {
  if (state === 'awaitingRelay') return 'yellow';
  if (state === 'running') return 'cyan';
  return status === 'completed' ? 'green' : status === 'failed' ? 'red' : 'yellow';
}

/** Id of the parent agent: the part of the call id before the last slash. */
const parentIdOf = ({ parentId }: AgentSummary): string | undefined => parentId?.slice(0, parentId.lastIndexOf('/'));

const parentOf = (agent: AgentSummary, agents: readonly AgentSummary[]): AgentSummary | undefined =>
  agents.find(({ id }) => id === parentIdOf(agent));

function ancestorsIn(agent: AgentSummary, shown: readonly AgentSummary[]): number {
  const parent = parentOf(agent, shown);
  return parent === undefined ? 0 : 1 + ancestorsIn(parent, shown);
}

/** Each agent, followed by its subagents. */
function inTreeOrder(agents: readonly AgentSummary[]): AgentSummary[] {
  const known = new Set(agents.map(({ id }) => id));
  const children = new Map<string | undefined, AgentSummary[]>();
  for (const agent of agents) {
    const parent = parentIdOf(agent);
    const key = parent !== undefined && known.has(parent) ? parent : undefined;
    const siblings = children.get(key);
    if (siblings === undefined) children.set(key, [agent]);
    else siblings.push(agent);
  }
  const below = (id: string | undefined): AgentSummary[] =>
    (children.get(id) ?? []).flatMap((agent) => [agent, ...below(agent.id)]);
  return below(undefined);
}

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columnsOf(text)));
