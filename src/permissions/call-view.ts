/** A call and its subjects as matchers look at them: parsed once, however many rules are held against it. */
import type { CallRequest, Subject } from './call.ts';
import { isRoot, pathView, type PathView } from './paths/path-pattern.ts';
import { commandViews, type CommandView } from './shell/command-view.ts';
import { ownValue } from './value.ts';

/** One subject, or one simple command of it. Views are `null` where the subject has no such value. */
export class SubjectView {
  readonly subject: Subject;
  readonly request: CallRequest;
  /** One simple command of a subject's `command`; each has a view of its own. `null` without a command. */
  readonly command: CommandView | null;
  private rootIsCwd: boolean | undefined;
  private readonly pathViews = new Map<string, PathView | null>();

  constructor(subject: Subject, request: CallRequest, command: CommandView | null) {
    this.subject = subject;
    this.request = request;
    this.command = command;
  }

  value(key: string): unknown {
    return ownValue(this.subject, key);
  }

  /** What protects the file this subject names; see `protectionOf`. */
  get guard(): 'never' | 'named' | null {
    const guard = this.value('guard');
    return guard === 'never' || guard === 'named' ? guard : null;
  }

  /** Whether the whole folder is meant, with everything below. */
  get isDeep(): boolean {
    return this.request.tool === 'search' && this.value('pathKind') === 'folder';
  }

  /** Whether the call runs in the workspace root; a command that runs elsewhere is another command. */
  get runsInRoot(): boolean {
    if (this.rootIsCwd === undefined) {
      const cwd = this.path('cwd');
      this.rootIsCwd = cwd !== null && isRoot(cwd);
    }
    return this.rootIsCwd;
  }

  /** A call that names no `cwd` runs in the workspace root. */
  path(key: 'path' | 'cwd'): PathView | null {
    const known = this.pathViews.get(key);
    if (known !== undefined) return known;
    const view = this.makePathView(key);
    this.pathViews.set(key, view);
    return view;
  }

  private makePathView(key: 'path' | 'cwd'): PathView | null {
    const root = this.request.workspace;
    const path = this.value(key);
    if (path === undefined && key === 'cwd') return pathView({ path: root, realPath: root, root, realRoot: root });
    const realPath = this.value(key === 'path' ? 'realPath' : 'realCwd');
    const realRoot = this.value('realRoot');
    if (typeof path !== 'string' || typeof realPath !== 'string' || typeof realRoot !== 'string') return null;
    const isFolder = key === 'path' && this.value('pathKind') === 'folder';
    return pathView({ path, realPath, root, realRoot, isFolder, isNew: this.value('pathKind') === 'new' });
  }
}

/** The whole call. */
export interface CallView {
  readonly request: CallRequest;
  /** `null` when it cannot be said what the call touches. */
  readonly subjects: readonly SubjectView[] | null;
}

/** A waiting call is looked at again with every grant; nothing of a request ever changes. */
const views = new WeakMap<CallRequest, CallView>();

/** A subject with a command is one view for each simple command in it: rules may cover them one by one. */
export function callView(request: CallRequest): CallView {
  const known = views.get(request);
  if (known !== undefined) return known;
  const subjects = (request.subjects ?? []).flatMap((subject) => {
    const text = ownValue(subject, 'command');
    if (typeof text !== 'string') return new SubjectView(subject, request, null);
    return commandViews(text, request.workspace).map((command) => new SubjectView(subject, request, command));
  });
  const view = { request, subjects: subjects.length === 0 ? null : subjects };
  views.set(request, view);
  return view;
}
