import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Where the many processes that tests start find their compiled sources; it halves what a start takes. */
const COMPILED = fileURLToPath(new URL('node_modules/.cache/greenroom-compiled', import.meta.url));

/** Tests that touch nothing but what they make: they load the sources once for all of them, which saves a third of their time. */
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

// A config module is loaded by its default export; nothing of the package has one.
export default defineConfig({
  test: {
    environment: 'node',
    globals: false,
    env: { NODE_COMPILE_CACHE: COMPILED },
    maxWorkers: '100%', // the default leaves one core idle, which is half of two
    // A ceiling for what hangs, never a measure of speed: other work may take most of the machine. See PATIENCE_MS in test/support.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that waits for something that never comes must not be rescued by running it again.
    retry: 0,
    allowOnly: false,
    coverage: { provider: 'v8', include: ['src/**'], reportsDirectory: 'coverage' },
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
