/**
 * Who may look. The server has no password, so it lets nobody in whom a web page could have sent: a browser names the
 * page's origin, and the name it was reached by must be one that only this machine answers to (a page of anywhere can
 * have its own name lead here).
 */
import { isIP } from 'node:net';

export interface Arrival {
  /** The headers of the request. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
}

export interface AdmissionOptions {
  /** What the server listens on, when that was somebody's choice: it may be reached by this name or any address then. */
  readonly host?: string | undefined;
}

/** Why somebody is not let in; `undefined` when he is. */
export function refusal({ host, origin }: Arrival, { host: own }: AdmissionOptions = {}): string | undefined {
  const name = hostName(`http://${host}`);
  if (name === undefined || !isKnown(name, own)) return 'this name does not lead here';
  if (origin === undefined || isStately(origin)) return undefined;
  const from = /^https?:/.test(origin) ? hostName(origin) : undefined;
  return from !== undefined && (isLoopback(from) || from === name) ? undefined : 'this page may not look';
}

/** The addresses and names of this machine as it sees itself. */
export function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  );
}

/** An address cannot be made to lead elsewhere, as a name can. */
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
