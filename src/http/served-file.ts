import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FetchAPI } from 'graphql-yoga';
import { acceptsGzip } from './encodings.ts';
import { isUnchanged } from './validators.ts';

/** A file in memory, uncompressed and gzipped, with its headers. */
export interface ServedFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Creates a file with these headers and an ETag of its content. The ETag is weak, because it applies both to the uncompressed file and to
 * the gzipped file.
 */
export function createServedFile(
  body: Buffer<ArrayBuffer>,
  headers: Readonly<Record<'cache-control' | 'content-type', string>> & Readonly<Record<string, string>>,
): ServedFile {
  const etag = `W/"${createHash('sha256').update(body).digest('base64url')}"`;
  return { body, gzipped: gzipSync(body, { level: 9 }), headers: { ...headers, etag, vary: 'accept-encoding' } };
}

/** Returns the response to a request for the file: 200, 304 if the client already has it, or 405 for a method other than GET and HEAD. */
export function serveFile(
  request: Request,
  { body, gzipped, headers }: ServedFile,
  { Response: Answer }: Pick<FetchAPI, 'Response'>,
): Response {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Answer('Only GET and HEAD are supported.\n', {
      status: 405,
      headers: { allow: 'GET, HEAD', 'content-type': 'text/plain' },
    });
  }
  const conditions = { 'if-none-match': request.headers.get('if-none-match') };
  if (isUnchanged(conditions, { tag: headers['etag'] ?? null, lastModified: null })) {
    return new Answer(null, { status: 304, headers });
  }
  const accepted = acceptsGzip(request.headers.get('accept-encoding') ?? '');
  const encoding = accepted ? { 'content-encoding': 'gzip' } : undefined;
  const content = accepted ? gzipped : body;
  return new Answer(request.method === 'HEAD' ? null : content, { headers: { ...headers, ...encoding } });
}
