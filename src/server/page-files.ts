/** The files of the page: a fixed map from path to file, read once. No request can name another file of the disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from 'hono';
import type { Bound } from './openapi.ts';
import { Refusal } from './refusals.ts';

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The name contains a hash of the content, so the content never changes. */
  readonly isImmutable: boolean;
}

/** Files by their path in a URL. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
};

/** The folder of the built page, for the sources and for the package. */
export const builtPage = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/' : '../web/', import.meta.url));

/** Reads the files of a folder. Empty without an `index.html`. */
export function readPage(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  if (!existsSync(join(folder, 'index.html'))) return files;
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(item.name)];
    if (!item.isFile() || type === undefined) continue;
    const path = join(item.parentPath, item.name);
    const name = relative(folder, path).split(sep).join('/');
    files.set(`/${name}`, { type, body: Uint8Array.from(readFileSync(path)), isImmutable: name.startsWith('assets/') });
  }
  return files;
}

/** The response to a request for a file of the page. */
export function sendFile(c: Context<Bound>, files: PageFiles): Response {
  if (files.size === 0 && c.req.path === '/') {
    return c.text('The page is not built. Run npm run build, then restart the server.\n', 503);
  }
  const found = files.get(c.req.path === '/' ? '/index.html' : c.req.path);
  if (found === undefined) throw new Refusal(404, 'not_found', 'This address does not exist.');
  if (found.isImmutable) c.header('cache-control', 'private, max-age=31536000, immutable');
  return c.body(found.body, 200, { 'content-type': found.type });
}
