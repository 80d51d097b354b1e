/**
 * The page that brings Stately's viewer and this server together: the viewer connects to nothing by itself, it draws what
 * the page around it hands over. So this page frames it and passes on what the server sends, as the page of the protocol's
 * own server does. Nothing is kept: when the viewer is loaded again, the server shows everything again.
 */
import { createHash } from 'node:crypto';

/** Stately's viewer on the web. */
export const VIEWER_URL = 'https://stately.ai/inspect';

const script = `
const frame = document.querySelector('iframe');
const note = document.querySelector('p');
let socket;
let target;
const connect = () => {
  socket?.close();
  const mine = (socket = new WebSocket(location.href.replace(/^http/, 'ws')));
  mine.onopen = () => (note.hidden = true);
  mine.onmessage = ({ data }) => frame.contentWindow.postMessage(JSON.parse(data), target);
  mine.onclose = () => {
    if (mine !== socket) return;
    note.hidden = false;
    note.textContent = 'Greenroom has ended the connection: the run is over. Waiting for another one at this address.';
    setTimeout(() => mine === socket && connect(), 2000);
  };
};
addEventListener('message', ({ data, source, origin }) => {
  if (source !== frame.contentWindow || !/^https:\\/\\/([a-z0-9-]+\\.)*stately\\.ai$/.test(origin)) return;
  if (data?.type !== '@statelyai.connected') return;
  target = origin;
  connect();
});
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
