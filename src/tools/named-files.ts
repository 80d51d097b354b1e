/** The files a command names: scripts it runs, and what they are given. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';

/** Whatever separates words for a shell, and the `=` of `--config=x.js`. Too many words do no harm: most are no files. */
const SEPARATORS = /[\s;&|<>()`$"'\\=]+/;
const MAX_WORDS = 256;

/** Programs that run what a file in their folder says. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  npm: ['package.json'],
  npx: ['package.json'],
  pnpm: ['package.json'],
  yarn: ['package.json'],
  bun: ['package.json'],
  make: ['GNUmakefile', 'makefile', 'Makefile'],
  just: ['justfile', 'Justfile'],
};

/** Absolute paths of the regular files that exist under a word of the command, or that a program in it reads by itself. */
export function namedFiles(command: string, cwd: string): readonly string[] {
  const words = new Set(command.split(SEPARATORS, MAX_WORDS));
  // quoted names with blanks in them
  for (const [, , quoted] of command.matchAll(/(["'])(.*?)\1/gs)) if (quoted !== undefined) words.add(quoted);
  const names = [...words].flatMap((word) => [word, ...impliedBy(basename(word))]).filter((word) => word !== '');
  return [...new Set(names.map((name) => resolve(cwd, name)))].filter(isFile);
}

function impliedBy(program: string): readonly string[] {
  return Object.hasOwn(IMPLIED, program) ? (IMPLIED[program] ?? []) : [];
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
