/**
 * `npm run bench:peers`: measures the same work in this project and in its peers, and writes `results.json`, `results.svg`
 * and the tables of `README.md`. With `--small` it only shows that everything works, in about a minute, and writes nothing.
 *
 *     npm run bench:peers -- --rounds 5 --rows turn,approve --subjects greenroom,ai
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { plotOf, tablesOf } from './render.ts';
import type { Figure, Measured, Report } from './report.ts';
import { ROWS, SUBJECTS, type SubjectName } from './rows.ts';
import type { Effort, Figures } from './work.ts';

const FULL: Effort = { warmMs: 1500, measureMs: 2000, mergedEvents: 1_000_000 };
const SMALL: Effort = { warmMs: 0, measureMs: 0, mergedEvents: 20_000 };
const TIMEOUT_MINUTES = 3;

const here = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(execFile);

const { values: given } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    rows: { type: 'string' },
    subjects: { type: 'string' },
  },
});
const effort = given.small ? SMALL : FULL;
const rounds = Number(given.rounds ?? (given.small ? 1 : 5));
const rowIds = given.rows?.split(',') ?? ROWS.map(({ id }) => id);
const names = given.subjects?.split(',') ?? Object.keys(SUBJECTS);

interface Job {
  readonly row: string;
  readonly size: number;
  readonly subject: SubjectName;
}

/** The figures of one subject, or why it has none. A wrong outcome is neither: it stops the bench. */
async function measure(job: Job): Promise<Figures | string> {
  try {
    return await measured(job);
  } catch (error) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what execFile rejects with
    const { killed, stderr } = error as { readonly killed?: boolean; readonly stderr?: string };
    if (killed === true) return `not done in ${TIMEOUT_MINUTES} minutes`;
    if (stderr?.includes('heap out of memory') === true) return 'out of memory';
    throw error;
  }
}

/** The figures of one subject, from a process of its own. */
async function measured({ row, size, subject }: Job): Promise<Figures> {
  const args = ['--expose-gc', `${here}child.ts`, subject, row, String(size), JSON.stringify(effort)];
  const { stdout } = await run(process.execPath, args, {
    cwd: here,
    timeout: TIMEOUT_MINUTES * 60_000,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      // without it LangChain loses tokens when many agents stream at once: their callbacks run behind the stream
      LANGCHAIN_CALLBACKS_BACKGROUND: 'false',
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- child.ts prints figures and nothing else in its last line
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures;
}

/** Every round visits every row; within a row the subjects take turns, and each round begins with another one. */
async function measureAll(jobs: readonly Job[]): Promise<readonly Measured[]> {
  const samples = new Map<string, Figures[]>(jobs.map((job) => [keyOf(job), []]));
  const failed = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const groups = [...Map.groupBy(jobs, ({ row, size }) => `${row} ${size}`).values()];
    for (const group of groups) {
      const start = round % group.length;
      for (const job of [...group.slice(start), ...group.slice(0, start)]) {
        const key = keyOf(job);
        if (failed.has(key) || round >= roundsOf(job)) continue;
        process.stderr.write(`round ${round + 1} of ${rounds}: ${key}\n`);
        const result = await measure(job);
        if (typeof result === 'string') failed.set(key, result);
        else samples.get(key)?.push(result);
      }
    }
  }
  return jobs.map((job) => {
    const why = failed.get(keyOf(job));
    return why === undefined
      ? { ...job, figures: summaryOf(samples.get(keyOf(job)) ?? []) }
      : { ...job, figures: {}, failed: why };
  });
}

const roundsOf = ({ row }: Job): number => ROWS.find(({ id }) => id === row)?.maxRounds ?? rounds;

const keyOf = ({ row, size, subject }: Job): string => `${row} ${size} ${subject}`;

function summaryOf(samples: readonly Figures[]): Record<string, Figure> {
  const named = Object.keys(samples[0] ?? {}).map((name) => {
    const sorted = samples.map((figures) => figures[name] ?? Number.NaN).toSorted((a, b) => a - b);
    const round = (value: number | undefined) => Number((value ?? Number.NaN).toPrecision(4));
    const figure = {
      median: round(sorted[Math.floor(sorted.length / 2)]),
      low: round(sorted[0]),
      high: round(sorted.at(-1)),
    };
    return [name, figure] as const;
  });
  return Object.fromEntries(named);
}

function versionsOf(): Record<string, string> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own manifest
  const manifest = JSON.parse(readFileSync(`${here}package.json`, 'utf8')) as { dependencies: Record<string, string> };
  return manifest.dependencies;
}

if (!existsSync(`${here}node_modules/ai`)) {
  process.stderr.write('Installing the peers …\n');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: here, stdio: 'inherit' });
}
const jobs = ROWS.filter(({ id }) => rowIds.includes(id)).flatMap(({ id, sizes, smallSizes, subjects }) =>
  (given.small ? smallSizes : sizes).flatMap((size) =>
    subjects.filter((subject) => names.includes(subject)).map((subject) => ({ row: id, size, subject })),
  ),
);
const report: Report = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${process.platform}`,
  node: process.version,
  rounds,
  versions: versionsOf(),
  measured: await measureAll(jobs),
};
const tables = tablesOf(report);
if (given.small) console.log(tables);
else {
  const page = readFileSync(`${here}README.md`, 'utf8');
  const [head = '', rest = ''] = page.split('<!-- results -->');
  const tail = rest.split('<!-- end of results -->').at(-1) ?? '';
  const options = { ...(await resolveConfig(`${here}README.md`)), parser: 'markdown' };
  const picture = '![The cost of the same work in each peer, in multiples of Greenroom](results.svg)';
  const text = `${head}<!-- results -->\n\n${picture}\n\n${tables}\n\n<!-- end of results -->${tail}`;
  writeFileSync(`${here}README.md`, await format(text, options));
  writeFileSync(`${here}results.svg`, plotOf(report));
  writeFileSync(`${here}results.json`, `${JSON.stringify(report, null, 1)}\n`);
  console.log(tables);
}
