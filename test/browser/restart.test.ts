/** A server that is killed and started again under an open page: real processes, a real journal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from './chromium.ts';

const SERVER = fileURLToPath(new URL('restart-server.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'greenroom-restart-'));
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** A process that serves what the journal holds; resolves with its address. */
async function served(
  journal: string,
  port: string,
): Promise<{ readonly process: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [SERVER, journal, port, inject('page')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, address: line.toString().trim() };
}

test('the page keeps what it shows, says what to do, and goes on with the question that waited', async () => {
  const journal = join(folder, 'run.sqlite');
  const first = await served(journal, '0');
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(first.address);
  const question = page.getByRole('article', { name: 'Question' });
  await question.getByText('may I?').first().waitFor();

  first.process.kill('SIGKILL');
  await once(first.process, 'close');
  await page.getByText('The server does not answer').first().waitFor();
  await question.getByText('may I?').first().waitFor();

  const { port } = new URL(first.address);
  const second = await served(journal, port);
  await page.getByText('The server was restarted').first().waitFor();
  await page.goto(second.address);
  await question.getByText('may I?').first().waitFor();
  const yes = page.getByRole('button', { name: 'Yes', exact: true });
  await expect.poll(() => yes.getAttribute('aria-disabled')).not.toBe('true');
  await yes.click();
  await page.getByText('Nothing waits for you').waitFor();
  await page.getByRole('region', { name: 'Thread' }).getByText('It said: echo: may I?').first().waitFor();

  second.process.kill('SIGTERM');
  const [code] = (await once(second.process, 'close')) as [number];
  expect(code).toBe(0);
  await page.close();
});
