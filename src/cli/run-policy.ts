/** Policy files in a run: which ones hold, and "always, and save". */
import { formatRule, messageOf, type SavePolicy } from '../index.ts';
import { type LoadedPolicy, saveRules } from '../policy/index.ts';

/** What to say about the files that were found. */
export function policyNotices(files: readonly LoadedPolicy[]): string[] {
  return files.map(({ policy: { file, allowlist, deny }, trusted }) => {
    const counts = `Policy: ${file} (${allowlist.length} allowed, ${deny.length} denied)`;
    if (trusted) return `${counts}.`;
    const ignored = allowlist.length === 0 ? '' : ', and what it allows does not count until you run greenroom trust';
    return `${counts}; you do not trust this file, so it can only forbid${ignored}.`;
  });
}

/** Saves to the user's policy file, for this workspace only, and says how it went. */
export function savePolicyFor(options: {
  readonly workspace: string;
  readonly notice: (text: string) => void;
}): SavePolicy {
  return async (rules, { by }) => {
    const texts = rules.map(formatRule).join(' and ');
    try {
      const file = await saveRules({ rules, workspace: options.workspace, env: process.env, by });
      options.notice(`Saved for this folder in ${file}: ${texts}`);
    } catch (error) {
      options.notice(`Could not be saved (it holds until this run ends): ${messageOf(error)}`);
      throw error;
    }
  };
}
