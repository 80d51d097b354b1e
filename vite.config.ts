import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// A config module is loaded by its default export; nothing of the package has one.
export default defineConfig({
  root: here('src/web'),
  base: '/',
  publicDir: false,
  build: {
    outDir: here('dist/web'),
    emptyOutDir: true,
    target: 'es2024',
    // the policy of the server allows files of our own and nothing else
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
