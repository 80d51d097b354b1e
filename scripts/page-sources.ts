/** The files that the page of the console is built from, as globs from the root of the project. */
export const PAGE_SOURCES: readonly string[] = [
  'src/web/**/*.*',
  'src/{client,read-model,text,diagnostics,permissions}/**/*.ts',
  'src/*.ts',
  'vite.config.ts',
  'package-lock.json',
];
