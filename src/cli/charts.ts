/** `greenroom charts`: the machines as text, pictures or JSON. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GreenroomError, messageOf } from '../index.ts';
import { type ChartFlags, MACHINES, type MachineName } from './chart-commands.ts';
import { chartFile, chartText } from './chart-text.ts';
import { EXIT } from './exit-codes.ts';
import { LineOutput } from './line-output.ts';
import { visibleLine } from '../text/visible.ts';

/**
 * Prints or writes the charts; resolves with the exit code.
 * @throws GreenroomError for several pictures without a folder, and for a folder that cannot be written to.
 */
export async function chartsCommand(named: readonly MachineName[], { format, out }: ChartFlags): Promise<number> {
  const machines = named.length === 0 ? MACHINES : [...new Set(named)];
  if (format === 'svg' && machines.length > 1 && out === undefined) {
    throw misuse('only one picture goes to standard output. Name one machine, or a folder with --out');
  }
  const output = new LineOutput();
  const charts = await Promise.all(
    machines.map(async (machine) => ({ machine, text: await chartText(machine, format) })),
  );
  if (out === undefined) {
    output.line(format === 'json' ? jsonOf(charts) : textOf(charts));
    return await output.end(EXIT.completed);
  }
  for (const { machine, text } of charts) {
    const file = join(out, chartFile(machine, format));
    await write(out, file, text);
    output.line(visibleLine(file));
  }
  return await output.end(EXIT.completed);
}

interface Chart {
  readonly machine: MachineName;
  readonly text: string;
}

function textOf(charts: readonly Chart[]): string {
  const texts = charts.map(({ machine, text }) => (charts.length === 1 ? text : `%% ${machine}\n${text}`));
  return texts.join('\n').trimEnd();
}

function jsonOf(charts: readonly Chart[]): string {
  const [first] = charts;
  if (first !== undefined && charts.length === 1) return first.text.trimEnd();
  const all = charts.map(({ machine, text }): readonly [string, unknown] => [machine, JSON.parse(text)]);
  return JSON.stringify(Object.fromEntries(all), null, 2);
}

async function write(folder: string, file: string, text: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, text);
  } catch (thrown) {
    throw misuse(`--out ${visibleLine(folder)} cannot be written to: ${visibleLine(messageOf(thrown))}`);
  }
}

function misuse(problem: string): GreenroomError {
  return new GreenroomError('invalid_params', `greenroom charts: ${problem}.`);
}
