import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { renderGraphiQLPage } from './graphiql-html.ts';

/**
 * The content security policy of the GraphiQL page. It allows inline scripts and styles and the blob workers of the editor. The page can
 * call only this gateway.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  'font-src data:',
  "img-src 'self' data:",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Page {
  readonly gzipped: Buffer<ArrayBuffer>;
  readonly etag: string;
}

/**
 * Serves GraphiQL to browsers that open the endpoint. `sdl` is the public schema. The page loads nothing from other servers. It is several
 * megabytes long, so it is rendered only at the first visit, and is then stored in memory, compressed with gzip. Browsers revalidate it by
 * its ETag.
 */
export function useGraphiQLPage(endpoint: string, sdl: string): Plugin {
  let page: Promise<Page> | undefined;
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint || !acceptsPage(request)) return;
      page ??= renderPage(endpoint, sdl);
      const { gzipped, etag } = await page;
      const headers = {
        'cache-control': 'no-cache',
        'content-security-policy': CONTENT_SECURITY_POLICY,
        etag,
        vary: 'accept, accept-encoding',
        'x-content-type-options': 'nosniff',
      };
      if (request.headers.get('if-none-match') === etag) {
        endResponse(new fetchAPI.Response(null, { status: 304, headers }));
        return;
      }
      const accepted = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
      const body = accepted ? gzipped : await promisify(gunzip)(gzipped);
      endResponse(
        new fetchAPI.Response(body, {
          headers: {
            ...headers,
            'content-type': 'text/html; charset=utf-8',
            ...(accepted && { 'content-encoding': 'gzip' }),
          },
        }),
      );
    },
  };
}

function acceptsPage({ method, headers }: Request): boolean {
  return method === 'GET' && (headers.get('accept')?.includes('text/html') ?? false);
}

async function renderPage(endpoint: string, sdl: string): Promise<Page> {
  const gzipped = await promisify(gzip)(await renderGraphiQLPage(endpoint, sdl));
  const etag = `"${createHash('sha256').update(gzipped).digest('base64url')}"`;
  return { gzipped, etag };
}
