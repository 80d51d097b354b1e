/** Looking on: by keyboard, with assistive technology, back in time, into the machines, and what must never happen. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentTool, call, type Script } from '../../src/index.ts';
import { echoTool, relaysWaiting, start, until } from '../support/team.ts';
import { openBrowser } from './chromium.ts';
import { stage, type Stage } from './stage.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

/** A lead hires two; each of them asks. */
const family: Script = function* ({ task }) {
  if (task === 'lead') {
    yield {
      text: 'I hire two.',
      calls: [call('agent', { task: 'left', name: 'left' }), call('agent', { task: 'right', name: 'right' })],
    };
    return { text: 'Both are done.' };
  }
  yield {
    text: `I am **${task}**. <img src=x onerror=alert(1)> [bad](javascript:alert(1)) [good](https://example.org/)`,
    calls: [call('echo', { text: task })],
  };
  return { text: 'Done.' };
};

async function familyStage(more: Parameters<typeof stage>[2] = {}): Promise<Stage> {
  const at = await stage(browser, family, { options: { permissions: { allowlist: [{ tool: 'agent' }] } }, ...more });
  start(at.team, 'lead', { name: 'lead', tools: [agentTool, echoTool()] });
  await relaysWaiting(at.team, 2);
  await at.page.getByRole('treeitem', { name: /left/ }).waitFor();
  return at;
}

