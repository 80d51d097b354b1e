/** The console as a human uses it: a real browser, a real server, a scripted model. */
import { describe, expect, test } from 'vitest';
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
  type Stage,
  startAgent,
  stopClock,
  takesYes,
} from './stage.ts';

const resultOf = async (team: Stage['team']) => await team.result(team.agents()[0]?.id ?? '');

describe('a question', () => {
  test('comes up when an agent that was started in the page asks, and yes lets it run', async () => {
    await using at = await commandStage();
    await startAgent(at.page, 'npm test');
    await question(at.page).getByText('npm test', { exact: true }).first().waitFor();
    await button(at.page, /^Yes/).click();
    expect((await resultOf(at.team)).text).toContain('ran npm test');
    await inbox(at.page).getByText('No question is open').waitFor();
    await at.page.getByRole('article', { name: 'End' }).waitFor();
  });

  test('answered with always makes the rule that was shown, which the grants page lists and takes back', async () => {
    await using at = await commandStage();
    await startAgent(at.page, 'npm test');
    await question(at.page).getByText('bash(npm test)').waitFor();
    await button(at.page, /^Always(?!,)/).click();
    await resultOf(at.team);
    expect(at.team.grants.list()).toMatchObject([{ permission: { tool: 'bash' }, scope: 'all' }]);
    await at.page.getByRole('tab', { name: 'Grants' }).click();
    await at.page.getByRole('button', { name: /^Revoke bash\(npm test\)/ }).click();
    await eventually(() => expect(at.team.grants.list()).toEqual([]));
    await at.page.getByRole('table').waitFor({ state: 'detached' });
  });

  test('answered with no and a reason tells the agent why', async () => {
    await using at = await commandStage();
    await startAgent(at.page, 'rm -rf build');
    await button(at.page, /^No, with a reason/).click();
    await inbox(at.page).getByRole('textbox', { name: 'Reason' }).fill('ask the release team first');
    await button(at.page, /^Send no/).click();
    expect((await resultOf(at.team)).text).toContain('ask the release team first');
  });

  test('answered with an edited command runs as edited; one that does not fit is refused and stays open', async () => {
    await using at = await commandStage();
    await startAgent(at.page, 'npm test');
    await button(at.page, /^Edit/).click();
    await inbox(at.page).getByRole('textbox', { name: 'Command' }).fill('npm test -- --bail');
    await button(at.page, /^Yes, with this/).click();
    expect((await resultOf(at.team)).text).toContain('ran npm test -- --bail');
  });

  test('shows what hides: characters that turn the text around, or take no place', async () => {
    await using at = await commandStage();
    start(at.team, 'echo safe\u202e# gnihtyreve mr\u200b', { tools: [bash] });
    await question(at.page).getByText('U+202E').first().waitFor();
    expect(await question(at.page).innerText()).toContain('U+200B');
  });

  test('takes no answer in its first half second, by key or by button, also when it replaces another', async () => {
    await using at = await commandStage({ hasClock: true });
    for (const task of ['first', 'second']) start(at.team, task, { tools: [bash], name: task });
    await relaysWaiting(at.team, 2);
    await question(at.page).getByText('first').first().waitFor();
    await takesYes(at.page);
    await stopClock(at.page);
    for (let press = 0; press < 3; press += 1) await at.page.keyboard.press('y');
    await question(at.page).getByText('second').first().waitFor();
    await at.page.keyboard.press('y');
    expect(await isBlocked(at.page, /^Yes/)).toBe(true);
    await at.page.clock.runFor(500);
    await takesYes(at.page);
    expect(at.team.getPendingRelays()).toHaveLength(1);
    await at.page.keyboard.press('y');
    await questionsLeft(at, 0);
  });

  test('survives a reload at any instant: also one between the press and the answer', async () => {
    await using at = await commandStage();
    start(at.team, 'npm test', { tools: [bash] });
    await question(at.page).getByText('npm test').first().waitFor();
    for (let times = 0; times < 3; times += 1) {
      await at.page.reload();
      await question(at.page).getByText('npm test').first().waitFor();
    }
    expect(at.team.getPendingRelays()).toHaveLength(1);
    await button(at.page, /^Yes/).click();
    await at.page.reload();
    await resultOf(at.team);
    await inbox(at.page).getByText('No question is open').waitFor();
  });

  test('in two tabs is answered once: the other one sees it withdrawn, and by whom', async () => {
    await using at = await commandStage();
    const other = await at.tab();
    start(at.team, 'npm test', { tools: [bash] });
    await question(other).getByText('npm test').first().waitFor();
    await button(at.page, /^Yes/).click();
    await inbox(other).getByText('No question is open').waitFor();
    await inbox(other)
      .getByText(/answered by console/)
      .first()
      .waitFor();
    expect((await resultOf(at.team)).text).toContain('ran npm test');
  });

  test('answered from elsewhere goes away, with who answered', async () => {
    await using at = await commandStage();
    start(at.team, 'npm test', { tools: [bash] });
    await question(at.page).waitFor();
    const [relay] = at.team.getPendingRelays();
    at.team.resolveRelay(relay?.id ?? '', { approved: false, by: 'ann', reason: 'not now' });
    await inbox(at.page)
      .getByText(/answered by ann/)
      .first()
      .waitFor();
  });
});

describe('questions that are alike', () => {
  test('are answered together, each with its own result', async () => {
    await using at = await commandStage();
    for (const name of ['a', 'b', 'c']) start(at.team, 'npm test', { tools: [bash], name });
    await relaysWaiting(at.team, 3);
    await button(at.page, 'Answer all 3').click();
    await button(at.page, /^Yes to all/).click();
    await inbox(at.page).getByText('3 of 3 accepted').waitFor();
    expect(at.team.getPendingRelays()).toEqual([]);
  });

  test('are released by one always, and clear from the list', async () => {
    await using at = await commandStage();
    for (const name of ['a', 'b', 'c']) start(at.team, 'npm test', { tools: [bash], name });
    await relaysWaiting(at.team, 3);
    await inbox(at.page).getByText('3 waiting').waitFor();
    await button(at.page, /^Always(?!,)/).click();
    await inbox(at.page).getByText('No question is open').waitFor();
    await Promise.all(at.team.agents().map(({ id }) => at.team.result(id)));
    expect(at.team.agents().map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  });
});
