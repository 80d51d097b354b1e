/** `greenroom trust`: lets a workspace's own policy file allow calls. */
import { resolve } from 'node:path';
import { formatRule } from '../index.ts';
import { BUILT_IN_TOOLS, revokeTrust, trustFolder } from '../policy/index.ts';
import { EXIT } from './exit-codes.ts';
import { visibleLine } from '../text/visible.ts';

/**
 * Trusts a folder's policy file as it is now, or takes that back; resolves with the exit code.
 * @throws GreenroomError when there is no such file or it cannot be used.
 */
export async function trustCommand(folder: string | undefined, flags: { readonly revoke?: boolean }): Promise<number> {
  const workspace = resolve(folder ?? process.cwd());
  const options = { workspace, env: process.env, tools: BUILT_IN_TOOLS };
  const print = (line: string) => process.stdout.write(`${visibleLine(line)}\n`);
  if (flags.revoke === true) {
    const wasTrusted = await revokeTrust(options);
    print(wasTrusted ? `${workspace} is not trusted any more.` : `${workspace} was not trusted.`);
    return EXIT.completed;
  }
  const policy = await trustFolder(options);
  print(`Trusted, until it changes: ${policy.file}`);
  for (const { permission } of policy.allowlist) print(`  allows ${formatRule(permission)}`);
  for (const { permission } of policy.deny) print(`  denies ${formatRule(permission)}`);
  return EXIT.completed;
}
