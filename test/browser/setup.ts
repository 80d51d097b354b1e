/** Before any test: what browser tests need, made once and kept. */
import type { TestProject } from 'vitest/node';
import { unpackBrowser } from './chromium.ts';
import { buildPage } from './page-build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built page lies. */
    page: string;
  }
}

export async function setup(project: TestProject): Promise<void> {
  const [page] = await Promise.all([buildPage(), unpackBrowser()]);
  project.provide('page', page);
}
