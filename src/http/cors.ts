import type { CORSOptions } from 'graphql-yoga';

/** Origins that browsers may call from; `'*'` is any. */
export type AllowedOrigins = readonly string[];

/** Headers that scripts may send. A page that traces its requests sends `traceparent` and `tracestate` with each of them. */
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'traceparent',
  'tracestate',
  'x-request-id',
];

/** Headers that scripts may read. */
const EXPOSED_HEADERS = [
  'age',
  'etag',
  'last-modified',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'x-request-id',
];

/**
 * CORS on `endpoint` for the allowed origins, never with credentials. What is not allowed gets no header at all: the library would name the
 * origin 'null', which is that of every sandboxed frame.
 */
export function createCors(endpoint: string, allowed: AllowedOrigins): false | ((request: Request) => CORSOptions) {
  if (allowed.length === 0) return false;
  return (request) => {
    const origin = request.headers.get('origin');
    if (new URL(request.url).pathname !== endpoint) return false;
    if (origin === null || !(allowed.includes('*') || allowed.includes(origin))) return false;
    return {
      origin: [origin],
      credentials: false,
      methods: ['GET', 'POST', 'OPTIONS'],
      allowedHeaders: ALLOWED_HEADERS,
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 86_400,
    };
  };
}
