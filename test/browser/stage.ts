/** A served team with its page in a real browser. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import type { Script } from '../../src/index.ts';
import { createActorWatch } from '../../src/inspect/index.ts';
import { serving, type Serving } from '../server/serving.ts';

export interface Stage extends Serving {
  readonly page: Page;
  /** What the page complained of; a test that ends well has seen nothing. */
  readonly complaints: string[];
  /** Another tab of the same browser, signed in as well. */
  tab(): Promise<Page>;
}

/** Serves a script, opens the page and signs in. */
export async function stage(
  browser: Browser,
  script: Script,
  {
    context: contextOptions = {},
    ...rest
  }: NonNullable<Parameters<typeof serving>[1]> & { readonly context?: BrowserContextOptions } = {},
): Promise<Stage> {
  const watch = createActorWatch();
  const at = await serving(script, {
    ...rest,
    options: { inspect: watch.inspect, ...rest.options },
    served: { actors: watch, models: [{ id: 'played', title: 'Played' }], workspace: '/srv/shop', ...rest.served },
    server: { page: inject('page'), ...rest.server },
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...contextOptions });
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    // the front page answers 401 until one has signed in
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });
  context.setDefaultTimeout(10_000); // so that what was waited for is named, and not only that a test took too long
  const page = await context.newPage();
  await page.goto(at.server.address);
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
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
      await context.close();
      await at[Symbol.asyncDispose]();
      expect(complaints).toEqual([]);
    },
  };
}

/** Starts an agent through the page. */
export async function startAgent(page: Page, goal: string): Promise<void> {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Start agents' });
  await dialog.getByRole('textbox', { name: 'Goal' }).fill(goal);
  await dialog.getByRole('button', { name: 'Start' }).click();
  await dialog.waitFor({ state: 'detached' });
}
