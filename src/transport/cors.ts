import type { CORSOptions } from 'graphql-yoga';

/** Origins that browsers may call from; `'*'` is any. */
export type AllowedOrigins = readonly string[];

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
      allowedHeaders: ['authorization', 'content-type', 'if-none-match', 'x-request-id'],
      exposedHeaders: ['age', 'etag', 'last-modified', 'retry-after', 'x-request-id'],
      maxAge: 86_400,
    };
  };
}
