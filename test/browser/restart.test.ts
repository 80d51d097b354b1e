/** A server that is killed and restarted under an open page: real processes, a real journal. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { nodeProcess, said } from '../support/processes.ts';
import { browserContext, takesYes } from './stage.ts';

const SERVER = fileURLToPath(new URL('restart-server.ts', import.meta.url));

/** A process that serves what the journal holds, and its address. It ends with the test. */
async function served(journal: string, port: string) {
  const child = nodeProcess(SERVER, journal, port, inject('page'));
  return { process: child, address: (await said(child.stdout, /\n/)).trim() };
}

test('the page keeps what it shows, says what to do, and continues with the question that waited', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-restart-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const journal = join(folder, 'run.sqlite');
  const first = await served(journal, '0');
  await using context = await browserContext();
  const page = await context.newPage();
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
  await takesYes(page);
  await page.getByRole('button', { name: 'Yes', exact: true }).click();
  await page.getByText('No question is open').waitFor();
  await page.getByRole('region', { name: 'Thread' }).getByText('It said: echo: may I?').first().waitFor();

  second.process.kill('SIGTERM');
  const [code] = (await once(second.process, 'close')) as [number];
  expect(code).toBe(0);
});
