import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import proxyAddr from 'proxy-addr';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { createKeyCheck, tokenOf } from './client-keys.ts';
import { refuse } from './refusal.ts';

/** What the rate limit needs. */
export interface RateLimitOptions {
  readonly endpoint: string;
  /** Requests of one client; 0 for no limit. */
  readonly perMinute: number;
  /** Addresses of proxies whose `x-forwarded-for` is believed: addresses, ranges, or 'loopback', 'linklocal', 'uniquelocal'. */
  readonly trustedProxies: readonly string[];
  /** Keys of clients: who has one is known by it, and everybody else by the address. */
  readonly keys: readonly string[];
}

/**
 * Refuses what a client asks too often, with RATE_LIMITED, HTTP 429 and Retry-After. Programs on this machine are not limited,
 * unless proxies are trusted, which then say who asks.
 */
export function useRateLimit({
  endpoint,
  perMinute,
  trustedProxies,
  keys,
}: RateLimitOptions): Plugin<object, { readonly req?: IncomingMessage }> {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  const hasKey = createKeyCheck(keys);
  const trust = proxyAddr.compile([...trustedProxies]);
  const isLoopback = proxyAddr.compile('loopback');
  const clientOf = (request: Request, socket: IncomingMessage) =>
    hasKey(request) ? digestOfKey(request) : proxyAddr(socket, trust);

  return {
    async onRequest({ request, url, serverContext, fetchAPI, endResponse }) {
      const { req } = serverContext;
      if (perMinute === 0 || url.pathname !== endpoint || req === undefined) return;
      if (trustedProxies.length === 0 && isLoopback(req.socket.remoteAddress ?? '', 0)) return;
      try {
        await limiter.consume(clientOf(request, req));
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        const seconds = Math.ceil(error.msBeforeNext / 1000);
        const message = `Too many requests: ${perMinute} a minute is the most. Try again in ${seconds} s.`;
        const headers = { 'retry-after': String(seconds) };
        endResponse(refuse(fetchAPI, { status: 429, code: 'RATE_LIMITED', message, headers }));
      }
    },
  };
}

/** Not the key itself, which need not be in memory once more. */
const digestOfKey = (request: Request): string =>
  createHash('sha256')
    .update(tokenOf(request) ?? '')
    .digest('base64');
