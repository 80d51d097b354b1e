/** Plain view: the stream as lines of `path  state  what`. */
import type { AgentState, Envelope, HarnessEventOf, RelayKind } from '../../index.ts';
import type { Team } from '../../read-model/team.ts';
import { callLabel } from '../../read-model/call-text.ts';
import { shortLine } from '../../text/columns.ts';
import { visibleLine, visibleLines } from '../../text/visible.ts';
import { relayAnswer, resultText } from './outcome-text.ts';
import { pathText, stateText } from '../../read-model/words.ts';
import type { Format, Paint, Screen } from './screen.ts';
import { type LineBuffer, lineBuffer, wrap } from './text.ts';
import type { View } from './view.ts';

export interface PlainViewOptions {
  readonly screen: Screen;
  readonly paint: Paint;
  /** Called to show a question: a new one, or one of a resumed session. */
  readonly onRelay?: (relayId: string, team: Team) => void;
}

/** Shortest time between two progress lines of a call, in milliseconds. */
const PROGRESS_EVERY_MS = 1000;
const AGENT_COLOURS: readonly Format[] = ['cyan', 'magenta', 'blue', 'green'];
const STATE_COLOURS: Readonly<Record<AgentState, Format>> = { running: 'dim', awaitingRelay: 'yellow', done: 'green' };

const ASKS: Readonly<Record<RelayKind, string>> = {
  permission: 'asks',
  unknown_outcome: 'was running when the process ended',
};

interface Block {
  readonly id: string;
  readonly kind: 'text' | 'reasoning';
  readonly lines: LineBuffer;
}

interface Call {
  readonly label: string;
  progressAt: number;
}

/** Never writes unescaped text of a model or tool. */
export class PlainView implements View {
  readonly #screen: Screen;
  readonly #paint: Paint;
  readonly #onRelay: PlainViewOptions['onRelay'];
  readonly #blocks = new Map<string, Block>();
  readonly #calls = new Map<string, Call>();
  readonly #colours = new Map<string, Format>();
  #pathWidth = 12;

  constructor({ screen, paint, onRelay }: PlainViewOptions) {
    this.#screen = screen;
    this.#paint = paint;
    this.#onRelay = onRelay;
  }

  notice(text: string): void {
    const width = this.#screen.columns ?? Infinity;
    const lines = visibleLines(text).flatMap((line) => wrap(line, width));
    for (const line of lines) this.#screen.line(this.#paint('bold', line));
  }

  /** Records the calls that later lines name, and gives each agent its colour. */
  recall({ agentId, at, event }: Envelope): void {
    if (event.type === 'harness_start') this.#colourOf(agentId);
    else if (event.type === 'harness_end') this.#colours.delete(agentId);
    else if (event.type === 'tool_result') this.#calls.delete(event.id);
    else if (event.type === 'tool_call') this.#keepCall(event, at);
  }

