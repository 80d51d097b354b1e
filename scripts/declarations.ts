/** The public declarations of the package, read from the `.d.ts` files that the compiler emits. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, type Program } from 'oxc-parser';
import * as z from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A sub-path of `exports` in `package.json`. */
export interface SubPath {
  /** As users import it, e.g. `greenroom/policy`. */
  readonly specifier: string;
  /** Its index, relative to `src` and without an extension, e.g. `policy/index`. */
  readonly file: string;
}

/** A name that a sub-path exports. */
export interface Exported {
  readonly name: string;
  /** Of the first declaration of the name. */
  readonly kind: 'class' | 'function' | 'interface' | 'type' | 'constant' | 'schema';
  /** The doc comment without its stars; empty when there is none. */
  readonly doc: string;
  /** Every declaration of the name: overloads; a schema as it is written in the source. */
  readonly code: string;
  /** Where it is declared, relative to `src` and without an extension. */
  readonly file: string;
}

/** What one sub-path exports. */
export interface Declarations extends SubPath {
  /** The header of its index. */
  readonly doc: string;
  readonly names: readonly Exported[];
}

const Manifest = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string() })])),
});

/** The sub-paths that hold code, in the order of `package.json`. */
export function subPaths(): readonly SubPath[] {
  const { name, exports } = Manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return Object.entries(exports).flatMap(([key, target]) => {
    const file = typeof target === 'string' ? undefined : /^\.\/dist\/(.*)\.d\.ts$/.exec(target.types)?.[1];
    return file === undefined ? [] : [{ specifier: name + key.slice(1), file }];
  });
}

/** Emits the declarations of all sub-paths and reads what they export. Takes seconds. */
export function readDeclarations(): readonly Declarations[] {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-declarations-'));
  try {
    emit(folder);
    const reader = new Reader(join(folder, 'out'));
    return subPaths().map((subPath) => reader.declarations(subPath));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function emit(folder: string): void {
  const compilerOptions = {
    noEmit: false,
    noCheck: true, // `npm run check` has checked the sources
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, 'src'),
    outDir: join(folder, 'out'),
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const files = subPaths().map(({ file }) => join(root, 'src', `${file}.ts`));
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: root });
}

type Statement = Program['body'][number];

/** A declaration of the top level of a file, with its doc comment. */
interface Declared {
  readonly kind: Exported['kind'];
  readonly doc: string;
  readonly code: string;
}

/** A file, parsed. */
interface Module {
  readonly declared: ReadonlyMap<string, readonly Declared[]>;
  /** Names that come from other files: the file, and the name there. */
  readonly from: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
  /** In the order of the file. */
  readonly exported: readonly string[];
  readonly header: string;
}

class Reader {
  readonly #folder: string;
  readonly #modules = new Map<string, Module>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  declarations(subPath: SubPath): Declarations {
    const { exported, header } = this.#module(subPath.file);
    const names = [...new Set(exported)].map((name) => this.#find(subPath.file, name, name));
    return { ...subPath, doc: header, names };
  }

  /** Follows re-exports to the file that declares the name. */
  #find(file: string, name: string, as: string): Exported {
    const module = this.#module(file);
    const elsewhere = module.from.get(name);
    if (elsewhere !== undefined) return this.#find(elsewhere.file, elsewhere.name, as);
    const declared = module.declared.get(name) ?? [];
    const [first] = declared;
    if (first === undefined) throw new Error(`${file}: "${name}" is not declared there`);
    const schema = declared.some(({ code }) => /: z\.Zod/.test(code)) ? schemaSource(file, name) : undefined;
    return {
      name: as,
      kind: schema === undefined ? first.kind : 'schema',
      doc: declared.map(({ doc }) => doc).find((doc) => doc !== '') ?? '',
      code: schema ?? declared.map(({ code }) => shortened(code)).join('\n'),
      file,
    };
  }

  #module(file: string): Module {
    const known = this.#modules.get(file);
    if (known !== undefined) return known;
    const path = join(this.#folder, `${file}.d.ts`);
    const module = parsedModule(file, readFileSync(path, 'utf8'));
    this.#modules.set(file, module);
    return module;
  }
}

