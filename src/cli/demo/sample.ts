/** The sample project of the demo: agents work on a copy. */
import { cpSync, rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SAMPLE = fileURLToPath(new URL('../../../demo/workspace', import.meta.url));

/** A new folder with the sample in it. */
export async function copyOfSample(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'greenroom-demo-')));
  fillWithSample(folder);
  return folder;
}

/** Puts the sample in a folder, in the place of whatever is there. */
export function fillWithSample(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(SAMPLE, folder, { recursive: true });
}

/** The agents' `node --test` is run by the node that runs this, whatever else the machine has. */
export function findNodeFirst(): void {
  process.env['PATH'] = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
}
