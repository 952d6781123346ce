import type { CORSOptions } from 'graphql-yoga';

/** The origins whose pages may call the gateway; `'*'` means all origins. */
export type AllowedOrigins = readonly string[];

/** Request headers that scripts may set. A page that traces its requests sends `traceparent` and `tracestate` with each of them. */
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'traceparent',
  'tracestate',
  'x-request-id',
];

/** Response headers that scripts may read. */
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
 * Creates Yoga's CORS options: the allowed origins may call `endpoint`, without credentials. Other origins get no CORS header at all. The
 * library itself would then send 'null' as the allowed origin, which is the origin of every sandboxed frame.
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
