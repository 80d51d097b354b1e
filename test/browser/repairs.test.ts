/** Answers that something else must not give, and content that must not break the page. */
import { describe, expect, test } from 'vitest';
import type { Script } from '../../src/index.ts';
import { eventually } from '../support/processes.ts';
import { relaysWaiting, start } from '../support/team.ts';
import {
  bash,
  button,
  commandStage,
  inbox,
  isBlocked,
  question,
  questionsLeft,
  stage,
  stopClock,
  takesYes,
} from './stage.ts';

const says: Script = function* ({ task }) {
  yield { text: task };
};

describe('a reason that is typed while the question is answered elsewhere', () => {
  test('answers nothing until Escape, and is kept', async () => {
    await using at = await commandStage({ hasClock: true });
    for (const task of ['first', 'second']) start(at.team, task, { tools: [bash], name: task });
    const [first] = await relaysWaiting(at.team, 2);
    await question(at.page).getByText('first').first().waitFor();
    await button(at.page, /^No, with a reason/).click();
    await inbox(at.page).getByRole('textbox', { name: 'Reason' }).waitFor();
    await at.page.keyboard.type('not');
    at.team.resolveRelay(first?.id ?? '', { approved: false, by: 'ann' });
    await question(at.page).getByText('second').first().waitFor();
    await inbox(at.page).getByText('Press Esc to continue').waitFor();
    await at.page.keyboard.type(' any', { delay: 20 });
    await at.page.clock.runFor(700); // a pause in typing, longer than a new question takes no answer
    await at.page.keyboard.type('yan');
    expect(await isBlocked(at.page, /^Yes/)).toBe(true);
    await eventually(async () => expect(await inbox(at.page).getByText('not', { exact: true }).count()).toBe(1));
    expect(at.team.getPendingRelays()).toHaveLength(1);
    await stopClock(at.page);
    await at.page.keyboard.press('Escape');
    await at.page.keyboard.press('y');
    await at.page.clock.runFor(500);
    await takesYes(at.page);
    expect(at.team.getPendingRelays()).toHaveLength(1);
    await at.page.keyboard.press('y');
    await questionsLeft(at, 0);
  });

  test('is left with a click, which itself answers nothing', async () => {
    await using at = await commandStage({ hasClock: true });
    for (const task of ['first', 'second']) start(at.team, task, { tools: [bash], name: task });
    const [first] = await relaysWaiting(at.team, 2);
    await question(at.page).getByText('first').first().waitFor();
    await button(at.page, /^No, with a reason/).click();
    await inbox(at.page).getByRole('textbox', { name: 'Reason' }).fill('later');
    at.team.resolveRelay(first?.id ?? '', { approved: false, by: 'ann' });
    await inbox(at.page).getByText('Press Esc to continue').waitFor();
    await at.page.clock.runFor(600); // longer than a new question takes no answer
    await button(at.page, /^Yes/).click({ force: true });
    await inbox(at.page).getByText('You had typed this').waitFor();
    expect(at.team.getPendingRelays()).toHaveLength(1);
    await takesYes(at.page);
    await button(at.page, /^Yes/).click();
    await questionsLeft(at, 0);
  });
});

test.each([
  ['quotes in quotes', '>'.repeat(3000)],
  ['brackets', '['.repeat(19_000)],
  ['emphasis that never closes', '*a **b '.repeat(2400)],
])('%s are shown, and break nothing, also after a reload', async (_what, text) => {
  await using at = await stage(says);
  const id = start(at.team, text, { name: 'odd' });
  await at.team.result(id);
  await at.page.getByRole('article', { name: 'Text' }).first().waitFor();
  await at.page.reload();
  await at.page.getByRole('article', { name: 'Text' }).first().waitFor();
  await inbox(at.page).getByText('No question is open').waitFor();
});

describe('a command too long to be shown at once', () => {
  test.each([
    ['of many lines', Array.from({ length: 20_000 }, (_none, at) => `echo ${at}`).join('\n')],
    ['of one long line', `echo ${'x'.repeat(300_000)} end`],
  ])('%s takes a yes only after all was asked for', async (_what, command) => {
    await using at = await commandStage();
    start(at.team, command, { tools: [bash], name: 'long' });
    await question(at.page)
      .getByText(/rows are hidden/)
      .waitFor();
    await eventually(async () => expect(await isBlocked(at.page, /^No(?!,)/)).toBe(false));
    expect(await isBlocked(at.page, /^Yes/)).toBe(true);
    await at.page.keyboard.press('y');
    await at.page.keyboard.press('a');
    expect(at.team.getPendingRelays()).toHaveLength(1);
    await button(at.page, 'Show all').last().click();
    await question(at.page).getByRole('group', { name: 'Command' }).waitFor();
    await takesYes(at.page);
    await at.page.keyboard.press('y');
    await questionsLeft(at, 0);
  });

  test('is shown whole up to 400 lines', async () => {
    await using at = await commandStage();
    start(at.team, Array.from({ length: 300 }, (_none, line) => `echo ${line}`).join('\n'), { tools: [bash] });
    await question(at.page).getByText('echo 299').first().waitFor();
    await takesYes(at.page);
  });
});

test('after the last answer the focus is at the title of the inbox', async () => {
  await using at = await commandStage();
  start(at.team, 'npm test', { tools: [bash] });
  await takesYes(at.page);
  await button(at.page, /^Yes/).click();
  await inbox(at.page).getByText('No question is open').waitFor();
  await eventually(async () => expect(await at.page.evaluate<string>('document.activeElement.id')).toBe('inbox-title'));
});

test('the results of a group stay whole after the next single answer', async () => {
  await using at = await commandStage();
  const many = 220;
  for (let made = 0; made < many; made += 1) start(at.team, 'npm test', { tools: [bash], name: `a${made}` });
  start(at.team, 'npm run build', { tools: [bash], name: 'other' });
  await relaysWaiting(at.team, many + 1);
  await button(at.page, `Answer all ${many}`).click();
  await button(at.page, /^Yes to all/).click();
  await inbox(at.page).getByText(`${many} of ${many} accepted`).waitFor();
  await takesYes(at.page);
  await button(at.page, /^Yes/).click();
  await inbox(at.page).getByText('No question is open').waitFor();
  await inbox(at.page).getByText(`${many} of ${many} accepted`).waitFor();
  // what "always" would release is asked for while questions go by the hundred: one may be gone by then
  const others = at.complaints.filter((complaint) => !complaint.includes('404'));
  at.complaints.splice(0, at.complaints.length, ...others);
});
