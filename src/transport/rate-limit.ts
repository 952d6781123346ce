import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { WithHeaders } from './client-keys.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Tells who asks; `null` for one who may ask as often as it likes. */
export type Identify = (request: WithHeaders, incoming: IncomingMessage) => string | null;

/** Counts a request of `client`, and tells why it is one too many; `null` when it is not. */
export type RateLimit = (client: string | null) => Promise<Refusal | null> | null;

/** Counts a request, however often it is told of it, and tells why it is one too many; `null` when it is not. */
export type CountRequest = (request: WithHeaders, incoming: IncomingMessage) => Promise<Refusal | null> | null;

/** Counts each request once, for who sent it. */
export function createRequestCount(identify: Identify, rateLimit: RateLimit): CountRequest {
  const counted = new WeakMap<IncomingMessage, Promise<Refusal | null>>();
  return (request, incoming) => {
    const known = counted.get(incoming) ?? rateLimit(identify(request, incoming));
    if (known !== null) counted.set(incoming, known);
    return known;
  };
}

/** So many requests of one client in a minute, which `limiter` counts; 0 for any number. */
export function createRateLimit(perMinute: number, limiter: Pick<RateLimiterAbstract, 'consume'>): RateLimit {
  const count = async (client: string): Promise<Refusal | null> => {
    try {
      await limiter.consume(client);
      return null;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      const message = `Too many requests: ${perMinute} a minute is the most. Try again in ${seconds} s.`;
      return { status: 429, code: 'RATE_LIMITED', message, headers: { 'retry-after': String(seconds) } };
    }
  };
  return (client) => (perMinute === 0 || client === null ? null : count(client));
}

/** Refuses what a client asks of `endpoint` too often, with RATE_LIMITED, HTTP 429 and Retry-After. */
export function useRateLimit(
  endpoint: string,
  count: CountRequest,
): Plugin<object, { readonly req?: IncomingMessage }> {
  return {
    async onRequest({ request, url, serverContext: { req }, fetchAPI, endResponse }) {
      if (url.pathname !== endpoint || req === undefined) return;
      const refusal = await count(request, req);
      if (refusal !== null) endResponse(refuse(fetchAPI, request, refusal));
    },
  };
}
