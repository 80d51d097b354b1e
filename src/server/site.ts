/** The site: the checks before every route, the sign-in page, the API, and the page of the console. */
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from '../index.ts';
import { hostOf, isForeign, isOurs } from './access.ts';
import { type Bound, openApiOf } from './openapi.ts';
import { type PageFiles, sendFile } from './page-files.ts';
import { responseTo, Refusal } from './refusals.ts';
import {
  isSignedIn,
  OWN_HEADER,
  type Secrets,
  SIGN_IN_PAGE,
  SIGN_IN_SCRIPT,
  SIGN_IN_STYLE,
  signIn,
} from './sign-in.ts';

/** Bytes of a request body. */
const MAX_BODY = 1024 * 1024;

export interface SiteParts {
  readonly api: Hono<Bound>;
  readonly version: string;
  readonly page: PageFiles;
  readonly secrets: Secrets;
  /** Where the server listens; the port is known only after it does. */
  readonly place: () => { readonly host: string; readonly port: number };
  readonly logger: Logger | undefined;
}

export function createSite({ api, version, page, secrets, place, logger }: SiteParts): Hono<Bound> {
  const site = new Hono<Bound>();
  site.onError((thrown, c) => responseTo(thrown, c, logger));
  site.notFound((c) => c.json({ error: { code: 'not_found', message: 'This address does not exist.' } }, 404));
  site.use(headers, rightHost(place));
  site.get('/sign-in.js', (c) => c.body(SIGN_IN_SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  site.get('/sign-in.css', (c) => c.body(SIGN_IN_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  site.get('/', async (c, next) => (isSignedIn(c, secrets, place().port) ? await next() : c.html(SIGN_IN_PAGE, 401)));
  site.use(deliberate, bodyLimit({ maxSize: MAX_BODY, onError: tooLarge }));
  site.post('/api/sign-in', async (c) => await signIn(c, secrets, place().port));
  site.use(async (c, next) => {
    if (isSignedIn(c, secrets, place().port)) return await next();
    const problem =
      'Not signed in. Open the address that Greenroom printed, or send its token as Authorization: Bearer.';
    throw new Refusal(401, 'unauthorized', problem);
  });
  site.get('/api/openapi.json', async (c) => c.json(await openApiOf(api, version)));
  site.route('/api', api);
  site.get('*', (c) => sendFile(c, page));
  return site;
}

/** No script except our own files, nothing from other servers, no frames. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    trustedTypes: ["'none'"],
  },
  crossOriginResourcePolicy: 'same-origin',
  crossOriginOpenerPolicy: 'same-origin',
  originAgentCluster: '?1',
  referrerPolicy: 'no-referrer',
  strictTransportSecurity: false,
  xContentTypeOptions: 'nosniff',
  xFrameOptions: 'DENY',
});

const tooLarge = (): never => {
  throw new Refusal(413, 'too_large', 'The body is larger than 1 MiB. Send less.');
};

/** Refuses requests under another host name, and requests of pages of other servers. */
function rightHost(place: SiteParts['place']): MiddlewareHandler<Bound> {
  return async (c, next) => {
    c.header('cache-control', 'no-store');
    const host = hostOf(c.env.incoming.rawHeaders);
    if (host === undefined || !isOurs(host, place())) {
      throw new Refusal(
        421,
        'forbidden',
        'The Host header does not name this server. Use the address that it printed.',
      );
    }
    const fetchSite = c.req.header('sec-fetch-site');
    // a link of another site may open the front page, which does nothing by itself
    const isVisit = c.req.path === '/' && c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate';
    if (!isVisit && isForeign({ origin: c.req.header('origin'), fetchSite, host })) {
      throw new Refusal(403, 'forbidden', 'Pages of other servers may not use this server.');
    }
    await next();
  };
}

/** A request that changes something must be JSON with our header, which only our script or a program sends. */
const deliberate: MiddlewareHandler<Bound> = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next();
  if (c.req.header(OWN_HEADER) === undefined) {
    throw new Refusal(403, 'forbidden', `A request that changes something needs the header ${OWN_HEADER}: 1.`);
  }
  if (c.env.incoming.headers['transfer-encoding'] !== undefined) {
    throw new Refusal(411, 'invalid_params', 'The length of the body is missing. Send content-length.');
  }
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new Refusal(415, 'invalid_params', 'The body must be JSON. Send content-type: application/json.');
  return await next();
};
