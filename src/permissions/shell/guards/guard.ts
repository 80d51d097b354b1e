/** What a guard is: it judges the arguments of a program that only a wildcard of a rule covers. */

/** One word of a program call, as a rule covers it. */
export interface Arg {
  readonly text: string;
  /** Bash may put any number of file names in its place. */
  readonly glob: boolean;
  /** False: the person who wrote the rule wrote this word. */
  readonly wild: boolean;
  /** The literal text of the rule in front of the wildcard that covers the rest of the word; often empty. */
  readonly prefix: string;
}

export interface GuardContext {
  /** Absolute path of the workspace root. */
  readonly workspace: string;
  /** The program only reads: files that programs run are free to it, secrets are not. */
  readonly reads?: boolean;
  /** The program reads what another command writes. */
  readonly fed: boolean;
  /** The words of the command whose output it reads through a pipe; `null` when there is none. */
  readonly source: readonly string[] | null;
}

/**
 * Why the wild arguments are not known to be harmless; `null` when they are. `args[0]` is the program. A guard is pure,
 * and asks whenever it does not know: it lists what is harmless, not what is not.
 */
export type Guard = (args: readonly Arg[], context: GuardContext) => string | null;

/** Programs by name. */
export type Guards = Readonly<Record<string, Guard>>;

/** The reason for one word. */
export function unknownArgument(arg: Arg): string {
  return `only a wildcard covers ${JSON.stringify(arg.text)}, which is not known to be harmless there`;
}

/** A guard that asks for every argument that only a wildcard covers. */
export function alwaysAsks(why: string): Guard {
  return (args) => {
    const wild = args.slice(1).find((arg) => arg.wild);
    return wild === undefined ? null : `only a wildcard covers ${JSON.stringify(wild.text)}, and ${why}`;
  };
}

/** The same guard for many names, separated by blanks. */
export function forAll(names: string, guard: Guard): Guards {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, guard]));
}
