/** Signing in to a server: the exchange of its token, and the key that this browser keeps. */
import type { GreenroomClient } from '../../client/index.ts';

/** Where the browser keeps the key, for the address that the page came from. A cookie alone goes to every port of a host. */
const KEY_PLACE = 'greenroom-key';

/** The key that every request of the page carries; `undefined` before sign-in or without local storage. */
export function pageKey(): string | undefined {
  try {
    return localStorage.getItem(KEY_PLACE) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the `{ key }` of a sign-in response; any other value changes nothing. */
export function keepPageKey(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('key' in answer) || typeof answer.key !== 'string') return;
  try {
    localStorage.setItem(KEY_PLACE, answer.key);
  } catch {
    // no local storage: the server refuses the next request, and the page shows that it is signed out
  }
}

/**
 * Exchanges the token of a restarted server for a cookie and a key, and follows that server. Reloads the page when the
 * server serves another team than the one on the screen, or when the run on the screen had ended.
 * @returns Why it failed, or `undefined`.
 */
export async function signIn(client: GreenroomClient, token: string): Promise<string | undefined> {
  try {
    const response = await fetch('/api/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-greenroom': '1' },
      body: JSON.stringify({ token }),
    });
    if (!response.ok) return 'This address is no longer valid. Open the one that the server printed last.';
    keepPageKey(await response.json());
    if (client.connection.get() !== 'closed' && (await isSameTeam(client))) client.reconnect();
    else location.reload();
    return undefined;
  } catch {
    return 'The server does not answer. Start it again and open the address that it prints.';
  }
}

/** Whether the server continues the run on the screen: its entries go further, and it knows our last agent. */
async function isSameTeam(client: GreenroomClient): Promise<boolean> {
  const { seq, agents } = await client.state();
  const ours = client.readModel.store.getSnapshot().context;
  const last = ours.agentIds.at(-1);
  return seq >= ours.seq && (last === undefined ? ours.seq === 0 : agents.some(({ id }) => id === last));
}
