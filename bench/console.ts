/** The console: delay from an agent's event to the browser, many readers, and the size of the page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { setTimeout } from 'node:timers/promises';
import { AgentOrchestrator, type Harness } from '../src/index.ts';
import { createServer } from '../src/server/index.ts';
import { openBrowser, unpackBrowser } from '../test/browser/chromium.ts';
import { buildPage } from '../test/browser/page-build.ts';
import { report } from './report.ts';

const AGENTS = 100;
const READERS = 200;
/** Between two events of one agent, milliseconds. */
const PACE_MS = 100;
const LENGTH_MS = 5000;
/** Events of each agent before the page is opened. */
const SAID = 1000;

/** An agent that emits the time again and again; `late` collects how late its timer fired. */
const talker = (late: number[], said: number): Harness => ({
  async *invoke({ runId = '', signal }) {
    yield { type: 'harness_start', runId, name: 'talker' };
    for (let word = 0; word < said; word += 1)
      yield { type: 'text', runId, id: `b${word % 50}`, content: `word ${word} ` };
    let due = performance.now() + Math.random() * PACE_MS;
    for (;;) {
      if (signal?.aborted === true) break;
      await setTimeout(Math.max(0, due - performance.now()));
      late.push(performance.now() - due);
      due += PACE_MS;
      yield { type: 'text', runId, id: 'time', content: `${performance.timeOrigin + performance.now()} ` };
    }
    yield { type: 'harness_end', runId, status: 'completed', text: '' };
  },
});

async function talking(late: number[], said = 0) {
  const team = new AgentOrchestrator(talker(late, said));
  const server = await createServer({ orchestrator: team }, { page: await buildPage(), maxStreams: READERS + 2 });
  for (let agent = 0; agent < AGENTS; agent += 1) team.spawn({ messages: [{ role: 'user', content: 'talk' }] });
  return {
    team,
    server,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await team.cleanup();
    },
  };
}

const at = (values: readonly number[], part: number): string =>
  `${(values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? NaN).toFixed(1)} ms`;

/** Milliseconds from an event to the line in the page; and to the first paint and the first agents of the page. */
async function inTheBrowser() {
  await using talk = await talking([], SAID);
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.addInitScript({
      content: `globalThis.longTasks = [];
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longTasks.push(duration);
        }).observe({ type: 'longtask', buffered: true });`,
    });
    await page.goto(talk.server.address);
    await page.getByRole('treeitem').first().waitFor();
    // signed in by now: this is what opening the console takes
    await page.goto(talk.server.url);
    await page.getByRole('treeitem').first().waitFor();
    const shown = await page.evaluate(() => performance.now());
    const painted = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    );
    const delays = await page.evaluate(async (length) => {
      const found: number[] = [];
      const leaving = new AbortController();
      globalThis.setTimeout(() => leaving.abort(), length);
      const headers = { 'x-greenroom': localStorage.getItem('greenroom-key') ?? '' };
      try {
        const { body } = await fetch('/api/events', { headers, signal: leaving.signal });
        const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
        for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
          const now = performance.timeOrigin + performance.now();
          for (const [, content] of chunk.value.matchAll(/"content":"([\d.]+) "/g)) found.push(now - Number(content));
        }
      } catch {
        // it was left
      }
      return found;
    }, LENGTH_MS);
    for (const row of [3, 40, 80]) {
      await page.getByRole('tree').press('Home');
      for (let step = 0; step < row; step += 1) await page.getByRole('tree').press('ArrowDown');
      await page.getByRole('tree').press('Enter');
    }
    for (const name of ['Graph', 'Grants', 'Team']) await page.getByRole('tab', { name }).click();
    const longest = await page.evaluate(() => Math.max(0, ...(Reflect.get(globalThis, 'longTasks') as number[])));
    return { shown, painted, delays, longest, events: talk.team.lastSeq() };
  } finally {
    await browser.close();
  }
}

/** How late the agents' timers fire while `readers` read. */
async function heldUp(readers: number): Promise<{ readonly late: number[]; readonly lines: number }> {
  const late: number[] = [];
  await using talk = await talking(late);
  const file = fileURLToPath(new URL('readers.ts', import.meta.url));
  const { url, token } = talk.server;
  const child = spawn(process.execPath, [file, url, token, String(readers)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await setTimeout(1000);
  late.length = 0;
  await setTimeout(LENGTH_MS);
  const measured = [...late];
  child.stdin.end();
  const [lines] = (await once(child.stdout, 'data')) as [Buffer];
  await once(child, 'close');
  return { late: measured, lines: Number(lines.toString()) };
}

export async function benchConsole(): Promise<void> {
  await unpackBrowser();
  const folder = await buildPage();
  const scripts = globSync('assets/*.js', { cwd: folder });
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(`${folder}/${file}`)).length, 0);
  const { shown, painted, delays, longest, events } = await inTheBrowser();
  const alone = await heldUp(0);
  const together = await heldUp(READERS);
  report('the console', {
    'JavaScript, gzipped': `${(bytes / 1000).toFixed(0)} kB`,
    'first paint': `${painted.toFixed(0)} ms, with ${AGENTS} agents on it ${shown.toFixed(0)} ms`,
    [`longest task of the page, ${AGENTS} agents, ${events.toLocaleString('en-US')} events`]:
      longest === 0 ? 'below 50 ms' : `${longest.toFixed(0)} ms`,
    [`event to line in the browser, ${AGENTS} agents`]: `${at(delays, 0.5)} (median of ${delays.length}), 99 % in ${at(delays, 0.99)}`,
    'lateness of an agent, no readers': `${at(alone.late, 0.5)} (median), 99 % in ${at(alone.late, 0.99)}`,
    [`lateness of an agent, ${READERS} readers`]: `${at(together.late, 0.5)} (median), 99 % in ${at(together.late, 0.99)}; they read ${together.lines.toLocaleString('en-US')} lines`,
  });
}
