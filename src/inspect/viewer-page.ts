/**
 * The page that connects Stately's viewer to this server. The viewer opens no connection; it draws what the page around it
 * passes on. So this page frames the viewer and forwards the server's messages, as the page of @statelyai/inspect does. It
 * keeps nothing: after a reload of the viewer the server sends everything again, and for a new server the viewer reloads.
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
      note.textContent = 'Disconnected: the run has ended. This is its last picture. Waiting for a run at this address.';
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

/** Headers that allow this page's script, Stately's viewer and this server, and nothing else. */
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