function parsedModule(file: string, source: string): Module {
  const { program, comments } = parseSync(`${file}.d.ts`, source);
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  const docBefore = (start: number): string => {
    const doc = docs.findLast(({ end }) => end <= start && source.slice(end, start).trim() === '');
    return doc === undefined ? '' : unstarred(doc.value);
  };
  const declared = new Map<string, Declared[]>();
  const from = new Map<string, { file: string; name: string }>();
  const exported: string[] = [];
  for (const statement of program.body) {
    readImports(statement, file, from);
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (statement.type === 'ExportNamedDeclaration') {
      for (const { local, exported: as } of statement.specifiers) {
        const name = nameOf(as);
        exported.push(name);
        if (statement.source !== null)
          from.set(name, { file: resolved(file, statement.source.value), name: nameOf(local) });
        else if (nameOf(local) !== name) throw new Error(`${file}: "${name}" is exported under another name`);
      }
    }
    for (const [name, kind] of namesOf(declaration)) {
      if (statement.type === 'ExportNamedDeclaration') exported.push(name);
      const code = source.slice(statement.start, statement.end).replace(/^export (declare )?|^declare /, '');
      declared.set(name, [
        ...(declared.get(name) ?? []),
        { kind, doc: docBefore(statement.start), code: code.replace(/^\s*#private;\n/m, '') },
      ]);
    }
  }
  const [first] = docs;
  const header = first !== undefined && source.slice(0, first.start).trim() === '' ? unstarred(first.value) : '';
  return { declared, from, exported, header };
}

function readImports(statement: Statement, file: string, from: Map<string, { file: string; name: string }>): void {
  if (statement.type !== 'ImportDeclaration' || !statement.source.value.startsWith('.')) return;
  for (const specifier of statement.specifiers) {
    const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : specifier.local.name;
    from.set(specifier.local.name, { file: resolved(file, statement.source.value), name });
  }
}

type ModuleName =
  { readonly type: 'Identifier'; readonly name: string } | { readonly type: 'Literal'; readonly value: string };

const nameOf = (name: ModuleName): string => (name.type === 'Identifier' ? name.name : name.value);

function namesOf(declaration: unknown): [string, Exported['kind']][] {
  const Named = z.object({ type: z.string(), id: z.object({ name: z.string() }).nullable() });
  const Variables = z.object({
    type: z.literal('VariableDeclaration'),
    declarations: z.array(z.object({ id: z.object({ name: z.string() }) })),
  });
  const variables = Variables.safeParse(declaration);
  if (variables.success) return variables.data.declarations.map(({ id }) => [id.name, 'constant']);
  const { type = '', id } = Named.safeParse(declaration).data ?? {};
  const kind = KINDS.get(type);
  return kind === undefined || !id ? [] : [[id.name, kind]];
}

const KINDS: ReadonlyMap<string, Exported['kind']> = new Map([
  ['ClassDeclaration', 'class'],
  ['TSDeclareFunction', 'function'],
  ['FunctionDeclaration', 'function'],
  ['TSInterfaceDeclaration', 'interface'],
  ['TSTypeAliasDeclaration', 'type'],
]);

/** `./x.ts`, seen from `file`, as a file relative to `src` without its extension. */
const resolved = (file: string, specifier: string): string =>
  join(dirname(file), specifier).replace(/(\.d)?\.[jt]s$/, '');

/** A constant whose type is longer than a page, by the name of its type: that of a machine names every part of the chart. */
const shortened = (code: string): string =>
  code.startsWith('const ') && code.length > 3000
    ? code.replace(/(: (?:import\([^)]*\)\.)?[\w.]+)<[^]*$/, '$1<…>;')
    : code;

/** How a schema is written: its declaration repeats every part of every part. */
function schemaSource(file: string, name: string): string | undefined {
  const path = join(root, 'src', `${file}.ts`);
  if (!existsSync(path)) return undefined;
  const source = readFileSync(path, 'utf8');
  for (const statement of parseSync(path, source).program.body) {
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
    if (inner === null || !namesOf(inner).some(([found, kind]) => found === name && kind === 'constant')) continue;
    return source.slice(inner.start, inner.end);
  }
  return undefined;
}

const unstarred = (comment: string): string =>
  comment
    .slice(1)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
