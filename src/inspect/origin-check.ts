/**
 * The check of `Origin` and `Host`. The server has no password, so it refuses requests that a foreign web page could have
 * made: a browser sends the page's origin, and the host must be a name of this machine, since any page can point its own
 * name at this machine (DNS rebinding).
 */
import { isIP } from 'node:net';

/** Headers of a request. */
export interface RequestHeaders {
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

export interface OriginCheckOptions {
  /** The host the server listens on, if it was chosen: then this name and any IP address are accepted. */
  readonly host?: string | undefined;
}

/** The reason for a refusal; `undefined` if the request is accepted. */
export function refusal({ host, origin }: RequestHeaders, { host: own }: OriginCheckOptions = {}): string | undefined {
  const name = hostName(`http://${host}`);
  if (name === undefined || !isKnown(name, own)) return 'Host is not a name of this machine';
  if (origin === undefined || isStately(origin)) return undefined;
  const from = /^https?:/.test(origin) ? hostName(origin) : undefined;
  return from !== undefined && (isLoopback(from) || from === name) ? undefined : 'Origin is not allowed';
}

/** Whether a name or an address is this machine's loopback. */
export function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  );
}

/** An IP address cannot be rebound as a name can. */
const isKnown = (name: string, own: string | undefined): boolean =>
  isLoopback(name) || (own !== undefined && (name === own.toLowerCase() || isIP(name) !== 0));

/** The pages of Stately, over TLS only. */
const isStately = (origin: string): boolean => /^https:\/\/(?:[a-z0-9-]+\.)*stately\.ai$/.test(origin);

function hostName(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname, pathname, username, search, hash } = new URL(url);
  if (pathname !== '/' || username !== '' || search !== '' || hash !== '') return undefined;
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
