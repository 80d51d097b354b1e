/** Oversight: by keyboard, with assistive technology, in the history, in the machines, and what must never happen. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { agentTool, call, type Script } from '../../src/index.ts';
import { eventually } from '../support/processes.ts';
import { echoTool, relaysWaiting, start, until } from '../support/team.ts';
import { inbox, question, questionsLeft, stage, type Stage, type StageOptions, takesYes } from './stage.ts';

/** A lead starts two agents; each of them asks. */
const family: Script = function* ({ task }) {
  if (task === 'lead') {
    yield {
      text: 'I start two agents.',
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

async function familyStage(more: StageOptions = {}): Promise<Stage> {
  const at = await stage(family, { options: { permissions: { allowlist: [{ tool: 'agent' }] } }, ...more });
  start(at.team, 'lead', { name: 'lead', tools: [agentTool, echoTool()] });
  await relaysWaiting(at.team, 2);
  await at.page.getByRole('treeitem', { name: /left/ }).waitFor();
  return at;
}

/** The accessibility faults that axe finds on the page. */
async function faults(page: Page): Promise<string[]> {
  // the page's policy forbids foreign scripts, but not those of the debugger
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
        if (name === 'Machines') await at.page.getByRole('group', { name: /machine as a chart/ }).waitFor();
        expect(await faults(at.page), name).toEqual([]);
      }
      await at.page.getByRole('button', { name: 'Start', exact: true }).click();
      await at.page.getByRole('dialog').waitFor();
      expect(await faults(at.page)).toEqual([]);
    },
  );

  test('is used by keyboard alone: start, choose, answer, say why', async () => {
    const tool = echoTool();
    await using at = await stage(family, {
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
    await question(at.page).getByText('one').first().waitFor();
    await keyboard.press('j');
    await question(at.page).getByText('two').first().waitFor();
    await takesYes(at.page);
    await keyboard.press('r');
    await keyboard.type('no y n a here');
    await keyboard.press('Enter');
    await eventually(() => expect(at.team.getPendingRelays().map(({ params }) => params)).toEqual([{ text: 'one' }]));
    await takesYes(at.page);
    await keyboard.press('y');
    await eventually(() => expect(at.team.agents().map(({ state }) => state)).toEqual(['done', 'done']));
    expect(tool.runs).toEqual(['one']);
    const { event } = await until(at.team, (entry) => entry.event.type === 'relay_resolved' && !entry.event.approved);
    expect(event).toMatchObject({ reason: 'no y n a here', by: 'console' });
  });

  test('is usable at the width of a phone', async () => {
    await using at = await familyStage({ context: { viewport: { width: 375, height: 740 } } });
    await at.page.getByRole('tab', { name: /Inbox/ }).click();
    await question(at.page).waitFor();
    const width = await at.page.locator('html').evaluate((html): unknown => Reflect.get(html, 'scrollWidth'));
    expect(width).toBeLessThanOrEqual(375);
    await takesYes(at.page);
    await at.page.getByRole('button', { name: 'Yes', exact: true }).click();
    await questionsLeft(at, 1);
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
    await eventually(async () => expect(await at.page.getByRole('treeitem').count()).toBeLessThan(3));
    await at.page.getByRole('button', { name: 'Back to now' }).click();
    await eventually(async () => expect(await at.page.getByRole('treeitem').count()).toBe(3));
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

  test('open a state of the chart, and lead back out', async () => {
    await using at = await familyStage();
    await at.page.setViewportSize({ width: 1440, height: 900 });
    await at.page.getByRole('treeitem', { name: /left/ }).click();
    await at.page.getByRole('tab', { name: 'Machines' }).click();
    const chart = at.page.getByRole('figure', { name: 'agent machine' });
    const levels = chart.getByRole('navigation', { name: 'Levels of the chart' });
    // the agent waits: the last arrow is lit, from the closed state that it started in
    await chart.locator('.move.last[data-from="running"][data-to="awaitingRelay"]').waitFor();
    const running = chart.getByRole('button', { name: /^running/ });
    await running.click();
    await chart.locator('.move.last[data-to="awaitingRelay"]').waitFor();
    const turn = chart.getByRole('button', { name: /^modelTurn/ });
    await turn.focus();
    await at.page.keyboard.press('Enter');
    await levels.getByText('modelTurn', { exact: true }).waitFor();
    expect(await chart.locator('.state').first().getAttribute('data-state')).toBe('running.modelTurn');
    await at.page.keyboard.press('Escape');
    await levels.locator('[aria-current]', { hasText: 'running' }).waitFor();
    await turn.and(at.page.locator(':focus')).waitFor();
    await levels.getByRole('button', { name: 'agent' }).click();
    await running.waitFor();
    // fitted, no text is smaller than 10 px
    const sizes = await at.page.evaluate<number[]>(`(() => {
      const svg = document.querySelector('.machine-paper > svg');
      const scale = svg.getBoundingClientRect().width / svg.getAttribute('width');
      return [...svg.querySelectorAll('tspan')].map((text) => text.getAttribute('font-size') * scale);
    })()`);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
    for (const { id } of at.team.getPendingRelays()) at.team.resolveRelay(id, { approved: true });
    await chart.locator('.move.last[data-to="done"]').waitFor();
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
    await eventually(() =>
      expect(at.team.agents().map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']),
    );
    await inbox(at.page).getByText('No question is open').waitFor();
  });
});
