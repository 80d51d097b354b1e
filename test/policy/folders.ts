/** A workspace and a home of their own, for policy files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { policyFilePaths } from '../../src/policy/private-file.ts';

export function policyFolders() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'greenroom-policy-')));
  const workspace = join(base, 'ws');
  const env = { HOME: join(base, 'home') };
  mkdirSync(workspace);
  mkdirSync(env.HOME);
  const places = policyFilePaths({ workspace, env });
  return {
    base,
    workspace,
    env,
    places,
    write(place: keyof typeof places, value: unknown) {
      mkdirSync(dirname(places[place]), { recursive: true });
      writeFileSync(places[place], typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 });
    },
    [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true }),
  };
}
