/**
 * The only page that needs no secret: it takes the token out of its address, where no server and no log sees it, and
 * exchanges it for a cookie that no script can read.
 */

export const SIGN_IN_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Greenroom</title>
<link rel="stylesheet" href="/sign-in.css">
<script src="/sign-in.js" defer></script>
<main>
<h1>Greenroom</h1>
<p id="say" role="status">Open the address that Greenroom printed when it started: it ends in <code>#token=…</code>.</p>
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
    headers: { 'content-type': 'application/json', 'x-greenroom': '1' },
    body: JSON.stringify({ token }),
  });
  if (response.ok) {
    const { key } = await response.json();
    localStorage.setItem('greenroom-key', key);
    location.replace('/');
  }
  else say('This address is not valid any more: every start of Greenroom prints a new one. Open the one that it printed last.');
}
const tryIt = () => signIn().catch(() => say('The server does not answer. Start it again, and open the address that it prints.'));
addEventListener('hashchange', tryIt);
void tryIt();
`;
