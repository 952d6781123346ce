import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { NO_LINES } from '../header-lines.ts';
import { refuse } from '../refusal.ts';
import type { RequestCount } from '../request-counter.ts';

/**
 * Refuses requests to `endpoint` past the rate limit, with RATE_LIMITED, HTTP 429 and Retry-After. Every answer to a client with a limit
 * says what is left of it.
 */
export function useRateLimit(
  endpoint: string,
  { count, linesOf }: RequestCount,
): Plugin<object, { readonly req?: IncomingMessage }> {
  return {
    async onRequest({ request, url, serverContext: { req }, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint || req === undefined) return;
      const refusal = await count(req);
      if (refusal !== null) endResponse(refuse(fetchAPI, request, refusal));
    },
    onResponse({ response, serverContext: { req } }) {
      const lines = req === undefined ? NO_LINES : linesOf(req);
      for (let index = 0; index < lines.length; index += 2) {
        response.headers.set(String(lines[index]), String(lines[index + 1]));
      }
    },
  };
}
