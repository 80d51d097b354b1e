/**
 * `npm run mutation`: plants small faults in the committed `src/machines` and `src/permissions`, one at a time, and reports
 * those that no test notices in docs/mutation.md. Options: `--sample N` (default 400 mutants, drawn by a fixed seed), `--seed N`,
 * `--at-once N`; `--only FILE:LINE` (repeatable) tries only mutants of the sample at that line; `--room permissions` draws from
 * one room and runs its tests alone. Both write nothing.
 */
import { existsSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { mutantsOf } from './mutants.ts';
import { trial, type Verdict } from './trial.ts';
import { build, layWorkbench, type Placed } from './workbench.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ROOMS = ['machines', 'permissions'];
/** Files of types only. */
const TYPES_ONLY = [
  'src/machines/protocol.ts',
  'src/machines/restored.ts',
  'src/machines/call-entities.ts',
  'src/permissions/call.ts',
];
/** Suites that test machines and permissions and are fast enough to run hundreds of times. */
const SUITES = [
  'machines',
  'loop',
  'lifecycle',
  'permissions',
  'policy',
  'orchestrator',
  'stream',
  'recovery',
  'testing',
];
const TOO_SLOW = ['test/recovery/crash', 'test/recovery/simulation', 'test/permissions/shell/bash-agreement'];
/** Files that read a command; one test compares them with bash. */
const READERS = /shell\/(?:lexer|script|second-opinion)\.ts$/;
/** Slow and strong tests, run for mutants that survived all others. */
const lastFor = (file: string) =>
  file.startsWith('src/machines/')
    ? globSync('test/model/**/*.test.ts', { cwd: folder })
    : READERS.test(file)
      ? ['test/permissions/shell/bash-agreement.test.ts']
      : [];

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    room: { type: 'string' },
    'at-once': { type: 'string', default: String(cpus().length) },
  },
});

function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

function draw(
  folder: string,
  count: number,
  seed: number,
): { readonly all: number; readonly drawn: readonly Placed[] } {
  const every = ROOMS.filter((room) => values.room === undefined || room === values.room)
    .flatMap((room) => globSync(`src/${room}/**/*.ts`, { cwd: folder }))
    .toSorted()
    .filter((file) => !TYPES_ONLY.includes(file))
    .flatMap((file) =>
      mutantsOf(file, readFileSync(join(folder, file), 'utf8')).map((mutant) => ({ ...mutant, file })),
    );
  const random = numbers(seed);
  const shuffled = every.map((mutant) => ({ mutant, key: random() })).toSorted((one, other) => one.key - other.key);
  const drawn: Placed[] = [];
  for (const { mutant } of shuffled) {
    if (drawn.length === count) break;
    const overlaps = drawn.some(
      ({ file, start, end }) => file === mutant.file && start < mutant.end && mutant.start < end,
    );
    if (!overlaps) drawn.push({ ...mutant, id: drawn.length });
  }
  return { all: every.length, drawn };
}

const Reached = z.object({ file: z.string(), ids: z.array(z.number()), ms: z.number() });

/** The test files that reach each mutant, the fastest first. */
async function reach(folder: string): Promise<ReadonlyMap<number, readonly string[]>> {
  const suites = globSync(
    SUITES.filter((suite) => values.room === undefined || suite === values.room).map(
      (suite) => `test/${suite}/**/*.test.ts`,
    ),
    { cwd: folder },
  ).filter((file) => !TOO_SLOW.some((slow) => file.startsWith(slow)));
  const verdict = await trial(folder, -1, suites, true);
  if (verdict !== 'survived') throw new Error(`The tests do not pass with every mutant switched off: ${folder}`);
  const known = readdirSync(join(folder, 'reached'))
    .map((name) => Reached.parse(JSON.parse(readFileSync(join(folder, 'reached', name), 'utf8'))))
    .toSorted((one, other) => one.ms - other.ms);
  const byMutant = new Map<number, string[]>();
  for (const { file, ids } of known) {
    for (const id of ids) byMutant.set(id, [...(byMutant.get(id) ?? []), relative(folder, file)]);
  }
  return byMutant;
}

/** Orders test files: those of the mutant's room, then the fastest, then the slow and strong ones. */
function inOrder({ file }: Placed, files: readonly string[]): readonly string[] {
  const suite = file.startsWith('src/machines/') ? 'test/machines/' : 'test/permissions/';
  const near = files.filter((one) => one.startsWith(suite));
  return [...new Set([...near, ...files, ...lastFor(file)])];
}

const folder = layWorkbench(root);
const { all, drawn } = draw(folder, Number(values.sample), Number(values.seed));
build(folder, drawn);
console.log(`${drawn.length} of ${all} mutants, drawn with seed ${values.seed}`);
const reached = await reach(folder);
const verdicts = new Map<number, Verdict>();
const isMeant = ({ file, line }: Placed) => values.only.length === 0 || values.only.includes(`${file}:${line}`);
const queue = drawn.filter(isMeant);
const began = performance.now();
const worker = async () => {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const verdict = await trial(folder, mutant.id, inOrder(mutant, reached.get(mutant.id) ?? []));
    verdicts.set(mutant.id, verdict);
    const { file, line, what } = mutant;
    if (verdict === 'survived') console.log(`survived: ${file}:${line}  ${what}`);
    if (verdicts.size % 25 === 0) console.log(`… ${verdicts.size} of ${drawn.length}`);
  }
};
await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
rmSync(folder, { recursive: true, force: true });
const found = [...verdicts.values()].filter((verdict) => verdict !== 'survived').length;
if (values.room !== undefined) console.log(`${found} of ${verdicts.size} killed`);
if (values.only.length > 0 || values.room !== undefined) process.exit(0);

const reasonsFile = join(root, 'scripts/mutation/survivors.json');
const reasons = z
  .record(z.string(), z.string())
  .parse(existsSync(reasonsFile) ? JSON.parse(readFileSync(reasonsFile, 'utf8')) : {});
const lived = drawn.filter(({ id }) => verdicts.get(id) === 'survived');
const killed = drawn.length - lived.length;
const percent = ((killed / drawn.length) * 100).toFixed(1);
const minutes = ((performance.now() - began) / 60_000).toFixed(0);
const rows = lived.map(({ file, line, what }) => {
  const why = reasons[`${file}: ${what}`] ?? '**not explained**';
  return `| \`${file}:${line}\` | \`${what.replaceAll('|', '\\|').replaceAll('`', "'")}\` | ${why} |`;
});
const report = `# Do the tests notice?

\`npm run mutation\` changes the sources of \`src/machines\` and \`src/permissions\` in small ways, one at a time (an operator, a condition,
a constant, a call or a part of a chart left out), and runs the tests that reach the place. A mutant that no test notices survives.
This page is written by that script.

${drawn.length} of ${all} mutants, drawn with seed ${values.seed}: **${killed} killed (${percent} %)**, ${lived.length} survived. It took ${minutes} minutes.

| place | change | why it survives |
| --- | --- | --- |
${rows.join('\n')}
`;
const page = join(root, 'docs/mutation.md');
writeFileSync(page, await format(report, { ...(await resolveConfig(page)), parser: 'markdown' }));
console.log(`${killed} of ${drawn.length} killed (${percent} %); docs/mutation.md lists the others`);
process.exitCode = killed / drawn.length >= 0.9 ? 0 : 1;
