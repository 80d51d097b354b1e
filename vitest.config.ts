import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where the many processes that tests start find their compiled sources; it halves what a start takes. */
const COMPILED = fileURLToPath(new URL('node_modules/.cache/greenroom-compiled', import.meta.url));

// A config module is loaded by its default export; nothing of the package has one.
export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['test/browser/setup.ts'],
    globals: false,
    include: ['test/**/*.test.ts'],
    exclude: ['demo/**', 'dist/**', '**/node_modules/**'],
    env: { NODE_COMPILE_CACHE: COMPILED },
    maxWorkers: '100%', // the default leaves one core idle, which is half of two
    // Real processes and servers on a busy two-core machine: a ceiling for what hangs, never a measure of speed.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A test that waits for something that never comes must not be rescued by running it again.
    retry: 0,
    allowOnly: false,
    coverage: { provider: 'v8', include: ['src/**'], reportsDirectory: 'coverage' },
  },
});
