/**
 * The page that brings Stately's viewer and this server together: the viewer connects to nothing by itself, it draws what
 * the page around it hands over. So this page frames it and passes on what the server sends, as the page of the protocol's
 * own server does. Nothing is kept: when the viewer is loaded again, the server shows everything again; and when the
 * server is another one, the viewer is loaded again.
 */
import { createHash } from 'node:crypto';

/** Stately's viewer on the web. */
export const VIEWER_URL = 'https://stately.ai/inspect';

const script = `
{
  const frame = document.querySelector('iframe');
  const note = document.querySelector('p');
  let socket;
  const open = (onOpen, onMessage) => {
    socket?.close();
    const mine = (socket = new WebSocket(location.href.replace(/^http/, 'ws')));
    mine.onopen = onOpen;
    mine.onmessage = onMessage;
    mine.onclose = () => {
      if (mine !== socket) return;
      note.hidden = false;
      note.textContent = 'The run is over, or let go of this page. This is its last picture; waiting for it at this address.';
      setTimeout(() => mine === socket && open(reload), 2000);
    };
  };
  const reload = () => frame.setAttribute('src', frame.getAttribute('src'));
  addEventListener('message', ({ data, source, origin }) => {
    if (source !== frame.contentWindow || !/^https:\\/\\/([a-z0-9-]+\\.)*stately\\.ai$/.test(origin)) return;
    if (data?.type !== '@statelyai.connected') return;
    const pass = (message) => frame.contentWindow.postMessage(JSON.parse(message.data), origin);
    open(() => (note.hidden = true), pass);
  });
}
`;

const style = `
html, body { margin: 0; height: 100%; font: 14px/1.5 system-ui, sans-serif; }
iframe { position: fixed; inset: 0; width: 100%; height: 100%; border: 0; }
p { position: fixed; z-index: 1; left: 0; right: 0; bottom: 0; margin: 0; padding: .5em 1em; background: #222; color: #fff; }
p[hidden] { display: none; }
`;

export const viewerPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Greenroom: live inspection</title>
<style>${style}</style>
<iframe src="${VIEWER_URL}" title="Stately's inspector"></iframe>
<p role="status">Loading Stately's viewer from ${VIEWER_URL} …</p>
<script>${script}</script>
</html>
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page runs its own script only, shows Stately's viewer only, and reaches this server only. */
export const viewerPageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'frame-src https://stately.ai https://*.stately.ai',
    "connect-src 'self' ws:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; '),
};
