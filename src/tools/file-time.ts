/**
 * Who saw what of which file.
 *
 * Guarantees:
 * - Every agent has a view of its own: the hash of the content it last read or wrote, per real path. Nobody's read or
 *   write touches another agent's view.
 * - Only content counts. A touched file with the same bytes is fresh; an edit in the same second of the same size is not.
 * - All names of one file (links) share one view and one lock.
 * - Locks are first come, first served, taken in sorted order when there are several, and released however `fn` ends.
 */
import { ToolError } from '../errors.ts';
import type { SeenFile } from '../events.ts';
import { hashOfBytes, hashOfHandle, openRegular } from './regular-file.ts';
import { codeOf, realPath } from './workspace-path.ts';

/** The hash of a file's content; `null`: there is no file. */
type Seen = string | null;

/** One agent's view of the file table. All paths are absolute. */
export interface AgentFileTime {
  /**
   * Records what this agent now knows of a file: `bytes`, `null` for "it does not exist", or, when left out, what is on
   * disk at this moment.
   */
  read(path: string, bytes?: Uint8Array | null): Promise<SeenFile>;
  /**
   * Passes when the file is as this agent last saw it, or when it does not exist and this agent knows no better. Call it
   * inside `withLock`. Give `bytes` (`null`: no file) to check what you have already read instead of reading again.
   * @throws ToolError with code `stale_file` when the file was never read, or was changed, created or deleted since; it
   *   names who did it where that is known.
   */
  assert(path: string, bytes?: Uint8Array | null): Promise<void>;
  /** Runs `fn` while no other holder has one of these paths. Not re-entrant: never lock a path inside its own lock. */
  withLock<T>(paths: string | readonly string[], fn: () => Promise<T> | T): Promise<T>;
  /** Records a write of this agent: others become stale and are told its name. `null`: this agent removed the file. */
  wrote(path: string, bytes: Uint8Array | null): Promise<SeenFile>;
  /** Records what was seen, as `read` and `wrote` resolved with it: for a tool whose run is played back. */
  know(file: SeenFile): void;
}

interface Write {
  readonly agentId: string;
  readonly name: string;
  readonly content: Seen;
}

/** The file table of a whole system. Share one; give each agent `forAgent(id)`. */
export class FileTime {
  readonly #views = new Map<string, Map<string, Seen>>();
  readonly #names = new Map<string, string>();
  readonly #lastWrite = new Map<string, Write>();
  readonly #locks = new PathLocks();

  /**
   * The view of one agent. `name` is what others are told when this agent changes a file; default: its id. `onSeen` is told
   * what the agent learns through this view, as `restore` takes it.
   */
  forAgent(agentId: string, name?: string, onSeen?: (file: SeenFile) => void): AgentFileTime {
    this.#meet(agentId, name);
    const learn = (file: SeenFile) => {
      // A forgotten agent's late calls must not bring its table back.
      if (this.#note(agentId, file)) onSeen?.(file);
      return file;
    };
    return {
      read: async (path, bytes) => {
        const file = realPath(path);
        return learn({ path: file, hash: await contentOf(path, bytes) });
      },
      assert: (path, bytes) => this.#assert(agentId, path, bytes),
      withLock: (paths, fn) => this.#locks.run(typeof paths === 'string' ? [paths] : paths, fn),
      wrote: async (path, bytes) => {
        const file = realPath(path);
        return learn({ path: file, hash: await contentOf(path, bytes), wrote: true });
      },
      know: (file) => void learn(file),
    };
  }

  /**
   * Brings back what an agent knew, from what `onSeen` was told; adds to what is known of it. Where several agents wrote
   * one file, give what was told later later: the last one counts as its writer.
   */
  restore(agentId: string, files: Iterable<SeenFile>, name?: string): void {
    this.#meet(agentId, name);
    for (const file of files) this.#note(agentId, file);
  }

  /** Drops an agent's view. What it wrote stays known by its name. Unknown ids: nothing happens. */
  forget(agentId: string): void {
    this.#views.delete(agentId);
    this.#names.delete(agentId);
  }

  #meet(agentId: string, name: string | undefined): void {
    if (!this.#views.has(agentId)) this.#views.set(agentId, new Map());
    if (name !== undefined) this.#names.set(agentId, name);
  }

  /** False for an agent that was forgotten. */
  #note(agentId: string, { path, hash, wrote = false }: SeenFile): boolean {
    if (wrote) this.#lastWrite.set(path, { agentId, name: this.#names.get(agentId) ?? agentId, content: hash });
    return this.#views.get(agentId)?.set(path, hash) !== undefined;
  }

  async #assert(agentId: string, path: string, bytes: Uint8Array | null | undefined): Promise<void> {
    const file = realPath(path);
    const known = this.#views.get(agentId)?.get(file);
    const current = await contentOf(path, bytes);
    if (current === (known ?? null)) return;
    throw new ToolError(this.#complaint({ agentId, path, file, known, current }), { code: 'stale_file' });
  }

  #complaint(at: {
    readonly agentId: string;
    readonly path: string;
    readonly file: string;
    readonly known: Seen | undefined;
    readonly current: Seen;
  }): string {
    const write = this.#lastWrite.get(at.file);
    const isTheirs = write !== undefined && write.content === at.current && write.agentId !== at.agentId;
    const who = isTheirs ? `agent "${write.name}"` : 'someone outside (a command, an editor or a person)';
    if (at.known === undefined) {
      const author = isTheirs ? ` It was last written by ${who}.` : '';
      return `You have not read ${at.path} yet.${author} Read it first, then change it.`;
    }
    const deed = at.current === null ? 'deleted' : at.known === null ? 'created' : 'changed';
    return `${at.path} was ${deed} by ${who} since you last read it. Read it again, then redo your change.`;
  }
}

/** One queue per real path. */
class PathLocks {
  readonly #tails = new Map<string, Promise<void>>();

  async run<T>(paths: readonly string[], fn: () => Promise<T> | T): Promise<T> {
    const files = filesOf(paths);
    const releases: (() => void)[] = [];
    try {
      for (const file of files) releases.push(await this.#take(file));
      // A link that was re-pointed while this call waited: what is held now are the wrong locks.
      if (filesOf(paths).join('\0') === files.join('\0')) return await fn();
    } finally {
      for (const release of releases) release();
    }
    return this.run(paths, fn);
  }

  async #take(file: string): Promise<() => void> {
    const before = this.#tails.get(file);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tails.set(file, promise);
    await before;
    return () => {
      if (this.#tails.get(file) === promise) this.#tails.delete(file);
      resolve();
    };
  }
}

/** Sorted, so that two calls that need the same locks never wait for each other. */
function filesOf(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map(realPath))].toSorted();
}

async function contentOf(path: string, bytes: Uint8Array | null | undefined): Promise<Seen> {
  if (bytes === undefined) return hashOfFile(path);
  return bytes === null ? null : hashOfBytes(bytes);
}

async function hashOfFile(path: string): Promise<Seen> {
  let file;
  try {
    file = await openRegular(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return await hashOfHandle(file.handle);
  } finally {
    await file.handle.close();
  }
}
