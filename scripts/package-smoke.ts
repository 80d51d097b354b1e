/**
 * Checks the built package: every sub-path of `exports` can be imported by the package's name, and the command starts.
 * Run it after a build.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const root = new URL('../', import.meta.url);
const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.unknown()),
});
const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')));

for (const subPath of Object.keys(manifest.exports)) {
  if (subPath.endsWith('.json')) continue;
  const specifier = manifest.name + subPath.slice(1);
  const names = Object.keys(z.record(z.string(), z.unknown()).parse(await import(specifier)));
  if (names.length === 0) throw new Error(`${specifier} exports nothing. Check "exports" in package.json.`);
}

for (const [command, file] of Object.entries(manifest.bin)) {
  const out = execFileSync(process.execPath, [new URL(file, root).pathname, '--version'], { encoding: 'utf8' }).trim();
  if (!out.includes(manifest.version)) throw new Error(`${command} --version prints "${out}", not ${manifest.version}`);
}
