/** The files a command names: scripts it runs, and what they are given. Too many do no harm; one too few would. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { matchesSegments, parseGlob } from '../permissions/paths/glob.ts';
import { parseScript } from '../permissions/shell/script.ts';

/** Separators of words for a shell, and the `=` of `--config=x.js`: for texts that cannot be taken apart for certain. */
const SEPARATORS = /[\s;&|<>()`$"'\\=]+/;
/** What a longer command names beyond this is not looked at; the gate never judges commands that long. */
const MAX_WORDS = 4096;
/** Folders that a command may have gone to by `cd`. */
const MAX_FOLDERS = 8;

/** What programs add to a name by themselves: `node a` runs `a.js`. */
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json', '.py', '.sh', '/index.js', '/__main__.py'];

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
  const words = wordsOf(command);
  const folders = [cwd, ...words.map((word) => resolve(cwd, word)).filter(isFolder)].slice(0, MAX_FOLDERS);
  const names = words.flatMap((word) => [...ENDINGS.map((ending) => word + ending), ...impliedBy(basename(word))]);
  const files = folders.flatMap((folder) => [
    ...names.map((name) => resolve(folder, name)),
    ...words.filter((word) => /[*?[]/.test(word)).flatMap((word) => expanded(word, folder)),
  ]);
  return [...new Set(files)].filter(isFile);
}

/** The words as the shell reads them, and the pieces between separators. */
function wordsOf(command: string): readonly string[] {
  const words = new Set(command.split(SEPARATORS, MAX_WORDS));
  // quoted names with blanks in them
  for (const [, , quoted] of command.matchAll(/(["'])(.*?)\1/gs)) if (quoted !== undefined) words.add(quoted);
  const script = parseScript(command);
  if (script.ok) for (const { words: argv } of script.commands) for (const { text } of argv) words.add(text);
  return [...words].filter((word) => word !== '' && !word.includes('\0'));
}

/** The files a glob in the last part of a name stands for; all files of the folder for a glob that cannot be read. */
function expanded(word: string, folder: string): readonly string[] {
  const place = resolve(folder, dirname(word));
  try {
    const isMatch = nameMatcher(basename(word));
    return readdirSync(place)
      .filter((name) => isMatch(name))
      .map((name) => resolve(place, name));
  } catch {
    return [];
  }
}

function nameMatcher(glob: string): (name: string) => boolean {
  try {
    const globs = parseGlob(glob);
    return (name) => globs.some(({ segments }) => matchesSegments(segments, [name]));
  } catch {
    return () => true;
  }
}

function impliedBy(program: string): readonly string[] {
  return Object.hasOwn(IMPLIED, program) ? (IMPLIED[program] ?? []) : [];
}

const isFile = (path: string): boolean => kindOf(path)?.isFile() === true;
const isFolder = (path: string): boolean => kindOf(path)?.isDirectory() === true;

function kindOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
