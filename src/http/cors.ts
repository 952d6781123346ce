import type { CORSOptions } from 'graphql-yoga';

/** The origins whose pages may call the gateway; `'*'` means all origins. */
export type AllowedOrigins = readonly string[];

/**
 * The request headers that scripts may set. `traceparent` and `tracestate` are among them, because a page that traces its requests sends
 * them with each request.
 */
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
 * Creates Yoga's CORS options: the allowed origins may call `endpoint`, without credentials. Responses to other origins have no CORS
 * header. If the options listed several allowed origins, Yoga would send all other origins `null` as the allowed origin. This would allow
 * every sandboxed frame, because its origin is `null`.
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
