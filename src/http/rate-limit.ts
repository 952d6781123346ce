import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Refusal } from './refusal.ts';

/** The quota of a client after one of its requests was counted. */
export interface RateLimitResult {
  /** The 429 response if the request exceeds the quota, else `null`. */
  readonly refusal: Refusal | null;
  /** The number of further requests that the client may send before its quota is renewed. */
  readonly remaining: number;
  /** The time until the client's quota is renewed, in seconds, rounded up. */
  readonly seconds: number;
}

/** Counts a request of a client, and resolves to the client's quota after that request. Returns `null` for a client without a limit. */
export type RateLimit = (client: string | null) => Promise<RateLimitResult> | null;

/**
 * Counts a request of a client. Returns or resolves to `null` if the request is within the quota. Otherwise, resolves to the 429 response.
 */
export type RateCheck = (client: string | null) => Promise<Refusal | null> | null;

/** Limits each client to `perMinute` requests a minute. There is no limit if `perMinute` is 0. `limiter` counts the requests. */
export function createRateLimit(perMinute: number, limiter: Pick<RateLimiterAbstract, 'consume'>): RateLimit {
  const count = async (client: string): Promise<RateLimitResult> => {
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(client);
      return { refusal: null, remaining: remainingPoints, seconds: Math.ceil(msBeforeNext / 1000) };
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      const message = `Too many requests: the limit is ${perMinute} a minute. Try again in ${seconds} s.`;
      const headers = { 'retry-after': String(seconds) };
      return { refusal: { status: 429, code: 'RATE_LIMITED', message, headers }, remaining: 0, seconds };
    }
  };
  return (client) => (perMinute === 0 || client === null ? null : count(client));
}
