/** Paths among the arguments of a command: below the workspace, and none that the list of guarded names protects. */
import { GUARDED_NAMES, guardedName, type GuardKind } from '../../paths/guarded-names.ts';
import type { Arg, GuardContext } from './guard.ts';

const DEVICES = new Set(['/dev/null', '/dev/stdin', '/dev/stdout', '/dev/stderr', '-']);

/** What a glob may be after: endings such as `pem`, and an example of every name that begins with no dot. */
function targetsOf(kind: GuardKind): { readonly endings: readonly string[]; readonly names: readonly string[] } {
  const rows = GUARDED_NAMES.filter((row) => row.kind === kind && !/^\.|\//.test(row.name)).map(({ name }) => name);
  return {
    endings: rows.filter((name) => /^\*\.\w+$/.test(name)).map((name) => name.slice(2)),
    names: [...rows.map((name) => name.replaceAll('*', 'x')), 'id_rsa', 'id_rsa.pub', 'git~1'],
  };
}
const TARGETS = { secret: targetsOf('secret'), runs: targetsOf('runs') };

/** Why this path is out of bounds; `null` when it is not. A program that only reads may read files that programs run. */
export function outOfBounds(arg: Arg, { workspace, reads }: GuardContext): string | null {
  const { text } = arg;
  if (DEVICES.has(text)) return null;
  const segments = text.split('/');
  // behind a colon stands the path in a revision
  const names = text.split(/[/:]/).filter((name) => name !== '');
  const shown = JSON.stringify(text);
  const kinds: readonly GuardKind[] = reads === true ? ['secret'] : ['secret', 'runs'];
  for (const kind of kinds) {
    const guarded = guardedName(names, kind);
    if (guarded !== null) return `${shown} is ${guarded.is}`;
  }
  if (text.startsWith(':(')) return `${shown} may name other files than it says`;
  for (const kind of kinds) {
    if (names.some((name) => mayFind(name, kind)))
      return `${shown} may match files ${kind === 'secret' ? 'with secrets' : 'that programs run'}`;
  }
  if (segments.includes('..') && climbsOut(segments)) return `${shown} leads out of the folder`;
  if (!text.startsWith('/')) return null;
  // the folder was named by the person who wrote the rule
  if (arg.prefix.includes('/') && !segments.includes('..')) return null;
  // a workspace that is everything bounds nothing
  return workspace !== '/' && isBelow(text, workspace) ? null : `${shown} lies outside the workspace`;
}

/** `*` and `*.json` are after nothing in particular. Quoted, a glob is one for programs that have globs of their own. */
function mayFind(name: string, kind: GuardKind): boolean {
  if (!/[*?[]/.test(name) || /^\*+$/.test(name)) return false;
  if (/^\.+[^./]*[*?[]/.test(name)) return true;
  if (/^\*\.[\w.-]+$/.test(name)) return guardedName([`x${name.slice(1)}`], kind) !== null;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const { endings, names } = TARGETS[kind];
  const ends = name.includes('.') && ending !== '*' && endings.some((one) => mayBe(ending, one));
  return ends || names.some((target) => mayBe(name, target));
}

/** Whether a glob may stand for a name; a bracket expression is taken for any character. */
function mayBe(glob: string, name: string): boolean {
  const parts = glob.replace(/\[!?\^?\]?[^\]]*\]/g, '?').replace(/[.+^${}()|\\[\]]/g, '\\$&');
  return new RegExp(`^${parts.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 'is').test(name);
}

function isBelow(path: string, root: string): boolean {
  return (path === root || path.startsWith(`${root}/`)) && !path.split('/').includes('..');
}

/** Whether following the segments ever leads above their start, or a `..` follows a name a glob chose. */
function climbsOut(segments: readonly string[]): boolean {
  let depth = 0;
  for (const name of segments) {
    if (name === '..') depth--;
    else if (name !== '' && name !== '.') depth++;
    if (depth < 0) return true;
  }
  return segments.some((name) => /[*?[]/.test(name)) || segments[0] === '';
}
