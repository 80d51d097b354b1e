/** Everything a server answers, and the gates before it: whose host, who comes, what may change something. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import * as z from 'zod';
import type { Logger } from '../index.ts';
import { hostOf, isForeign, isOurs, isSame } from './access.ts';
import { type Api, openApiOf } from './api.ts';
import type { PageFile } from './page-files.ts';
import { answerTo, Refusal } from './refusals.ts';
import { SIGN_IN_PAGE, SIGN_IN_SCRIPT, SIGN_IN_STYLE } from './sign-in.ts';

/** Bytes a request may bring. */
const MAX_BODY = 1024 * 1024;
/** What a request that changes something must carry: no form and no plain link can. */
const OWN_HEADER = 'x-greenroom';

export interface SiteParts {
  readonly api: Api;
  readonly version: string;
  readonly page: ReadonlyMap<string, PageFile>;
  readonly token: string;
  /** What the cookie holds. */
  readonly cookie: string;
  /** What a page of ours sends besides, which no other server on this machine is told by the browser. */
  readonly key: string;
  readonly place: () => { readonly host: string; readonly port: number };
  readonly logger: Logger | undefined;
}

type Bound = { Bindings: HttpBindings };

export function createSite(parts: SiteParts): Hono<Bound> {
  const { api, page, logger } = parts;
  const site = new Hono<Bound>();
  site.onError((thrown, c) => answerTo(thrown, c, logger));
  site.notFound((c) => c.json({ error: { code: 'not_found', message: 'There is nothing at this address.' } }, 404));
  site.use(headers, ours(parts));
  site.get('/sign-in.js', (c) => c.body(SIGN_IN_SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  site.get('/sign-in.css', (c) => c.body(SIGN_IN_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  site.get('/', async (c, next) => (isKnown(c, parts) ? await next() : c.html(SIGN_IN_PAGE, 401)));
  site.use(deliberate, bodyLimit({ maxSize: MAX_BODY, onError: tooLarge }));
  site.post('/api/sign-in', async (c) => await signIn(c, parts));
  site.use(known(parts));
  site.get('/api/openapi.json', async (c) => c.json(await openApiOf(api, parts.version)));
  site.route('/api', api);
  site.get('*', (c) => file(c, page));
  return site;
}

/** No script but our own files, nothing from elsewhere, in nobody's frame. */
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
  throw new Refusal(413, 'too_large', 'A request may bring 1 MiB at most.');
};

function ours({ place }: SiteParts): MiddlewareHandler<Bound> {
  return async (c, next) => {
    c.header('cache-control', 'no-store');
    const host = hostOf(c.env.incoming.rawHeaders);
    if (host === undefined || !isOurs(host, place())) {
      throw new Refusal(421, 'forbidden', 'This server is not reached by that name. Use the address that it printed.');
    }
    const fetchSite = c.req.header('sec-fetch-site');
    // a link from elsewhere may lead to the front page, where nothing happens by itself
    const isVisit = c.req.path === '/' && c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate';
    if (!isVisit && isForeign({ origin: c.req.header('origin'), fetchSite, host })) {
      throw new Refusal(403, 'forbidden', 'Pages of other servers may not use this one.');
    }
    await next();
  };
}

/** What changes something is sent on purpose: as JSON, with a header that only a script of ours or a program sends. */
const deliberate: MiddlewareHandler<Bound> = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next();
  if (c.req.header(OWN_HEADER) === undefined) {
    throw new Refusal(403, 'forbidden', `What changes something needs the header ${OWN_HEADER}: 1.`);
  }
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (c.env.incoming.headers['transfer-encoding'] !== undefined) {
    throw new Refusal(411, 'invalid_params', 'Say how long the body is, with content-length.');
  }
  if (type !== 'application/json')
    throw new Refusal(415, 'invalid_params', 'Send JSON, with content-type: application/json.');
  return await next();
};

function known(parts: SiteParts): MiddlewareHandler<Bound> {
  return async (c, next) => {
    if (isKnown(c, parts)) return await next();
    throw new Refusal(
      401,
      'unauthorized',
      'Sign in with the address that Greenroom printed when it started, or send its token as Authorization: Bearer.',
    );
  };
}

/**
 * With the token; or with the cookie, and for the API with the page's key too: browsers send cookies to all ports of a host,
 * and so to whatever an agent serves on this machine.
 */
function isKnown(c: Context<Bound>, { token, cookie, key, place }: SiteParts): boolean {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (isSame(bearer, token)) return true;
  // another server of this machine may have set one of the same name: it does not lock anybody out
  const hasCookie = cookiesOf(c, cookieName(place().port)).some((value) => isSame(value, cookie));
  return hasCookie && (!c.req.path.startsWith('/api/') || isSame(c.req.header(OWN_HEADER), key));
}

const cookiesOf = (c: Context<Bound>, name: string): readonly string[] =>
  (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

const SignIn = z.strictObject({ token: z.string() });

async function signIn(c: Context<Bound>, { token, cookie, key, place }: SiteParts): Promise<Response> {
  const given = SignIn.safeParse(await c.req.json().catch(() => undefined));
  if (!given.success || !isSame(given.data.token, token)) {
    throw new Refusal(401, 'unauthorized', 'This token is not valid: every start of Greenroom makes a new one.');
  }
  setCookie(c, cookieName(place().port), cookie, { httpOnly: true, sameSite: 'Strict', path: '/' });
  return c.json({ done: true, key });
}

/** Cookies are shared by all ports of a host, so each server has its own. */
const cookieName = (port: number): string => `greenroom-${port}`;

function file(c: Context<Bound>, page: ReadonlyMap<string, PageFile>): Response {
  if (page.size === 0 && c.req.path === '/') {
    return c.text('The page is not built. Run npm run build, and start again.\n', 503);
  }
  const found = page.get(c.req.path === '/' ? '/index.html' : c.req.path);
  if (found === undefined) throw new Refusal(404, 'not_found', 'There is nothing at this address.');
  if (found.isLasting) c.header('cache-control', 'private, max-age=31536000, immutable');
  return c.body(found.body, 200, { 'content-type': found.type });
}
