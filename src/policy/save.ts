/** "Always, and save": adds rules to the user's policy file. */
import * as z from 'zod';
import type { ToolPermission } from '../events.ts';
import { formatRule } from '../permissions/rule-text.ts';
import type { Environment } from '../permissions/paths/user-folders.ts';
import { parsePolicy } from './policy.ts';
import { changePrivateFile, policyFilePaths, readPrivateFile, realFolder, replacePrivateFile } from './private-file.ts';

/** Options of `saveRules`. */
export interface SaveOptions {
  readonly rules: readonly ToolPermission[];
  /** The rules hold only where this folder is the workspace: `npm test` means another program in every project. */
  readonly workspace: string;
  readonly env: Environment;
  /** Who said so. Default `human`. */
  readonly by?: string;
  readonly now?: Date;
}

const Written = z.looseObject({ allowlist: z.array(z.unknown()).optional() });

/**
 * Adds rules to the allowlist of the user's policy file, atomically, and gives the file's path. What stands there already
 * stays as it is, and no rule comes twice. A file that cannot be read is left alone.
 * @throws GreenroomError `invalid_params` or `invalid_rule` when the file is broken or cannot be written.
 */
export async function saveRules({
  rules,
  workspace,
  env,
  by = 'human',
  now = new Date(),
}: SaveOptions): Promise<string> {
  const root = realFolder(workspace);
  const { user } = policyFilePaths({ workspace: root, env });
  await changePrivateFile(user, () => {
    const bytes = readPrivateFile(user) ?? Buffer.from('{"version":1}');
    const known = parsePolicy(bytes, user).allowlist.filter((rule) => [undefined, root].includes(rule.workspace));
    const texts = new Set(known.map(({ permission }) => formatRule(permission)));
    const because = `saved by ${by}, ${now.toISOString()}`;
    const fresh = [...new Set(rules.map(formatRule))].filter((rule) => !texts.has(rule));
    if (fresh.length === 0) return;
    // the entries as they were written, not as they were understood
    const file = Written.parse(JSON.parse(bytes.toString('utf8').replace(/^\u{feff}/u, '')));
    const added = fresh.map((rule) => ({ rule, workspace: root, because }));
    const next = { ...file, allowlist: [...(file.allowlist ?? []), ...added] };
    replacePrivateFile(user, `${JSON.stringify(next, null, 2)}\n`);
  });
  return user;
}
