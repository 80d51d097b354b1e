/**
 * Draws the picture of README.md: runs the demo into a pipe and renders its output, shortened, to `docs/run.svg`. Run it when
 * the output of the demo changed:
 *
 *     npx node scripts/readme-picture.ts
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Colour, type Span, terminalSvg } from './terminal-svg.ts';

const COLUMNS = 124;
const HEAD_LINES = 56;
const TAIL_LINES = 14;
/** Lines of the command or diff shown in a question. */
const QUESTION_LINES = 3;
const AGENT_COLOURS: readonly Colour[] = ['cyan', 'magenta', 'blue', 'green'];
const STATE_COLOURS: Readonly<Record<string, Colour>> = { running: 'dim', waiting: 'yellow', done: 'green' };

const root = fileURLToPath(new URL('..', import.meta.url));
const output = execFileSync(process.execPath, ['src/cli/main.ts', 'demo'], {
  cwd: root,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { PATH: process.env['PATH'], NO_COLOR: '1' },
});

const [run = ''] = output.split('\nWhat changed:');
const lines = shortQuestions(run.trimEnd().split('\n'));
const shown =
  lines.length <= HEAD_LINES + TAIL_LINES + 1
    ? lines
    : [...lines.slice(0, HEAD_LINES), '⋮', ...lines.slice(-TAIL_LINES)];
const agents = new Map<string, Colour>();
const svg = terminalSvg(['$ npm start', '', ...shown].map(spansOf), { title: 'npm start', columns: COLUMNS });
writeFileSync(`${root}/docs/run.svg`, svg);
console.log(`docs/run.svg: ${shown.length} of the ${output.trimEnd().split('\n').length} lines that the demo printed`);

/** Shortens long questions. */
function shortQuestions(all: readonly string[]): string[] {
  const kept: string[] = [];
  let inside = 0;
  for (const line of all) {
    inside = line.startsWith('│   ') ? inside + 1 : 0;
    if (inside <= QUESTION_LINES) kept.push(line);
    else if (inside === QUESTION_LINES + 1) kept.push('│   ⋮');
  }
  return kept;
}

/** Colours a line `path  state  what`; any other line has one colour. */
function spansOf(line: string): readonly Span[] {
  const parts = /^(\S.*?)( {2,})(running|waiting|done)( {2,})(.*)$/.exec(line);
  if (parts === null) return [{ text: line, colour: /^[┌│└⋮]/.test(line) ? 'yellow' : 'plain' }];
  const [, path = '', gap = '', state = '', space = '', what = ''] = parts;
  return [
    { text: path + gap, colour: agentColour(path) },
    { text: state + space, colour: STATE_COLOURS[state] ?? 'plain' },
    { text: what, colour: whatColour(what) },
  ];
}

function agentColour(path: string): Colour {
  const known = agents.get(path) ?? AGENT_COLOURS[agents.size % AGENT_COLOURS.length] ?? 'plain';
  agents.set(path, known);
  return known;
}

function whatColour(what: string): Colour {
  if (/^(✗|answered: no)/.test(what)) return 'red';
  if (/^(✓|answered: (yes|always)|completed)/.test(what)) return 'green';
  return what.startsWith('asks') ? 'yellow' : 'plain';
}
