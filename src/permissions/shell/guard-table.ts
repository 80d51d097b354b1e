/** The table of programs and the guards that judge their arguments. */
import { archives } from './guards/archives.ts';
import { builtins, EVALUATORS } from './guards/builtins.ts';
import { fileListing } from './guards/file-listing.ts';
import { gitGuards } from './guards/git.ts';
import { GIT_LOOKS } from './guards/git-commands.ts';
import type { Arg, Guard, Guards } from './guards/guard.ts';
import { INTERPRETERS, interpreterGuards, SHELLS } from './guards/interpreters.ts';
import { network } from './guards/network.ts';
import { packageToolGuards } from './guards/package-tools.ts';
import { responseFile } from './guards/script-arguments.ts';
import { searchTools } from './guards/search-tools.ts';
import { awkGuards, sedGuards } from './guards/stream-editors.ts';
import { pagers, textTools } from './guards/text-tools.ts';
import { WRAPPER_NAMES, wrapperGuards } from './guards/wrappers.ts';
import { writers } from './guards/writers.ts';

/** Programs that no argument makes do harm, so that xargs may give them any. */
const INERT = new Set(
  'cat grep egrep fgrep head tail wc ls stat basename dirname echo cut md5sum sha256sum sha1sum nl tac rev'.split(' '),
);

/** Programs that no option makes write a file. */
const READERS = new Set(
  `cat tac rev head tail wc cut paste nl fold fmt expand unexpand tr comm cmp diff jq strings od hexdump grep egrep fgrep
   rg ls stat file du readlink realpath basename dirname test [ md5sum sha1sum sha224sum sha256sum sha384sum sha512sum
   b2sum cksum sum`.split(/\s+/),
);

/** Judges a call: `null` when its program has no guard, or its guard finds nothing. */
export const judge: Guard = (args, context) => {
  const guard = guardOf(args[0]?.text ?? '');
  return guard?.(args, onlyReads(args) ? { ...context, reads: true } : context) ?? null;
};

function onlyReads([program, verb, ...rest]: readonly Arg[]): boolean {
  const name = plainName(program?.text ?? '');
  if (name !== 'git') return READERS.has(name);
  return Object.hasOwn(GIT_LOOKS, verb?.text ?? '') && !rest.some(({ text }) => text.startsWith('--output'));
}

/** No name stands in two of them: the later one would silently replace the guard of the earlier one. */
export const GUARD_TABLES: readonly Guards[] = [
  writers,
  network,
  packageToolGuards(judge),
  pagers,
  archives,
  wrapperGuards(judge, (program) => INERT.has(program)),
  interpreterGuards(judge),
  builtins,
  sedGuards,
  awkGuards,
  gitGuards,
  searchTools,
  fileListing,
  textTools,
];

const { strings } = textTools;
const GUARDS: Guards = {
  ...Object.fromEntries(GUARD_TABLES.flatMap((table) => Object.entries(table))),
  strings: (args, context) => responseFile(args, false) ?? strings?.(args, context) ?? null,
};

/** The guard of a program, by its name or path; `undefined` when there is none. */
export function guardOf(program: string): Guard | undefined {
  const name = plainName(program);
  return Object.hasOwn(GUARDS, name) ? GUARDS[name] : undefined;
}

/** `/usr/bin/python3.12` → `python`, `gcc-13` → `gcc`, `node.exe` → `node`. */
export function plainName(program: string): string {
  const name = (program.split('/').pop() ?? '').toLowerCase().replace(/\.exe$/, '');
  if (Object.hasOwn(GUARDS, name)) return name;
  const withoutVersion = name.replace(/-?[0-9][0-9.]*$/, '');
  // coreutils and their like carry a g in front where another system's are there already
  const withoutG = name.replace(/^g(?=[a-z]{2})/, '');
  return [withoutVersion, withoutG].find((candidate) => Object.hasOwn(GUARDS, candidate)) ?? name;
}

const ANYWHERE: Guards = { ...builtins, ...sedGuards, ...awkGuards, ...searchTools, ...fileListing, ...textTools };

/** Whether what the program does follows from files of the folder it runs in: settings, scripts, a repository. */
export function dependsOnFolder(program: string): boolean {
  return !Object.hasOwn(ANYWHERE, plainName(program));
}

const CODE_OPTIONS = /^-[a-z]*c/;

/** Whether a call is a shell that is handed its script as text, or from its input. */
export function runsAnything(words: readonly { readonly text: string }[]): boolean {
  const [program, ...rest] = words;
  if (!SHELLS.has(plainName(program?.text ?? ''))) return false;
  return rest.some(({ text }) => CODE_OPTIONS.test(text)) || rest.every(({ text }) => text.startsWith('-'));
}

/** Whether the program is a shell, an interpreter, a wrapper, or a builtin that evaluates: what runs is not its name. */
export function runsOthers(program: string): boolean {
  const name = plainName(program);
  return INTERPRETERS.has(name) || WRAPPER_NAMES.has(name) || EVALUATORS.has(name);
}
