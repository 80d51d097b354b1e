/** Sign-in: the page that exchanges the token for a cookie and a key, and the check of what a request brings. */
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import * as z from 'zod';
import { isSame } from './access.ts';
import type { Bound } from './openapi.ts';
import { Refusal } from './refusals.ts';

/** The header that marks a request as deliberate. No form and no link can send it. */
export const OWN_HEADER = 'x-greenroom';

/** The secrets of one start of a server. */
export interface Secrets {
  /** Printed in the address; programs send it as `Authorization: Bearer`. */
  readonly token: string;
  /** The value of the cookie. */
  readonly cookie: string;
  /** What a page sends with its cookie. Browsers send a cookie to every port of a host; they keep the key for one port. */
  readonly key: string;
}

/** Whether a request brings the token, or the cookie. A request to the API needs the key with the cookie. */
export function isSignedIn(c: Context<Bound>, { token, cookie, key }: Secrets, port: number): boolean {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (isSame(bearer, token)) return true;
  // another server on this machine may have set a cookie of this name, so any of several may match
  const hasCookie = cookiesOf(c, cookieName(port)).some((value) => isSame(value, cookie));
  return hasCookie && (!c.req.path.startsWith('/api/') || isSame(c.req.header(OWN_HEADER), key));
}

const SignIn = z.strictObject({ token: z.string() });

/** Exchanges the token for the cookie and the key. */
export async function signIn(c: Context<Bound>, { token, cookie, key }: Secrets, port: number): Promise<Response> {
  const given = SignIn.safeParse(await c.req.json().catch(() => undefined));
  if (!given.success || !isSame(given.data.token, token)) {
    const problem =
      'The token is not valid. Each start of Greenroom makes a new one: open the address it printed last.';
    throw new Refusal(401, 'unauthorized', problem);
  }
  setCookie(c, cookieName(port), cookie, { httpOnly: true, sameSite: 'Strict', path: '/' });
  return c.json({ done: true, key });
}

/** All ports of a host share their cookies, so each server has its own name. */
const cookieName = (port: number): string => `greenroom-${port}`;

const cookiesOf = (c: Context<Bound>, name: string): readonly string[] =>
  (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

/** The only page without a secret. Its script reads the token from the fragment, which no server and no log sees. */
export const SIGN_IN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Greenroom</title>
<link rel="stylesheet" href="/sign-in.css">
<script src="/sign-in.js" defer></script>
<main>
<h1>Greenroom</h1>
<p id="say" role="status">Open the address that Greenroom printed at its start. It ends in <code>#token=…</code>.</p>
</main>
</html>
`;

export const SIGN_IN_STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0}
main{max-width:34rem;margin:20vh auto;padding:0 1.5rem}
code{font-family:ui-monospace,monospace}
`;

export const SIGN_IN_SCRIPT = `const say = (text) => { document.querySelector('#say').textContent = text; };
async function signIn() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  history.replaceState(null, '', location.pathname);
  say('Signing in …');
  const response = await fetch('/api/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json', '${OWN_HEADER}': '1' },
    body: JSON.stringify({ token }),
  });
  if (response.ok) {
    const { key } = await response.json();
    localStorage.setItem('greenroom-key', key);
    location.replace('/');
  }
  else say('This address is no longer valid. Each start of Greenroom prints a new one: open the last one.');
}
const trySignIn = () => signIn().catch(() => say('The server does not answer. Start it again and open the address that it prints.'));
addEventListener('hashchange', trySignIn);
void trySignIn();
`;
