/** Paths among the arguments: below the workspace, and none of those that hold secrets. */
import { withoutHidden } from '../../../text/hidden.ts';
import type { Arg, GuardContext } from './guard.ts';

/** Names of files and folders that hold secrets, or settings that run programs; the part after the last `.` may vary. */
const PROTECTED_NAME = new RegExp(
  [
    String.raw`^\.env(?:rc|\..*)?$`,
    String.raw`^\.(?:ssh|gnupg|aws|azure|kube|docker|netrc|npmrc|pypirc|pgpass|git-credentials|htpasswd|vault-token)$`,
    String.raw`^\.(?:bash|zsh|sh|python|node_repl|mysql|psql)_history$`,
    String.raw`^id_(?:rsa|dsa|ecdsa|ed25519)`,
    String.raw`\.(?:pem|key|p12|pfx|keystore|jks|kdbx)$`,
    String.raw`^\.(?:greenroom|orchestrator|husky|gitconfig|git|inputrc|profile|kshrc|t?cshrc|login|pam_environment)$`,
    String.raw`^\.(?:bash(?:rc|_profile|_login|_logout|_aliases)|z(?:shrc|shenv|profile|login|logout)|xinitrc|xprofile|xsessionrc)$`,
    String.raw`^git~[0-9]+$`,
    String.raw`^(?:credentials|secrets?)(?:\.(?:json|ya?ml|toml|ini|env|txt))?$`,
  ].join('|'),
  'i',
);
/** Names a glob may be after. */
const TARGETS = `id_rsa id_dsa id_ecdsa id_ed25519 id_rsa.pub x.pem x.key x.p12 x.pfx x.keystore x.jks x.kdbx git~1
  credentials secret secrets`.split(/\s+/);
const SECRET_ENDINGS = ['pem', 'key', 'p12', 'pfx', 'keystore', 'jks', 'kdbx'];

/** Templates that hold no secret although they are called like one. */
const TEMPLATE_NAME = /^\.env\.(?:example|sample|template|dist)$/;
const DEVICES = new Set(['/dev/null', '/dev/stdin', '/dev/stdout', '/dev/stderr', '-']);

/** Why this path is out of bounds; `null` when it is not. */
export function outOfBounds(arg: Arg, { workspace }: GuardContext): string | null {
  const { text } = arg;
  if (DEVICES.has(text)) return null;
  const segments = text.split('/');
  // behind a colon stands the path in a revision; what nobody sees in a name does not count
  const names = withoutHidden(text).split(/[/:]/);
  const shown = JSON.stringify(text);
  if (names.some((name) => PROTECTED_NAME.test(name) && !TEMPLATE_NAME.test(name))) {
    return `${shown} may hold secrets, or settings that run programs`;
  }
  if (text.startsWith(':(')) return `${shown} may name other files than it says`;
  if (names.some(mayFindSecrets)) return `${shown} may match files with secrets`;
  if (segments.includes('..') && climbsOut(segments)) return `${shown} leads out of the folder`;
  if (!text.startsWith('/')) return null;
  // the folder was named by the person who wrote the rule
  if (arg.prefix.includes('/') && !segments.includes('..')) return null;
  // a workspace that is everything bounds nothing
  return workspace !== '/' && isBelow(text, workspace) ? null : `${shown} lies outside the workspace`;
}

/** `*` and `*.json` are after nothing in particular. Quoted, a glob is one for programs that have globs of their own. */
function mayFindSecrets(name: string): boolean {
  if (!/[*?[]/.test(name) || /^\*+$/.test(name)) return false;
  if (/^\.+[^./]*[*?[]/.test(name)) return true;
  if (/^\*\.[\w.-]+$/.test(name)) return PROTECTED_NAME.test(`x${name.slice(1)}`);
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const endings = name.includes('.') && ending !== '*' ? SECRET_ENDINGS : [];
  return TARGETS.some((target) => mayFind(name, target)) || endings.some((one) => mayFind(ending, one));
}

/** Whether a glob may stand for a name; a bracket expression is taken for any character. */
function mayFind(glob: string, name: string): boolean {
  const parts = glob.replace(/\[!?\^?\]?[^\]]*\]/g, '?').replace(/[.+^${}()|\\[\]]/g, '\\$&');
  return new RegExp(`^${parts.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 'is').test(name);
}

function isBelow(path: string, root: string): boolean {
  return (path === root || path.startsWith(`${root}/`)) && !path.split('/').includes('..');
}

/** Whether following the segments ever leads above their start, or a `..` follows a name a glob chose. */
function climbsOut(segments: readonly string[]): boolean {
  let depth = 0;
  for (const name of segments) {
    if (name === '..') depth--;
    else if (name !== '' && name !== '.') depth++;
    if (depth < 0) return true;
  }
  return segments.some((name) => /[*?[]/.test(name)) || segments[0] === '';
}
