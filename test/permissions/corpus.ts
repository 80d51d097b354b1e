/** The checked corpora beside this file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const Common = z.object({
  id: z.string(),
  expect: z.enum(['allow', 'relay']),
  level: z.enum(['core', 'policy']),
  tag: z.string(),
  why: z.string(),
});

export const ShellCase = Common.extend({ allow: z.array(z.string()), command: z.string() });
export type ShellCase = z.infer<typeof ShellCase>;

export const PathCase = Common.extend({
  allow: z.array(z.object({ tool: z.string(), params: z.object({ path: z.string() }) })),
  tool: z.string(),
  path: z.unknown(),
  cwd: z.string(),
  fs: z.array(z.record(z.string(), z.unknown())),
  platform: z.string().optional(),
});
export type PathCase = z.infer<typeof PathCase>;

export function shellCases(): ShellCase[] {
  return lines('shell-permissions.jsonl').map((line) => ShellCase.parse(line));
}

export function pathCases(): PathCase[] {
  return lines('path-permissions.jsonl').map((line) => PathCase.parse(line));
}

function lines(name: string): unknown[] {
  const file = fileURLToPath(new URL(`./corpus/${name}`, import.meta.url));
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
