/**
 * Draws the pictures of docs/console.md: the demo's team in the console, in a real browser (`docs/console*.png`), and in
 * the terminal view, in a real terminal (`docs/terminal.svg`). Run it when the console or the view changed:
 *
 *     npx node scripts/console-pictures.ts
 */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { fillWithSample, putOwnNodeFirst } from '../src/cli/demo/workspace.ts';
import { createDemoTeam, startAgents } from '../src/cli/demo/team.ts';
import type { AgentOrchestrator } from '../src/index.ts';
import { createActorWatch } from '../src/inspect/index.ts';
import { createServer } from '../src/server/index.ts';
import { openBrowser, unpackBrowser } from '../test/browser/chromium.ts';
import { buildPage } from '../test/browser/page-build.ts';
import { KEY, startInTerminal } from '../test/cli/terminal/pty.ts';
import { type Span, terminalSvg } from './terminal-svg.ts';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
/** Agents and questions show this path, so it is the same in every run. */
const workspace = join(tmpdir(), 'greenroom-shop');
/** Milliseconds until animations end and questions accept answers. */
const REST_MS = 1000;
const COLUMNS = 108;

await drawConsole();
await drawTerminal();

async function drawConsole(): Promise<void> {
  const [page] = await Promise.all([buildPage(), unpackBrowser()]);
  fillWithSample(workspace);
  putOwnNodeFirst();
  const watch = createActorWatch();
  const orchestrator = createDemoTeam({ workspace, inspect: watch.inspect });
  const server = await createServer({ orchestrator, actors: watch, workspace }, { page });
  const browser = await openBrowser();
  try {
    startAgents(orchestrator);
    await allAsk(orchestrator);
    const size = { width: 1280, height: 800 };
    const tab = await browser.newPage({ viewport: size, locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light' });
    await tab.goto(server.address);
    await drawViews(tab);
  } finally {
    await browser.close();
    await server.close();
    await orchestrator.cleanup();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Resolves when three agents have a question each. */
async function allAsk(orchestrator: AgentOrchestrator): Promise<void> {
  for await (const _entry of orchestrator.events({ live: true }))
    if (orchestrator.getPendingRelays().length === 3) return;
}

async function drawViews(tab: Page): Promise<void> {
  const draw = async (name: string) => {
    await after(REST_MS);
    await tab.screenshot({ path: join(docs, `${name}.png`), animations: 'disabled', caret: 'hide' });
  };
  await draw('console');
  await tab.getByRole('tree').getByText('docs').click();
  await tab.getByRole('tab', { name: 'Machines' }).click();
  await tab.getByRole('group', { name: /machine as a chart/ }).waitFor();
  await draw('console-chart');
  // in a narrow page the inbox has the whole width
  await tab.setViewportSize({ width: 960, height: 800 });
  await tab.getByRole('button', { name: '3 questions' }).click();
  await tab.getByRole('list', { name: 'Waiting questions' }).getByRole('button', { name: /docs/ }).click();
  await draw('console-inbox');
}

async function drawTerminal(): Promise<void> {
  const env = { TMPDIR: tmpdir() };
  await using pty = startInTerminal(['demo'], { columns: COLUMNS, rows: 36, env });
  await pty.shows(/^▸ y /m, /tab next \(2 more\)/);
  pty.type(KEY.tab, KEY.tab);
  const screen = await pty.shows(/^▸ y /m, /## Shipping/);
  const lines = screen.split('\n').map(spansOf);
  writeFileSync(join(docs, 'terminal.svg'), terminalSvg(lines, { title: 'npm start', columns: COLUMNS }));
  pty.type(KEY.interrupt);
  await pty.end;
}

/** The colours that the terminal view gives a row. */
function spansOf(line: string): readonly Span[] {
  const state = /^(.*? {2,})(running|waiting)( {2,}.*)$/.exec(line);
  if (state !== null) {
    const [, name = '', word = '', rest = ''] = state;
    return [
      { text: name, colour: /^[? ]/.test(name) ? 'plain' : 'cyan' },
      { text: word, colour: word === 'waiting' ? 'yellow' : 'cyan' },
      { text: rest, colour: 'plain' },
    ];
  }
  if (line.startsWith('│   ')) return [{ text: '│', colour: 'yellow' }, detailSpan(line.slice(1))];
  if (line.startsWith('│'))
    return [
      { text: '│', colour: 'yellow' },
      { text: line.slice(1), colour: 'plain' },
    ];
  return [{ text: line, colour: line.startsWith('─') ? 'dim' : 'yellow' }];
}

function detailSpan(text: string): Span {
  const sign = text.trimStart();
  if (sign.startsWith('***') || sign.startsWith('@@')) return { text, colour: 'dim' };
  return { text, colour: sign.startsWith('+') ? 'green' : sign.startsWith('-') ? 'red' : 'plain' };
}
