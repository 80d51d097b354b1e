/** Measures one row of one subject in a process of its own and prints the figures: `child.ts <subject> <row> <size> <effort as JSON>`. */
import { IMPORTS } from './rows.ts';
import { type Effort, type Figures, type Subject, timed } from './work.ts';

const [name = '', row = '', size = '0', effort = '{}'] = process.argv.slice(2);

/** Loaded by name, so that no subject pays for another. */
async function subjectOf(): Promise<Subject> {
  if (name === 'greenroom') return (await import('./greenroom.ts')).greenroom;
  const floors = ['loop', 'subjects', 'race'];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both modules export subjects under these names
  if (floors.includes(name)) return ((await import('./floors.ts')) as Record<string, Subject>)[name] ?? {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each file of peers/ exports a subject
  return ((await import(`./peers/${name}.ts`)) as { readonly subject: Subject }).subject;
}

async function figuresOf(): Promise<Figures> {
  if (row === 'import') return await timed(async () => void (await import(IMPORTS[name] ?? name)));
  const work = (await subjectOf())[row];
  if (work === undefined) throw new Error(`${name} has no row "${row}".`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- main.ts writes it
  return await work(Number(size), JSON.parse(effort) as Effort);
}

process.stdout.write(`${JSON.stringify(await figuresOf())}\n`, () => process.exit(0));
