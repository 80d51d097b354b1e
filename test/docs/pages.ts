/** The documentation as data: its pages, code blocks and tables. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const pageNames = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/README.md',
  'docs/architecture.md',
  'docs/concepts.md',
  'docs/permissions.md',
  'docs/tools.md',
  'docs/events.md',
  'docs/journal.md',
  'docs/console.md',
  'docs/server.md',
  'docs/client.md',
  'docs/inspecting.md',
  'docs/testing.md',
  'docs/charts/README.md',
  'docs/decisions/README.md',
] as const;

export function page(name: (typeof pageNames)[number]): string {
  return readFileSync(`${root}/${name}`, 'utf8');
}

/** The part below the heading of that text, up to the next one of its level or above. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const level = lines[start]?.indexOf(' ') ?? 1;
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n');
}

export interface CodeBlock {
  /** What stands behind the fence, e.g. `ts run`. */
  readonly info: string;
  readonly code: string;
}

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, info = '', code = '']) => ({ info, code }));
}

/** The rows of every table whose first column has that title, each as its cells. */
export function table(text: string, firstColumn: string): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) {
      inside = false;
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (inside && !/^[-: ]+$/.test(cells[0] ?? '')) rows.push(cells);
    if (cells[0] === firstColumn) inside = true;
  }
  return rows;
}

/** Everything that stands in backticks. */
export function codes(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
