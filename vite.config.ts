import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Vite loads a config by its default export; the package has none.
export default defineConfig({
  root: here('src/web'),
  base: '/',
  publicDir: false,
  build: {
    outDir: here('dist/web'),
    emptyOutDir: true,
    target: 'es2024',
    // the content security policy of the server allows only files of this package
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
