/** Comes back to a server that was started anew, with the token of the address that it printed. */
import type { GreenroomClient } from '../../client/index.ts';
import { keepPageKey } from './page-key.ts';

/**
 * Exchanges the token for a cookie and a key and follows the server again. When it serves another team than the one on the screen,
 * or the run on the screen was over, the page is loaded afresh.
 * @returns What went wrong, or `undefined`.
 */
export async function signIn(client: GreenroomClient, token: string): Promise<string | undefined> {
  try {
    const response = await fetch('/api/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-greenroom': '1' },
      body: JSON.stringify({ token }),
    });
    if (!response.ok) return 'This address is not valid any more. Open the one that the server printed last.';
    keepPageKey(await response.json());
    if (client.connection.get() !== 'closed' && (await isSameTeam(client))) client.reconnect();
    else location.reload();
    return undefined;
  } catch {
    return 'The server does not answer. Start it again, and open the address that it prints.';
  }
}

/** Whether the server goes on with what is on the screen: entries are counted on, and it knows our first agent. */
async function isSameTeam(client: GreenroomClient): Promise<boolean> {
  const response = await client.api.state.$get({ query: {} });
  if (!response.ok) return true;
  const { seq, agents } = await response.json();
  const ours = client.readModel.store.getSnapshot().context;
  const last = ours.agentIds.at(-1);
  return seq >= ours.seq && (last === undefined ? ours.seq === 0 : agents.some(({ id }) => id === last));
}
