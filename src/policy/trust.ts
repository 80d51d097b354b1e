/** Which workspaces may widen permissions by their own policy file. The word is the user's, kept outside the workspace. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Environment } from '../permissions/paths/user-folders.ts';
import { parsePolicy, type Policy } from './policy.ts';
import {
  changePrivateFile,
  policyFilePaths,
  readPrivateFile,
  realFolder,
  replacePrivateFile,
  unusable,
} from './private-file.ts';

const TrustFile = z.strictObject({
  version: z.literal(1),
  folders: z.array(z.strictObject({ folder: z.string(), sha256: z.string(), at: z.string() })),
});
type TrustFile = z.infer<typeof TrustFile>;

/** The folder that is trusted, and the environment that says where the user keeps the trusted folders. */
export interface TrustOptions {
  /** The folder. */
  readonly workspace: string;
  readonly env: Environment;
  /** The tools there are; see `loadPolicies`. */
  readonly tools?: readonly string[];
}

/** Whether the user trusts this folder with its policy file being exactly these bytes. */
export function isTrusted({ workspace, env }: TrustOptions, bytes: Uint8Array): boolean {
  const folder = realFolder(workspace);
  const sha256 = digestOf(bytes);
  const { folders } = readTrust(policyFilePaths({ workspace, env }).trust);
  return folders.some((entry) => entry.folder === folder && entry.sha256 === sha256);
}

/**
 * Trusts a folder's policy file as it is now; a changed file is untrusted again. Gives the rules that hold from now on.
 * @throws GreenroomError `invalid_params` or `invalid_rule` when there is no such file, or it cannot be used; nothing is
 * recorded then.
 */
export async function trustFolder(options: TrustOptions & { readonly now?: Date }): Promise<Policy> {
  const { workspace, env, tools, now = new Date() } = options;
  const folder = realFolder(workspace);
  const places = policyFilePaths({ workspace: folder, env });
  const bytes = readPrivateFile(places.workspace);
  if (bytes === undefined) throw unusable(places.workspace, 'there is no such file, so there is nothing to trust');
  const policy = parsePolicy(bytes, places.workspace, tools);
  const entry = { folder, sha256: digestOf(bytes), at: now.toISOString() };
  await changeTrust(places.trust, (folders) => [...folders.filter((known) => known.folder !== folder), entry]);
  return policy;
}

/** Takes the trust back. `false` when the folder was not trusted. */
export async function revokeTrust({ workspace, env }: TrustOptions): Promise<boolean> {
  const folder = realFolder(workspace);
  const { trust } = policyFilePaths({ workspace, env });
  if (!readTrust(trust).folders.some((entry) => entry.folder === folder)) return false;
  await changeTrust(trust, (folders) => folders.filter((entry) => entry.folder !== folder));
  return true;
}

async function changeTrust(file: string, change: (folders: TrustFile['folders']) => TrustFile['folders']) {
  await changePrivateFile(file, () => {
    const folders = change(readTrust(file).folders);
    replacePrivateFile(file, `${JSON.stringify({ version: 1, folders }, null, 2)}\n`);
  });
}

/** @throws GreenroomError when the record exists and is broken: its content must not be guessed. */
function readTrust(file: string): TrustFile {
  const bytes = readPrivateFile(file);
  if (bytes === undefined) return { version: 1, folders: [] };
  try {
    return TrustFile.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw unusable(file, 'it is no record of trusted folders; repair or remove it', cause);
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
