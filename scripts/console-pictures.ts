/**
 * Draws the pictures of the console: serves the demo's team, opens its page in a real browser, and writes what it shows to
 * `docs/console*.png`. Run it again when the page has changed:
 *
 *     npx node scripts/console-pictures.ts
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fillWithSample, findNodeFirst } from '../src/cli/demo/sample.ts';
import { createDemoTeam, startCast } from '../src/cli/demo/team.ts';
import { createActorWatch } from '../src/inspect/index.ts';
import { createServer } from '../src/server/index.ts';
import { openBrowser, unpackBrowser } from '../test/browser/chromium.ts';
import { buildPage } from '../test/browser/page-build.ts';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
/** It is named in what agents and questions say, so it is the same every time. */
const workspace = join(tmpdir(), 'greenroom-shop');
/** Questions take no answer before that; what is drawn has come to rest by then, too. */
const REST_MS = 1000;

const [page] = await Promise.all([buildPage(), unpackBrowser()]);
fillWithSample(workspace);
findNodeFirst();
const watch = createActorWatch();
const orchestrator = createDemoTeam({ workspace, inspect: watch.inspect });
const server = await createServer({ orchestrator, actors: watch, workspace }, { page });
const browser = await openBrowser();
const context = await browser.newContext({
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  timezoneId: 'UTC',
  colorScheme: 'light',
});
const tab = await context.newPage();
try {
  startCast(orchestrator);
  await tab.goto(server.address);
  await waiting(3);
  await picture('console');

  await tab.getByRole('tree').getByText('docs').click();
  await tab.getByRole('tab', { name: 'Machines' }).click();
  await tab.getByRole('img').waitFor();
  await picture('console-chart');

  // a narrow page has the inbox to itself
  await tab.setViewportSize({ width: 960, height: 800 });
  await tab.getByRole('button', { name: '3 questions' }).click();
  await tab.getByRole('list', { name: 'Waiting questions' }).getByRole('button', { name: /docs/ }).click();
  await picture('console-inbox');

} finally {
  await browser.close();
  await server.close();
  await orchestrator.cleanup();
  rmSync(workspace, { recursive: true, force: true });
}

/** Resolves once so many questions wait. */
async function waiting(count: number): Promise<void> {
  for await (const _entry of orchestrator.events({ live: true }))
    if (orchestrator.getPendingRelays().length >= count) return;
}

async function picture(name: string): Promise<void> {
  await after(REST_MS);
  await tab.screenshot({ path: join(docs, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
