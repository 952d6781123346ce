import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Refusal } from './refusal.ts';

/** What is left of a client's quota after a request was counted. */
export interface CountedRequest {
  /** Why the request is one too many; `null` when it is not. */
  readonly refusal: Refusal | null;
  /** Requests that the client may still send in this minute. */
  readonly remaining: number;
  /** Whole seconds until the next minute of the client begins. */
  readonly seconds: number;
}

/** Counts a request of a client; `null` for a client without a limit. */
export type CountOfClient = (client: string | null) => Promise<CountedRequest> | null;

/** Counts a request of `client`, and returns why it is one too many; `null` when it is not. */
export type RateLimit = (client: string | null) => Promise<Refusal | null> | null;

/** Limits each client to `perMinute` requests a minute, which `limiter` counts; 0 for any number. */
export function createRateLimit(perMinute: number, limiter: Pick<RateLimiterAbstract, 'consume'>): CountOfClient {
  const count = async (client: string): Promise<CountedRequest> => {
    try {
      const { remainingPoints, msBeforeNext } = await limiter.consume(client);
      return { refusal: null, remaining: remainingPoints, seconds: Math.ceil(msBeforeNext / 1000) };
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      const message = `Too many requests: ${perMinute} a minute is the most. Try again in ${seconds} s.`;
      const headers = { 'retry-after': String(seconds) };
      return { refusal: { status: 429, code: 'RATE_LIMITED', message, headers }, remaining: 0, seconds };
    }
  };
  return (client) => (perMinute === 0 || client === null ? null : count(client));
}
