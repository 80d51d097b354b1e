/** The tree of agents in a few rows: those that are busy first, in the order of the tree. */
import type { AgentSummary } from '../../index.ts';
import { pathText } from '../output/question-view.ts';
import type { Format, Paint } from '../output/screen.ts';
import { columnsOf, shortLine } from '../../text/columns.ts';
import { visibleLine } from '../../text/visible.ts';

export interface AgentRow {
  readonly agent: AgentSummary;
  /** How many of its ancestors are shown above it. */
  readonly depth: number;
  /** Its name; its whole path where the agent that hired it is not shown. */
  readonly name: string;
}

export interface AgentRows {
  readonly rows: readonly AgentRow[];
  /** How many agents are not shown. */
  readonly more: number;
}

/** The widest that names may be, in columns. */
const WIDEST_NAME = 32;
const STATE_WIDTH = 9;
const TOKENS_WIDTH = 6;

/** Picks at most `max` rows; the last of them says how many more there are, when there are. */
export function agentRows(agents: readonly AgentSummary[], max: number): AgentRows {
  const room = agents.length <= max ? agents.length : Math.max(0, max - 1);
  const picked = new Set(agents.toSorted((one, other) => rankOf(one) - rankOf(other)).slice(0, room));
  const shown = inTreeOrder(agents).filter((agent) => picked.has(agent));
  const rows = shown.map((agent) => {
    const parent = hirerOf(agent, shown);
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
  const lines = rows.map(({ agent }, at) => {
    const name = padded(shortLine(names[at] ?? '', width), width);
    const { word, colour } = stateOf(agent);
    const tokens = tokensText(agent).padStart(TOKENS_WIDTH);
    const mark = agent.state === 'awaitingRelay' ? '?' : ' ';
    const taken = 2 + width + 2 + STATE_WIDTH + 2 + TOKENS_WIDTH + 2;
    if (columns <= taken) return paint(colour, shortLine(`${mark} ${name}  ${word}`, columns));
    const activity = shortLine(activityOf(agent), columns - taken);
    const state = paint(colour, word.padEnd(STATE_WIDTH));
    return `${paint(['bold', 'yellow'], mark)} ${name}  ${state}  ${paint('dim', tokens)}  ${activity}`;
  });
  return more === 0 ? lines : [...lines, paint('dim', shortLine(`  + ${more} more`, columns))];
}

/** What an agent does, in a word or two. */
export function activityOf({ state, phase = 'thinking', calls = [] }: AgentSummary): string {
  if (state === 'done') return '';
  const named = (isRunning: boolean) => calls.filter(({ running }) => running === isRunning).map(({ tool }) => tool);
  const running = named(true);
  if (running.length > 0) return `uses ${visibleLine(running.join(', '))}`;
  const waiting = named(false);
  if (state === 'awaitingRelay') return `asks for ${visibleLine(waiting.join(', ') || 'an answer')}`;
  return waiting.length > 0 ? `calls ${visibleLine(waiting.join(', '))}` : phase;
}

/** Tokens in and out: `850`, `12.3k`, `1.2M`. */
export function tokensText({ usage: { inputTokens, outputTokens } }: Pick<AgentSummary, 'usage'>): string {
  const count = inputTokens + outputTokens;
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function rankOf({ state, calls = [] }: AgentSummary): number {
  if (state === 'awaitingRelay') return 0;
  if (state === 'done') return 3;
  return calls.some(({ running }) => running) ? 1 : 2;
}

function stateOf({ state, status }: AgentSummary): { readonly word: string; readonly colour: Format } {
  if (state === 'awaitingRelay') return { word: 'waiting', colour: 'yellow' };
  if (state === 'running') return { word: 'running', colour: 'cyan' };
  return { word: status ?? 'done', colour: status === 'completed' ? 'green' : status === 'failed' ? 'red' : 'yellow' };
}

/** The id of the agent that hired it, which stands before the id of its call. */
const hirerId = ({ parentId }: AgentSummary): string | undefined => parentId?.slice(0, parentId.lastIndexOf('/'));

const hirerOf = (agent: AgentSummary, agents: readonly AgentSummary[]): AgentSummary | undefined =>
  agents.find(({ id }) => id === hirerId(agent));

function ancestorsIn(agent: AgentSummary, shown: readonly AgentSummary[]): number {
  const parent = hirerOf(agent, shown);
  return parent === undefined ? 0 : 1 + ancestorsIn(parent, shown);
}

/** Each agent, then those it hired. */
function inTreeOrder(agents: readonly AgentSummary[]): AgentSummary[] {
  const known = new Set(agents.map(({ id }) => id));
  const children = new Map<string | undefined, AgentSummary[]>();
  for (const agent of agents) {
    const parent = hirerId(agent);
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
