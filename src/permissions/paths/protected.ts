/** Protection of a path: the list of guarded names, and this system's own files. */
import { pathSegments } from './glob.ts';
import { foldedName, guardedName, mayBeNamed } from './guarded-names.ts';

/**
 * `never`: no rule and no grant lets a call through, only a human who approves that very call.
 * `named`: a rule must name the file, without wildcards.
 */
export interface Protection {
  readonly guard: 'never' | 'named';
  /** What the file is, for a human: `a shell start-up file`. */
  readonly guardedAs: string;
}

export interface ProtectedQuestion {
  /** Absolute and normalised, and the same with every link resolved. Neither has to exist. */
  readonly path: string;
  readonly realPath: string;
  /** Whether the call only reads. */
  readonly reads: boolean;
  /** Absolute paths of this system's own files and folders: journal, state, the user's policy. */
  readonly own: readonly string[];
}

const OWN = 'a permission file or record of this system';
/** What SQLite keeps beside a database. */
const DATABASE_PARTS = ['', '-wal', '-shm', '-journal'];

/** What protects this file, if anything. Looks at names only, so it also holds for files that do not exist yet. Pure. */
export function protectionOf({ path, realPath, reads, own }: ProtectedQuestion): Protection | null {
  for (const seen of path === realPath ? [path] : [path, realPath]) {
    const segments = pathSegments(seen);
    if (!reads) {
      const is = guardedName(segments, 'runs')?.is ?? (isOwn(segments, own) ? OWN : null);
      if (is !== null) return { guard: 'never', guardedAs: is };
    }
    const secret = guardedName(segments, 'secret');
    if (secret !== null) return { guard: reads || mayBeNamed(secret) ? 'named' : 'never', guardedAs: secret.is };
  }
  return null;
}

function isOwn(segments: readonly string[], own: readonly string[]): boolean {
  const names = segments.map(foldedName);
  const isBelow = (file: readonly string[]) => file.length > 0 && file.every((name, at) => names[at] === name);
  return own.some((path) => {
    const file = pathSegments(path).map(foldedName);
    return DATABASE_PARTS.some((part) => isBelow([...file.slice(0, -1), `${file.at(-1) ?? ''}${part}`]));
  });
}
