import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { NO_LINES } from '../header-lines.ts';
import { refuse } from '../refusal.ts';
import type { RequestCounter } from '../request-counter.ts';

/**
 * Refuses requests to `endpoint` that exceed the rate limit, with RATE_LIMITED, HTTP 429 and Retry-After. Every response to a counted
 * request reports the client's remaining quota.
 */
export function useRateLimit(
  endpoint: string,
  { count, linesOf }: RequestCounter,
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
