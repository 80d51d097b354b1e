/** The pages of `docs/api/`, made from the public declarations. */
import { format, resolveConfig } from 'prettier';
import { type Declarations, type Exported, readDeclarations } from './declarations.ts';

/** The pages by file name, and the exported names that have no doc comment. */
export async function apiPages(): Promise<{
  readonly pages: ReadonlyMap<string, string>;
  readonly undocumented: readonly string[];
}> {
  const all = readDeclarations();
  const texts = [['README.md', overview(all)], ...all.map((one) => [fileOf(one), pageOf(one)])];
  const config = await resolveConfig(import.meta.filename);
  const pages = new Map<string, string>();
  for (const [file = '', text = ''] of texts) pages.set(file, await format(text, { ...config, parser: 'markdown' }));
  const undocumented = all.flatMap(({ specifier, names }) =>
    names.filter(({ doc }) => doc === '').map(({ name, file }) => `${specifier}: ${name} (src/${file}.ts)`),
  );
  return { pages, undocumented };
}

const fileOf = ({ specifier }: Declarations): string => `${specifier.replaceAll('/', '-')}.md`;

const NOTE = 'Generated from the declarations by `npm run docs:api`. Do not edit.';

function overview(all: readonly Declarations[]): string {
  const rows = all.map((one) => {
    const names = one.names.map(({ name }) => `\`${name}\``).join(', ');
    return `| [\`${one.specifier}\`](${fileOf(one)}) | ${names} |`;
  });
  return ['# API', NOTE, ['| import from | exports |', '| --- | --- |', ...rows].join('\n')].join('\n\n');
}

function pageOf({ specifier, doc, names }: Declarations): string {
  const header = doc.replace(new RegExp(`^\`${specifier}\`: `), '');
  return [`# ${specifier}`, NOTE, header.charAt(0).toUpperCase() + header.slice(1), ...names.map(entryOf)].join('\n\n');
}

function entryOf({ name, kind, doc, code }: Exported): string {
  return [`## ${name}`, `_${kind}_`, ...docParts(doc), fenced(code)].join('\n\n');
}

// `typescript`, not `ts`: code marked `ts` is compiled by the tests of the pages
const fenced = (code: string): string => `\`\`\`typescript\n${code}\n\`\`\``;

const TAG_NAMES: Readonly<Record<string, string>> = { throws: 'Throws', returns: 'Returns', internal: 'Internal' };

/** A doc comment as Markdown: its text, then its tags. */
function docParts(doc: string): string[] {
  const [text = '', ...tags] = doc.split(/^(?=@\w)/m);
  const parts = tags.map((tag) => {
    const [, name = '', rest = ''] = /^@(\w+)\s*([^]*)$/.exec(tag.trimEnd()) ?? [];
    if (name === 'example') return rest.startsWith('```') ? rest : fenced(rest);
    if (name !== 'param') return `**${TAG_NAMES[name] ?? name}:** ${rest}`;
    const [, param = '', about = ''] = /^(\S+)\s*([^]*)$/.exec(rest) ?? [];
    return `**\`${param}\`:** ${about}`;
  });
  return [text.trim(), ...parts].filter((part) => part !== '');
}
