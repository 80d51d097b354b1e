/**
 * Who may come in. A web page of anywhere can send requests to a server on this machine, and can have a name of its own
 * lead here; so a request needs a secret, must ask for a name that is ours, and may change something only when it comes
 * from our own page or from no page at all.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** Bits of a token; hex, so twice as many characters as bytes. */
const TOKEN_BYTES = 32;

/** A new secret of 256 bits. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('hex');

/** Compares in constant time, also of different lengths: what is compared are digests. */
export function isSame(given: string | undefined, secret: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/**
 * Whether a `Host` header names a server on this address and port. On a loopback address only its names do; a name of
 * anybody's can be made to lead here. Others may reach an open one by any address, but by no name except the given one.
 */
export function isOurs(name: string, { host, port }: { readonly host: string; readonly port: number }): boolean {
  const [, bare = '', digits = '80'] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d+))?$/.exec(name) ?? [];
  if (bare === '' || digits !== String(port)) return false;
  if (['127.0.0.1', 'localhost', '[::1]', urlHost(host)].includes(bare)) return true;
  return !isLoopback(host) && isIP(bare.replace(/^\[|\]$/g, '')) !== 0;
}

/** Whether only this machine reaches it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** An address as it stands in a URL. */
export const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host.toLowerCase());

/**
 * The one `Host` a request names.
 * @param rawHeaders Names and values in turn, as they came: Node drops a second `Host` silently.
 */
export function hostOf(rawHeaders: readonly string[]): string | undefined {
  const hosts = rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  );
  return hosts.length === 1 ? hosts[0]?.toLowerCase() : undefined;
}

export interface Origins {
  /** The headers of the request. */
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly host: string;
}

/** Whether a request was sent by a page of another server. One that no browser sent names no page. */
export function isForeign({ origin, fetchSite, host }: Origins): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  return origin !== undefined && origin !== `http://${host}`;
}
