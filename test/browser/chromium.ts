/** The browser of the tests: it comes with npm, and brings the libraries that it needs. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromium, { inflate } from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';

const PACKAGE = createRequire(import.meta.url).resolve('@sparticuz/chromium');
const LIBRARIES = join(tmpdir(), 'al2023');

/** Unpacks the browser into the temporary folder, unless that was done; before tests run side by side. */
export async function unpackBrowser(): Promise<void> {
  await chromium.executablePath();
  if (!existsSync(LIBRARIES)) await inflate(join(PACKAGE, '../../bin/al2023.tar.br'));
}

/** As a user's browser is, with its guards up; only without a sandbox of its own, which needs rights that CI has not. */
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

export async function openBrowser(): Promise<Browser> {
  return await driver.launch({
    executablePath: await chromium.executablePath(),
    args: ARGS,
    env: { ...process.env, LD_LIBRARY_PATH: join(LIBRARIES, 'lib') },
    headless: true,
  });
}
