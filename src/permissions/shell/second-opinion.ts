/** A second reader beside the lexer: the parser `unbash`. A text that the two read differently is not judged. */
import { parse } from 'unbash';

type Parsed = ReturnType<typeof parse>;
type Node = Parsed['commands'][number]['command'];

/** The words of one simple command, as the lexer read them. */
interface Words {
  readonly words: readonly { readonly text: string }[];
}

const UNSURE = 'two readings of it differ';

/** Why the second reader does not find exactly these simple commands, word by word; `null` when it does. Never throws. */
export function disagreement(text: string, commands: readonly Words[]): string | null {
  try {
    const script = parse(text);
    if ((script.errors ?? []).length > 0) return 'it is not complete shell syntax';
    const found = script.commands.flatMap(({ command, background }) => (background === true ? [null] : argvs(command)));
    return sameArgvs(found, commands) ? null : UNSURE;
  } catch {
    return UNSURE;
  }
}

/** The words of every simple command below a node; `null` stands for anything else. */
function argvs(node: Node): readonly (readonly string[] | null)[] {
  if (node.type === 'AndOr') return node.commands.flatMap(argvs);
  if (node.type === 'Pipeline') return node.prefixes.length > 0 ? [null] : node.commands.flatMap(argvs);
  if (node.type !== 'Command' || node.name === undefined) return [null];
  if (node.prefix.some(({ type }) => type === 'Assignment')) return [null];
  return [[node.name.value, ...node.args.map((arg) => (arg.type === 'Word' ? arg.value : assignment(arg)))]];
}

/** An argument such as `a=b` of a builtin that declares variables. */
function assignment(arg: { readonly name: string; readonly text: string }): string {
  return arg.text;
}

function sameArgvs(found: readonly (readonly string[] | null)[], commands: readonly Words[]): boolean {
  if (found.length !== commands.length) return false;
  return found.every((argv, index) => {
    const words = commands[index]?.words ?? [];
    return argv?.length === words.length && argv.every((word, at) => word === words[at]?.text);
  });
}
