/** A simple command as rules look at it. */
import type { GuardContext } from './guards/guard.ts';
import { MOVES } from './guards/builtins.ts';
import { parseScript, type SimpleCommand } from './script.ts';

export interface CommandView {
  /** The whole text of the call. */
  readonly text: string;
  /** One of the simple commands that text runs; `null` when the text cannot be taken apart. */
  readonly simple: SimpleCommand | null;
  /** Why the text cannot be taken apart. */
  readonly reason: string | null;
  /** It is the only one. */
  readonly alone: boolean;
  /** One in front of it goes to another folder. */
  readonly moved: boolean;
  readonly context: GuardContext;
  /** What the guard said, by the words that only a wildcard covers. */
  readonly judged: Map<string, string | null>;
}

/** One view for each simple command of a text, or one for a text that cannot be taken apart. */
export function commandViews(text: string, workspace: string): readonly CommandView[] {
  const script = parseScript(text);
  const shared = { text, judged: new Map<string, string | null>() };
  if (!script.ok) {
    const context = { workspace, fed: false, source: null };
    return [{ ...shared, simple: null, reason: script.reason, alone: true, moved: false, context }];
  }
  let moved = false;
  return script.commands.map((simple) => {
    const view: CommandView = {
      text,
      simple,
      reason: null,
      alone: script.commands.length === 1,
      moved,
      context: { workspace, fed: simple.fed, source: simple.source?.map((word) => word.text) ?? null },
      judged: new Map(),
    };
    moved ||= MOVES.has(simple.words[0]?.text ?? '');
    return view;
  });
}
