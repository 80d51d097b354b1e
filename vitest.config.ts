import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Compiled sources for the many processes that tests start; it halves the time of a start. */
const COMPILED = fileURLToPath(new URL('node_modules/.cache/greenroom-compiled', import.meta.url));

/** Tests without processes, servers or shared files: all of them share loaded sources, which saves a third of their time. */
const PURE = [
  'charts',
  'docs',
  'harness',
  'lifecycle',
  'loop',
  'machines',
  'model',
  'orchestrator',
  'package',
  'permissions',
  'policy',
  'read-model',
  'stream',
  'testing',
  'text',
  'web',
].map((folder) => `test/${folder}/**/*.test.ts`);

// Vitest loads a config by its default export; the package has none.
export default defineConfig({
  test: {
    environment: 'node',
    globals: false,
    env: { NODE_COMPILE_CACHE: COMPILED },
    maxWorkers: '100%', // the default leaves one core idle, which is half of two
    // A ceiling for what hangs, never a measure of speed: other work may take most of the machine. See PATIENCE_MS in test/support.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A second run must not hide a test that waits for a fact that never comes.
    retry: 0,
    allowOnly: false,
    coverage: {
      provider: 'v8',
      thresholds: { statements: 85, branches: 79, functions: 85, lines: 86 },
      include: ['src/**'],
      // the page runs in a browser, which reports nothing to this process
      exclude: ['src/web/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
      reportOnFailure: true,
    },
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, '**/node_modules/**'],
          globalSetup: ['test/browser/setup.ts'],
        },
      },
    ],
  },
});
