import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { PROJECT } from '../../project-folder.ts';

/** The folder with the example operations. The page has a tab for each, in the order of the file names. */
const EXAMPLES = new URL('operations/graphiql/', PROJECT);

/** Lets the page run inline scripts and styles and its editor's blob workers, and call this gateway only. */
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
 * Serves GraphiQL to browsers that open the endpoint. The page loads nothing from other servers. It has several megabytes, so it is
 * rendered once, at the first visit, kept in memory gzipped, and revalidated by its ETag.
 */
export function useGraphiQLPage(endpoint: string): Plugin {
  let page: Promise<Page> | undefined;
  return {
    async onRequest({ request, url, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint || !acceptsPage(request)) return;
      page ??= renderPage(endpoint);
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

async function renderPage(endpoint: string): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    endpoint,
    title: 'GPU availability',
    defaultTabs: readExamples(),
    // Without these, the page loads its icon and logo from another server.
    favicon: ICON,
    logo: `<img alt="" width="24" height="24" src="${ICON}">`,
  });
  const gzipped = await promisify(gzip)(html);
  const etag = `"${createHash('sha256').update(gzipped).digest('base64url')}"`;
  return { gzipped, etag };
}

function readExamples(): { query: string }[] {
  const files = readdirSync(EXAMPLES).toSorted();
  return files.map((file) => ({ query: readFileSync(new URL(file, EXAMPLES), 'utf8') }));
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="2" width="12" height="12" rx="2" fill="#2563eb"/><rect x="5" y="5" width="6" height="6" rx="1" fill="#fff"/></svg>',
)}`;