/** What a checker of accessibility finds on the page as it is. */
async function faults(page: Page): Promise<string[]> {
  // a script from outside is what the policy of the page forbids: the checker is let in by the debugger
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(async () => {
    const checker = (
      globalThis as unknown as {
        axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe;
    return await checker.run({ resultTypes: ['violations'] });
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

describe('the page', () => {
  test.each(['light', 'dark'] as const)(
    'is free of faults that a checker of accessibility finds: %s',
    async (colorScheme) => {
      await using at = await familyStage({ context: { colorScheme } });
      expect(await faults(at.page)).toEqual([]);
      for (const name of ['Machines', 'Graph', 'Grants']) {
        await at.page.getByRole('tab', { name }).click();
        await at.page.getByRole('heading', { name: name === 'Graph' ? 'Agent graph' : name }).waitFor();
        if (name === 'Machines') await at.page.getByRole('img', { name: /machine as a chart/ }).waitFor();
        expect(await faults(at.page), name).toEqual([]);
      }
      await at.page.getByRole('button', { name: 'Start', exact: true }).click();
      await at.page.getByRole('dialog').waitFor();
      expect(await faults(at.page)).toEqual([]);
    },
  );

  test('is used by keyboard alone: start, choose, answer, say why', async () => {
    const tool = echoTool();
    await using at = await stage(browser, family, {
      served: { start: ({ goal }) => [start(at.team, goal, { name: goal, tools: [tool] })] },
    });
    const { keyboard } = at.page;
    for (const goal of ['one', 'two']) {
      await at.page.getByRole('button', { name: 'Start', exact: true }).focus();
      await keyboard.press('Enter');
      await at.page.getByRole('dialog').waitFor();
      await keyboard.type(goal);
      await keyboard.press('Tab');
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      await at.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await relaysWaiting(at.team, 2);
    const question = at.page.getByRole('article', { name: 'Question' });
    const ready = () =>
      expect
        .poll(() => at.page.getByRole('button', { name: 'Yes', exact: true }).getAttribute('aria-disabled'))
        .not.toBe('true');
    await question.getByText('one').first().waitFor();
    await keyboard.press('j');
    await question.getByText('two').first().waitFor();
    await ready();
    await keyboard.press('r');
    await keyboard.type('no y n a here');
    await keyboard.press('Enter');
    await expect.poll(() => at.team.getPendingRelays().map(({ params }) => params)).toEqual([{ text: 'one' }]);
    await ready();
    await keyboard.press('y');
    await expect.poll(() => at.team.agents().map(({ state }) => state)).toEqual(['done', 'done']);
    expect(tool.runs).toEqual(['one']);
    const { event } = await until(at.team, (entry) => entry.event.type === 'relay_resolved' && !entry.event.approved);
    expect(event).toMatchObject({ reason: 'no y n a here', by: 'console' });
  });

  test('is usable at the width of a phone', async () => {
    await using at = await familyStage({ context: { viewport: { width: 375, height: 740 } } });
    await at.page.getByRole('tab', { name: /Inbox/ }).click();
    const question = at.page.getByRole('article', { name: 'Question' });
    await question.waitFor();
    const width = await at.page.locator('html').evaluate((html): unknown => Reflect.get(html, 'scrollWidth'));
    expect(width).toBeLessThanOrEqual(375);
    await expect
      .poll(() => at.page.getByRole('button', { name: 'Yes', exact: true }).getAttribute('aria-disabled'))
      .not.toBe('true');
    await at.page.getByRole('button', { name: 'Yes', exact: true }).click();
    await expect.poll(() => at.team.getPendingRelays()).toHaveLength(1);
    expect(await faults(at.page)).toEqual([]);
  });

  test('asks nothing of any other server', async () => {
    const asked = new Set<string>();
    await using at = await familyStage();
    at.page.on('request', (request) => asked.add(new URL(request.url()).origin));
    await at.page.reload();
    for (const name of ['Machines', 'Graph', 'Grants', 'Team']) await at.page.getByRole('tab', { name }).click();
    await at.page.getByRole('tree').waitFor();
    expect([...asked]).toEqual([at.server.url.slice(0, -1)]);
  });

  test('shows what models write as text: no element of theirs, no link but to the web', async () => {
    await using at = await familyStage();
    await at.page.getByRole('treeitem', { name: /left/ }).click();
    const thread = at.page.getByRole('region', { name: 'Thread' });
    await thread.getByText('left', { exact: true }).first().waitFor();
    await thread.getByRole('link', { name: 'good' }).waitFor();
    expect(await thread.getByRole('link', { name: 'good' }).getAttribute('href')).toBe('https://example.org/');
    expect(await thread.getByRole('link', { name: 'good' }).getAttribute('rel')).toContain('noopener');
    expect(await thread.locator('img').count()).toBe(0);
    expect(await thread.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await thread.innerText()).toContain('<img src=x onerror=alert(1)>');
  });
});

describe('the views', () => {
  test('show the team as it was, and come back to now', async () => {
    await using at = await familyStage();
    const slider = at.page.getByRole('slider', { name: 'History' });
    await slider.focus();
    await slider.press('Home');
    await at.page.getByRole('button', { name: 'Back to now' }).waitFor();
    await expect.poll(() => at.page.getByRole('treeitem').count()).toBeLessThan(3);
    await at.page.getByRole('button', { name: 'Back to now' }).click();
    await expect.poll(() => at.page.getByRole('treeitem').count()).toBe(3);
  });

  test('light the state that the machine of an agent is in, and list how it got there', async () => {
    await using at = await familyStage();
    await at.page.getByRole('treeitem', { name: /left/ }).click();
    await at.page.getByRole('tab', { name: 'Machines' }).click();
    const chart = at.page.getByRole('figure', { name: 'agent machine' });
    await chart.locator('[data-state="awaitingRelay"].active').waitFor();
    await at.page.getByRole('table').getByText('awaitingRelay').first().waitFor();
    for (const { id } of at.team.getPendingRelays()) at.team.resolveRelay(id, { approved: true });
    await chart.locator('[data-state="done"].active').waitFor();
    await at.page.getByRole('combobox', { name: 'Machine of' }).selectOption({ label: 'orchestrator' });
    await at.page.getByRole('figure', { name: 'orchestrator machine' }).locator('[data-state="open"].active').waitFor();
  });

  test('draw who made whom, and lead to an agent', async () => {
    await using at = await familyStage();
    await at.page.getByRole('tab', { name: 'Graph' }).click();
    const left = at.page.locator('button.agent-graph-agent', { hasText: 'left' });
    await left.waitFor();
    await left.focus();
    await at.page.keyboard.press('Enter');
    await at.page.getByRole('region', { name: 'Thread' }).getByRole('heading', { name: 'left' }).waitFor();
    expect(at.page.url()).toContain('#/team/');
  });

  test('nest subagents at the call that made them, and end an agent with its own', async () => {
    await using at = await familyStage();
    await at.page.getByRole('treeitem', { name: /lead/ }).first().click();
    const thread = at.page.getByRole('region', { name: 'Thread' });
    await thread.getByRole('button', { name: 'Show agent left' }).waitFor();
    await thread.getByRole('button', { name: /^Stop agent/ }).click();
    const dialog = at.page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('enough');
    await dialog.getByRole('button', { name: /^Stop/ }).click();
    await expect
      .poll(() => at.team.agents().map(({ status }) => status))
      .toEqual(['cancelled', 'cancelled', 'cancelled']);
    await at.page.getByRole('region', { name: 'Inbox' }).getByText('Nothing waits for you').waitFor();
  });
});
