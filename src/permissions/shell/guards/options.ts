/** Guards made of tables: the options of a program that are harmless, and what its operands are. */
import { unknownArgument, type Arg, type Guard, type GuardContext } from './guard.ts';
import { outOfBounds } from './place.ts';

/** Only harmless options stand in a table. Every other option asks, abbreviations and new options included. */
export interface OptionTable {
  /** Letters that take no value. */
  readonly flags?: string;
  /** Letters that take a value, glued or as the next word. */
  readonly values?: string;
  /** Letters that take a value only when it is glued to them. */
  readonly optional?: string;
  /** Names without dashes, separated by blanks: `name`, `name=` (takes a value), `name?` (takes one only behind `=`). */
  readonly long?: string;
  /** `-5` is an option. */
  readonly digits?: boolean;
  /** Default `paths`. `pattern`: a text, then paths; options named in `patternOptions` give the text instead. */
  readonly operands?: 'paths' | 'text' | 'none' | 'pattern' | OperandCheck;
  readonly patternOptions?: readonly string[];
  /** No argument at all does harm there, so a glob may stand anywhere. */
  readonly inert?: boolean;
  /** Judges the value of an option; the value may be in a word of its own. */
  readonly value?: (option: string, value: string) => boolean;
  /** Options have one dash, as in `-short` or `--short`. */
  readonly singleDash?: boolean;
  /** `--help` starts another program. */
  readonly noHelp?: boolean;
}

/** `seen`: the options that stand there. */
export type OperandCheck = (
  operands: readonly Arg[],
  seen: ReadonlySet<string>,
  context: GuardContext,
) => string | null;

const compiled = new WeakMap<OptionTable, ReadonlyMap<string, '' | '=' | '?'>>();

/** A guard for a program whose arguments the table describes. */
export function tableGuard(table: OptionTable, from = 1): Guard {
  return (args, context) => checkArguments(args.slice(from), table, context);
}

/** Why one of the wild arguments is not known to be harmless. `args` are the words behind the program. */
export function checkArguments(args: readonly Arg[], table: OptionTable, context: GuardContext): string | null {
  const reader = new OptionReader(args, table);
  const problem = reader.read();
  if (problem !== null) return problem;
  return checkOperands(reader.operands, reader.seen, table, context);
}

function checkOperands(
  operands: readonly Arg[],
  seen: ReadonlySet<string>,
  table: OptionTable,
  context: GuardContext,
): string | null {
  const { operands: kind = 'paths', patternOptions = [] } = table;
  if (typeof kind === 'function') return kind(operands, seen, context);
  if (kind === 'text') return null;
  const wild = operands.filter((arg) => arg.wild);
  if (kind === 'none') return wild[0] === undefined ? null : unknownArgument(wild[0]);
  const hasPattern = kind === 'pattern' && !patternOptions.some((option) => seen.has(option));
  return firstOutOfBounds(hasPattern ? operands.slice(1) : operands, context);
}

/** Why one of the wild paths is out of bounds. */
export function firstOutOfBounds(paths: readonly Arg[], context: GuardContext): string | null {
  for (const arg of paths) {
    const problem = arg.wild ? outOfBounds(arg, context) : null;
    if (problem !== null) return problem;
  }
  return null;
}

/** A glob with nothing in front of it: the files it finds may be called like options. */
export function mayBecomeOption(arg: Arg): boolean {
  return arg.glob && /^[*?[]/.test(arg.text);
}

class OptionReader {
  readonly operands: Arg[] = [];
  readonly seen = new Set<string>();
  private readonly args: readonly Arg[];
  private readonly table: OptionTable;
  private readonly long: ReadonlyMap<string, '' | '=' | '?'>;
  private at = 0;

  constructor(args: readonly Arg[], table: OptionTable) {
    this.args = args;
    this.table = table;
    this.long = longOptions(table);
  }

  read(): string | null {
    let ended = false;
    for (; this.at < this.args.length; this.at++) {
      const arg = this.args[this.at];
      if (arg === undefined) break;
      if (ended || !arg.text.startsWith('-') || arg.text === '-') {
        if (!ended && arg.wild && this.table.inert !== true && mayBecomeOption(arg)) {
          return `the files ${JSON.stringify(arg.text)} finds may be named like options; write ./ in front of it`;
        }
        this.operands.push(arg);
      } else if (arg.text === '--') {
        ended = true;
        this.seen.add('--');
      } else if (!this.option(arg)) {
        return unknownArgument(arg);
      }
    }
    return null;
  }

  /** Whether an option word is fine; takes the next word along when that is its value. */
  private option(arg: Arg): boolean {
    const long = /^--?([^=]+)(=?)(.*)$/s.exec(arg.text);
    const name = long?.[1] ?? '';
    if (arg.text.startsWith('--') || this.table.singleDash === true) {
      return this.longOption(arg, name, long?.[2] === '=' ? (long[3] ?? '') : null);
    }
    if (this.table.digits === true && /^-[0-9]+$/.test(arg.text)) return true;
    return this.cluster(arg);
  }

  private longOption(arg: Arg, name: string, value: string | null): boolean {
    this.seen.add(name);
    const kind = this.long.get(name);
    if (arg.wild && (kind === undefined || (kind === '' && value !== null))) return false;
    if (arg.wild && arg.glob && /[*?[]/.test(arg.text.split('=')[0] ?? '')) return false;
    if (value !== null) return !arg.wild || this.valueFits(name, value);
    return kind !== '=' || this.nextValue(name);
  }

  private cluster(arg: Arg): boolean {
    const { flags = '', values = '', optional = '' } = this.table;
    if (arg.wild && arg.glob && this.table.inert !== true) return false;
    for (let at = 1; at < arg.text.length; at++) {
      const letter = arg.text.charAt(at);
      const rest = arg.text.slice(at + 1);
      this.seen.add(letter);
      if (values.includes(letter))
        return rest === '' ? this.nextValue(letter) : !arg.wild || this.valueFits(letter, rest);
      if (optional.includes(letter)) return !arg.wild || this.valueFits(letter, rest);
      if (!flags.includes(letter)) return !arg.wild;
    }
    return true;
  }

  /** The next word is a value. One that looks like an option is not taken for a value: it may be either. */
  private nextValue(option: string): boolean {
    const value = this.args[this.at + 1];
    if (value === undefined) return true;
    this.at++;
    if (!value.wild) return true;
    if (/^-[^0-9]/.test(value.text) || (value.glob && this.table.inert !== true)) return false;
    return this.valueFits(option, value.text);
  }

  private valueFits(option: string, value: string): boolean {
    return this.table.value?.(option, value) ?? true;
  }
}

function longOptions(table: OptionTable): ReadonlyMap<string, '' | '=' | '?'> {
  const known = compiled.get(table);
  if (known !== undefined) return known;
  const names = new Map<string, '' | '=' | '?'>();
  for (const entry of `${table.long ?? ''} version ${table.noHelp === true ? '' : 'help'}`.split(/\s+/)) {
    const end = entry.slice(-1);
    if (end === '=' || end === '?') names.set(entry.slice(0, -1), end);
    else if (entry !== '') names.set(entry, '');
  }
  compiled.set(table, names);
  return names;
}
