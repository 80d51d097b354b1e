/** `greenroom trust`: let the policy file of a workspace allow calls. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { formatRule } from '../../index.ts';
import { BUILT_IN_TOOLS, revokeTrust, trustFolder } from '../../policy/index.ts';
import { visibleLine } from '../../text/visible.ts';
import { EXIT } from '../exit-codes.ts';

const NOTES = `
Without trust, the policy file of a workspace (.greenroom/policy.json) can only forbid calls. Trust covers the present
content of the file: when the file changes, the folder is untrusted again.
`;

interface TrustFlags {
  readonly revoke?: boolean;
}

export function defineTrust(command: Command): void {
  command
    .argument('[dir]', 'folder to trust (default: the current folder)')
    .option('--revoke', 'revoke the trust')
    .addHelpText('after', NOTES)
    .action(async (folder: string | undefined, flags: TrustFlags) => {
      process.exitCode = await trust(folder, flags);
    });
}

/**
 * Trusts the present content of a folder's policy file, or revokes that; resolves with the exit code.
 * @throws GreenroomError when the file is missing or invalid.
 */
async function trust(folder: string | undefined, { revoke }: TrustFlags): Promise<number> {
  const workspace = resolve(folder ?? process.cwd());
  const options = { workspace, env: process.env, tools: BUILT_IN_TOOLS };
  const print = (line: string) => process.stdout.write(`${visibleLine(line)}\n`);
  if (revoke === true) {
    const wasTrusted = await revokeTrust(options);
    print(wasTrusted ? `${workspace} is no longer trusted.` : `${workspace} was not trusted.`);
    return EXIT.completed;
  }
  const policy = await trustFolder(options);
  print(`Trusted until it changes: ${policy.file}`);
  for (const { permission } of policy.allowlist) print(`  allows ${formatRule(permission)}`);
  for (const { permission } of policy.deny) print(`  denies ${formatRule(permission)}`);
  return EXIT.completed;
}
