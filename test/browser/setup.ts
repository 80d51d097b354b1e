/** Before any test: what browser tests need, made once and kept. */
import { unpackBrowser } from './chromium.ts';
import { buildPage } from './page-build.ts';

export async function setup(): Promise<void> {
  await Promise.all([buildPage(), unpackBrowser()]);
}
