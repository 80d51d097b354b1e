/** A served team with its page in a real browser, and what browser tests share. The browser closes with the test file. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, vi } from 'vitest';
import * as z from 'zod';
import { call, defineTool, type Script } from '../../src/index.ts';
import { createActorWatch } from '../../src/inspect/index.ts';
import { serving, type Serving } from '../server/serving.ts';
import { eventually, PATIENCE_MS } from '../support/processes.ts';
import { start } from '../support/team.ts';
import { openBrowser } from './chromium.ts';

// many steps, each of which a busy machine may slow down; every single wait is limited by PATIENCE_MS
vi.setConfig({ testTimeout: 5 * PATIENCE_MS, hookTimeout: 5 * PATIENCE_MS });

let browser: Browser | undefined;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
});

/** A context of the test file's browser, which waits for as long as a busy machine may need. */
export async function browserContext(options: BrowserContextOptions = {}) {
  if (browser === undefined) throw new Error('browserContext() is for tests and their hooks.');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

export interface Stage extends Serving {
  readonly page: Page;
  /** Errors that the page logged. A test that passes has none. */
  readonly complaints: string[];
  /** Opens another tab of the same browser, signed in as well. */
  tab(): Promise<Page>;
}

export type StageOptions = NonNullable<Parameters<typeof serving>[1]> & {
  readonly context?: BrowserContextOptions;
  /** Lets the test move the page's time, by `page.clock`. */
  readonly hasClock?: boolean;
};

/** Serves a script, opens the page and signs in. */
export async function stage(
  script: Script,
  { context: contextOptions, hasClock = false, ...rest }: StageOptions = {},
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const watch = createActorWatch();
  const at = stack.use(
    await serving(script, {
      ...rest,
      options: { inspect: watch.inspect, ...rest.options },
      served: { actors: watch, models: [{ id: 'played', title: 'Played' }], workspace: '/srv/shop', ...rest.served },
      server: { page: inject('page'), ...rest.server },
    }),
  );
  const context = await browserContext(contextOptions);
  stack.defer(async () => await context.close());
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    // the front page answers 401 before sign-in
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  if (hasClock) await context.clock.install();
  const page = await context.newPage();
  await page.goto(at.server.address);
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  const opened = stack.move();
  return {
    ...at,
    page,
    complaints,
    tab: async () => {
      const another = await context.newPage();
      await another.goto(at.server.url);
      return another;
    },
    [Symbol.asyncDispose]: async () => {
      await opened.disposeAsync();
      expect(complaints).toEqual([]);
    },
  };
}

/** A tool called bash that runs nothing and tells its command. */
export const bash = defineTool({
  name: 'bash',
  description: 'Runs a command.',
  schema: z.object({ command: z.string() }),
  derivePermission: ({ command }) => ({ tool: 'bash', params: { command } }),
  execute: ({ command }) => ({ context: `ran ${command}`, result: { command } }),
});

/** Asks to run its task as a command, and repeats the result. */
const runsItsTask: Script = function* ({ task }) {
  const [ran] = yield { text: `I will run **${task}**.`, calls: [call('bash', { command: task })] };
  yield { text: `So: ${JSON.stringify(ran?.text ?? '')}` };
};

/** A stage on which every agent that the page starts runs its goal as a command. */
export async function commandStage(options: StageOptions = {}): Promise<Stage> {
  const at: Stage = await stage(runsItsTask, {
    ...options,
    served: {
      start: ({ goal, name }) => [start(at.team, goal, { name: name ?? goal.slice(0, 12), tools: [bash] })],
      ...options.served,
    },
  });
  return at;
}

/** Starts an agent through the page. */
export async function startAgent(page: Page, goal: string): Promise<void> {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Start agents' });
  await dialog.getByRole('textbox', { name: 'Goal' }).fill(goal);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await dialog.waitFor({ state: 'detached' });
}

export const inbox = (page: Page): Locator => page.getByRole('region', { name: 'Inbox' });
export const question = (page: Page): Locator => inbox(page).getByRole('article', { name: 'Question' });
export const button = (page: Page, name: string | RegExp): Locator => inbox(page).getByRole('button', { name });

/** Whether a button of the inbox takes no answer yet. */
export const isBlocked = async (page: Page, name: string | RegExp): Promise<boolean> =>
  (await button(page, name).getAttribute('aria-disabled')) === 'true';

/** Resolves once the question on the screen takes a yes. */
export async function takesYes(page: Page): Promise<void> {
  await eventually(async () => expect(await isBlocked(page, /^Yes/)).toBe(false));
}

/** Resolves once this many questions wait for an answer. */
export async function questionsLeft({ team }: Pick<Stage, 'team'>, count: number): Promise<void> {
  await eventually(() => expect(team.getPendingRelays()).toHaveLength(count));
}

/** Stops the page's time, which only `page.clock` moves from then on. The stage must have `hasClock`. */
export async function stopClock(page: Page): Promise<void> {
  const now = await page.evaluate<number>('Date.now()');
  await page.clock.pauseAt(now + 10_000); // far enough that a busy machine does not reach it first
}
