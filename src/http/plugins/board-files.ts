import { existsSync, readFileSync } from 'node:fs';
import type { Plugin } from 'graphql-yoga';
import { createServedFile, type ServedFile, serveFile } from '../served-file.ts';

/**
 * The content security policy of the board (the gateway's web page). The board may use its own scripts, styles and images and call this
 * gateway. Everything else is forbidden.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The files of the board (the web page) by their URL paths. Empty if the board was not built. */
export type BoardFiles = ReadonlyMap<string, ServedFile>;

/**
 * Reads the files of the built board: the HTML page, and the assets that the page refers to. The names of assets contain a hash of their
 * content.
 */
export function readBoardFiles(folder: URL): BoardFiles {
  if (!existsSync(new URL('index.html', folder))) return new Map();
  const page = readFileSync(new URL('index.html', folder), 'utf8');
  // Only the assets that the page refers to are served, because the folder may also contain assets of earlier builds.
  const assets = new Set(page.match(/(?<=")\/assets\/[\w.-]+(?=")/g));
  const read = (name: string, cacheControl: string) => toFile(readFileSync(new URL(name, folder)), name, cacheControl);
  return new Map([
    ['/', read('index.html', 'no-cache')],
    ...[...assets].map((path) => [path, read(`.${path}`, 'public, max-age=31536000, immutable')] as const),
  ]);
}

/** Serves the board (the web page). If it was not built, `/` redirects to the GraphQL endpoint, which shows GraphiQL to browsers. */
export function useBoardFiles(files: BoardFiles, endpoint: string): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      const file = files.get(url.pathname);
      if (file !== undefined) endResponse(serveFile(request, file, fetchAPI));
      else if (url.pathname === '/') {
        endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: endpoint } }));
      }
    },
  };
}

function toFile(body: Buffer<ArrayBuffer>, name: string, cacheControl: string): ServedFile {
  return createServedFile(body, {
    'cache-control': cacheControl,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'content-type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
  });
}
