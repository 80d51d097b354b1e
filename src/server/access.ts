/**
 * Access checks: secrets, the `Host` header, and the origin of a request. Any web page can send requests to a server on this
 * machine, and any name can resolve to it. So a request needs a secret, must name this server, and must not come from a page
 * of another server.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

const TOKEN_BYTES = 32;

/** A new secret of 256 bits, as hex. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('hex');

/** Compares in constant time, also texts of different lengths: it compares their digests. */
export function isSame(given: string | undefined, secret: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/**
 * Whether a `Host` header names a server on this address and port. A server on a loopback address accepts only the names of
 * loopback, because any other name can be made to resolve to it. An open server accepts every address, and of names only the
 * given one.
 */
export function isOurs(name: string, { host, port }: { readonly host: string; readonly port: number }): boolean {
  const [, bare = '', digits = '80'] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d+))?$/.exec(name) ?? [];
  if (bare === '' || digits !== String(port)) return false;
  if (['127.0.0.1', 'localhost', '[::1]', urlHost(host)].includes(bare)) return true;
  return !isLoopback(host) && isIP(bare.replace(/^\[|\]$/g, '')) !== 0;
}

/** Whether only this machine can reach the address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** An address in the form that a URL needs. */
export const urlHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host.toLowerCase());

/**
 * The only `Host` header of a request; `undefined` when there is none or several.
 * @param rawHeaders Names and values alternating, because Node silently drops a second `Host`.
 */
export function hostOf(rawHeaders: readonly string[]): string | undefined {
  const hosts = rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  );
  return hosts.length === 1 ? hosts[0]?.toLowerCase() : undefined;
}

export interface Origins {
  /** Headers of the request. */
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly host: string;
}

/** Whether a page of another server sent the request. A request without these headers comes from no browser page. */
export function isForeign({ origin, fetchSite, host }: Origins): boolean {
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  return origin !== undefined && origin !== `http://${host}`;
}