  show(entry: Envelope, team: Team): void {
    const { agentId, event } = entry;
    const write = (what: string) => this.#write(agentId, team, what);
    if (event.type === 'text' || event.type === 'reasoning') return this.#stream(agentId, event, team);
    if (event.type === 'turn_discarded') {
      this.#blocks.delete(agentId);
      return write(this.#paint('yellow', `the answer was cut off (${shortLine(event.reason, 160)}); retrying`));
    }
    if (event.type !== 'tool_progress' && event.type !== 'usage') this.#flush(agentId, team);
    switch (event.type) {
      case 'harness_start':
        return write(event.model === undefined ? 'starts' : `starts, with ${visibleLine(event.model)}`);
      case 'tool_call':
        this.#keepCall(event, entry.at);
        return write(this.#fitting(callLabel(event.name, event.input)));
      case 'tool_progress':
        return this.#progress(entry, event, team);
      case 'tool_result':
        return this.#result(agentId, event, team);
      case 'relay':
        write(this.#paint('yellow', this.#fitting(`${ASKS[event.kind]}: ${callLabel(event.tool, event.params)}`)));
        return this.#onRelay?.(event.id, team);
      case 'relay_resolved':
        return write(this.#paint(event.approved ? 'green' : 'red', relayAnswer(event)));
      case 'error':
        return write(this.#paint('red', `error ${visibleLine(event.code)}: ${shortLine(event.message, 400)}`));
      case 'harness_end':
        return this.#end(agentId, event, team);
      case 'grant_revoked':
        return this.#screen.line(`a standing permission was revoked by ${visibleLine(event.by)}`);
      case 'resync':
        return this.#screen.line('… earlier events are no longer kept; the present state follows:');
      case 'resumed':
        this.#screen.line(this.#paint('dim', '… the session was resumed'));
        for (const { id } of team.relays()) this.#onRelay?.(id, team);
        return undefined;
      case 'message':
      case 'turn':
      case 'tool_start':
      case 'tool_effect':
      case 'usage':
      case 'stopping':
      case 'grant_used':
        return undefined;
      default:
        return event satisfies never;
    }
  }

  #keepCall({ id, name, input }: HarnessEventOf<'tool_call'>, at: number): void {
    this.#calls.set(id, { label: callLabel(name, input), progressAt: at });
  }

  #stream(agentId: string, event: HarnessEventOf<'text'> | HarnessEventOf<'reasoning'>, team: Team): void {
    let block = this.#blocks.get(agentId);
    if (block !== undefined && (block.id !== event.id || block.kind !== event.type)) this.#flush(agentId, team);
    block = this.#blocks.get(agentId);
    if (block === undefined) {
      block = { id: event.id, kind: event.type, lines: lineBuffer(() => this.#textWidth()) };
      this.#blocks.set(agentId, block);
    }
    for (const line of block.lines.push(event.content)) this.#text(agentId, team, block.kind, line);
  }

  #flush(agentId: string, team: Team): void {
    const block = this.#blocks.get(agentId);
    if (block === undefined) return;
    this.#blocks.delete(agentId);
    for (const line of block.lines.end()) this.#text(agentId, team, block.kind, line);
  }

  #text(agentId: string, team: Team, kind: Block['kind'], line: string): void {
    const shown = visibleLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    // the last line of an agent was written before it ended
    const state = team.agent(agentId)?.state === 'done' ? 'running' : undefined;
    this.#write(
      agentId,
      team,
      kind === 'text' ? this.#paint('bold', shown) : this.#paint('dim', `(thinks) ${shown}`),
      state,
    );
  }

  #progress(entry: Envelope, event: HarnessEventOf<'tool_progress'>, team: Team): void {
    const call = this.#calls.get(event.toolCallId);
    if (call === undefined || entry.at - call.progressAt < PROGRESS_EVERY_MS) return;
    const last = event.content.trimEnd().split('\n').at(-1) ?? '';
    if (last.trim() === '') return;
    call.progressAt = entry.at;
    this.#write(entry.agentId, team, this.#paint('dim', `│ ${shortLine(last, 100)}`));
  }

  #result(agentId: string, event: HarnessEventOf<'tool_result'>, team: Team): void {
    const label = this.#calls.get(event.id)?.label ?? visibleLine(event.name);
    this.#calls.delete(event.id);
    const text = resultText(event, label);
    if (text === undefined) return;
    const colour: Format = event.status === 'ok' ? 'dim' : 'red';
    for (const line of text) this.#write(agentId, team, this.#paint(colour, line));
  }

  #end(agentId: string, event: HarnessEventOf<'harness_end'>, team: Team): void {
    const reason = event.reason === undefined ? '' : `: ${shortLine(event.reason, 300)}`;
    const colour: Format = event.status === 'completed' ? 'green' : event.status === 'failed' ? 'red' : 'yellow';
    this.#write(agentId, team, this.#paint(colour, `${event.status}${reason}`));
    this.#colours.delete(agentId);
  }

  #write(agentId: string, team: Team, what: string, stateThen?: AgentState): void {
    const agent = team.agent(agentId);
    const path = pathText(agent?.path ?? [agentId]);
    const state = stateThen ?? agent?.state ?? 'running';
    this.#pathWidth = Math.max(this.#pathWidth, Math.min(path.length, 32));
    const who = this.#paint(this.#colourOf(agentId), path.padEnd(this.#pathWidth));
    this.#screen.line(`${who}  ${this.#paint(STATE_COLOURS[state], stateText({ state }).padEnd(7))}  ${what}`);
  }

  #colourOf(agentId: string): Format {
    const known = this.#colours.get(agentId);
    if (known !== undefined) return known;
    const colour = AGENT_COLOURS[this.#colours.size % AGENT_COLOURS.length] ?? 'cyan';
    this.#colours.set(agentId, colour);
    return colour;
  }

  /** Cut to the terminal; a question is shown whole elsewhere. */
  #fitting(text: string): string {
    return shortLine(text, this.#textWidth() ?? text.length);
  }

  #textWidth(): number | undefined {
    const { columns } = this.#screen;
    return columns === undefined ? undefined : Math.max(30, columns - this.#pathWidth - 12);
  }
}
