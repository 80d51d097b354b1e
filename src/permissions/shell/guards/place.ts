/** Paths among the arguments: below the workspace, and none of those that hold secrets. */
import type { Arg, GuardContext } from './guard.ts';

/** Names of files and folders that hold secrets, or settings that run programs; the part after the last `.` may vary. */
const PROTECTED_NAME = new RegExp(
  [
    String.raw`^\.env(?:rc|\..*)?$`,
    String.raw`^\.(?:ssh|gnupg|aws|azure|kube|docker|netrc|npmrc|pypirc|pgpass|git-credentials|htpasswd|vault-token)$`,
    String.raw`^\.(?:bash|zsh|sh|python|node_repl|mysql|psql)_history$`,
    String.raw`^id_(?:rsa|dsa|ecdsa|ed25519)`,
    String.raw`\.(?:pem|key|p12|pfx|keystore|jks|kdbx)$`,
    String.raw`^(?:credentials|secrets?)(?:\.(?:json|ya?ml|toml|ini|env|txt))?$`,
  ].join('|'),
  'i',
);
/** Templates that hold no secret although they are called like one. */
const TEMPLATE_NAME = /^\.env\.(?:example|sample|template|dist)$/;
const DEVICES = new Set(['/dev/null', '/dev/stdin', '/dev/stdout', '/dev/stderr', '-']);

/** Why this path is out of bounds; `null` when it is not. */
export function outOfBounds(arg: Arg, { workspace }: GuardContext): string | null {
  const { text } = arg;
  if (DEVICES.has(text)) return null;
  const segments = text.split('/');
  const shown = JSON.stringify(text);
  if (segments.some((name) => PROTECTED_NAME.test(name) && !TEMPLATE_NAME.test(name))) {
    return `${shown} may hold secrets`;
  }
  if (arg.glob && segments.some((name) => /^\.+[^./]*[*?[]/.test(name))) return `${shown} may match files with secrets`;
  if (/(?:^|\/)\.git(?:\/|$)/.test(text)) return `${shown} lies in a repository's own folder`;
  if (segments.includes('..') && climbsOut(segments)) return `${shown} leads out of the folder`;
  if (!text.startsWith('/')) return null;
  // the folder was named by the person who wrote the rule
  if (arg.prefix.includes('/') && !segments.includes('..')) return null;
  // a workspace that is everything bounds nothing
  return workspace !== '/' && isBelow(text, workspace) ? null : `${shown} lies outside the workspace`;
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
