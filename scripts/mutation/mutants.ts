/** Small changes to a source, each of which a test should notice. */
import { stripTypeScriptTypes } from 'node:module';
import { parseSync, Visitor } from 'oxc-parser';

export interface Mutant {
  /** Offsets of the changed piece in the source. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** What was changed, for people: `a === b → a !== b`. */
  readonly what: string;
  /** The source with a switch in it: unchanged where `on` is false. */
  readonly switched: (on: string) => string;
}

const SWAPS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '??': '&&',
};

/** Parts of a statechart that can be left out. */
const CHART_KEYS = new Set(['guard', 'actions', 'entry', 'exit', 'always', 'target', 'after', 'onError', 'invoke']);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Every mutant of a source, in the order of the source. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const found: Mutant[] = [];
  const text = ({ start, end }: Node) => source.slice(start, end);
  const short = (code: string) => code.replaceAll(/\s+/g, ' ').slice(0, 70);
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  const add = (node: Node, to: string, switched: (on: string) => string) => {
    found.push({
      start: node.start,
      end: node.end,
      line: lineAt(node.start),
      what: `${short(text(node))} → ${short(to)}`,
      switched,
    });
  };
  const replace = (node: Node, to: string) => add(node, to, (on) => `(${on} ? (${to}) : (${text(node)}))`);

  const binary = (node: Node & { readonly operator: string; readonly left: Node; readonly right: Node }) => {
    const swap = SWAPS[node.operator];
    if (swap === undefined) return;
    // composed text is for people
    if (node.operator === '+' && /['"`]/.test(text(node))) return;
    replace(node, `(${text(node.left)}) ${swap} (${text(node.right)})`);
  };
  const { program } = parseSync(file, source);
  new Visitor({
    BinaryExpression: (node) => binary(node),
    LogicalExpression: (node) => binary(node),
    UnaryExpression(node) {
      if (node.operator === '!') replace(node, text(node.argument));
    },
    Literal(node) {
      if (typeof node.value === 'boolean') replace(node, String(!node.value));
      if (typeof node.value === 'number') replace(node, String(node.value + 1));
    },
    ConditionalExpression(node) {
      replace(node.test, 'true');
      replace(node.test, 'false');
    },
    IfStatement(node) {
      replace(node.test, 'true');
      replace(node.test, 'false');
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
      const swap = ({ some: 'every', every: 'some' } as Readonly<Record<string, string>>)[callee.property.name];
      if (swap === undefined) return;
      const { start } = callee.property;
      const to = `${source.slice(node.start, start)}${swap}${source.slice(callee.property.end, node.end)}`;
      replace(node, to);
    },
    ExpressionStatement(node) {
      if (node.expression.type !== 'CallExpression') return;
      add(node, '(left out)', (on) => `if (!${on}) { ${text(node)} }`);
    },
    Property(node) {
      if (node.key.type !== 'Identifier' || !CHART_KEYS.has(node.key.name) || !file.includes('machines/')) return;
      add(node, '(left out)', (on) => `...(${on} ? {} : { ${text(node)} })`);
    },
  }).visit(program);
  const isSound = ({ start, end, switched }: Mutant) => {
    const changed = source.slice(0, start) + switched('true') + source.slice(end);
    return !isTyped(source, start, end) && parseSync(file, changed).errors.length === 0 && isErasable(changed);
  };
  return found.filter(isSound).toSorted((one, other) => one.start - other.start);
}

/** Whether Node can read the changed source: child processes of tests load it. */
function isErasable(code: string): boolean {
  try {
    stripTypeScriptTypes(code);
    return true;
  } catch {
    return false;
  }
}

/** Types and case labels take no switch. */
function isTyped(source: string, start: number, end: number): boolean {
  const before = source.slice(source.lastIndexOf('\n', start) + 1, start);
  const after = source.slice(end, end + 2);
  return (
    /^\s*(export )?(type|interface|readonly|import|case)\b/.test(before) ||
    /^\s*\|/.test(before) ||
    after.startsWith(']:')
  );
}
