/** Output of a benchmark. */
import { cpus } from 'node:os';

export const perSecond = (count: number, ms: number): number => Math.round((count / ms) * 1000);

/** Collects garbage first, so that a measurement does not pay for the one before it. */
export async function settle<T>(measure: () => Promise<T>): Promise<T> {
  globalThis.gc?.();
  return await measure();
}

export function header(): void {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown processor';
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpu}\n`);
}

export function report(title: string, rows: Readonly<Record<string, number | string>>, unit = '/s'): void {
  console.log(title);
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  for (const [name, value] of Object.entries(rows)) {
    const shown = typeof value === 'number' ? `${value.toLocaleString('en-US')}${unit}` : value;
    console.log(`  ${name.padEnd(width)}  ${shown}`);
  }
  console.log('');
}
