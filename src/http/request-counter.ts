import type { IncomingMessage } from 'node:http';
import type { Identify } from './client-identity.ts';
import { type HeaderLines, NO_LINES } from './header-lines.ts';
import type { RateLimit, RateLimitResult } from './rate-limit.ts';
import type { Refusal } from './refusal.ts';

/**
 * Counts a request. Another call for the same request does not count it again. Returns or resolves to `null` if the request is within the
 * quota. Otherwise, resolves to the 429 response.
 */
export type CountRequest = (request: IncomingMessage) => Promise<Refusal | null> | null;

/** Counts each request for the client that sent it. */
export interface RequestCounter {
  readonly count: CountRequest;
  /**
   * Returns the headers `ratelimit` and `ratelimit-policy` for the response to a counted request. Returns no headers for a client without a
   * limit.
   */
  readonly linesOf: (request: IncomingMessage) => HeaderLines;
}

interface Counting {
  readonly refusal: Promise<Refusal | null>;
  /** The result of counting the request; `null` until the limiter has counted it. */
  counted: RateLimitResult | null;
}

/** Creates the counter. `perMinute` is the quota that `ratelimit-policy` reports. */
export function createRequestCounter(identify: Identify, limit: RateLimit, perMinute: number): RequestCounter {
  const countings = new WeakMap<IncomingMessage, Counting>();
  // The value of `ratelimit-policy`, which is a structured field (draft-ietf-httpapi-ratelimit-headers). The rate limit headers are built
  // without a library, because every response has them, and a library would be slow.
  const policy = `"${POLICY}";q=${perMinute};w=${WINDOW_SECONDS}`;

  function begin(counted: Promise<RateLimitResult>): Counting {
    const counting: Counting = {
      refusal: counted.then((result) => {
        counting.counted = result;
        return result.refusal;
      }),
      counted: null,
    };
    return counting;
  }

  return {
    count(request) {
      const known = countings.get(request);
      if (known !== undefined) return known.refusal;
      const counted = limit(identify(request.headers.authorization, request));
      if (counted === null) return null;
      const counting = begin(counted);
      countings.set(request, counting);
      return counting.refusal;
    },
    linesOf(request) {
      const counted = countings.get(request)?.counted;
      if (counted == null) return NO_LINES;
      const left = `"${POLICY}";r=${counted.remaining};t=${counted.seconds}`;
      return ['ratelimit-policy', policy, 'ratelimit', left];
    },
  };
}

/** The name of the quota in the headers `ratelimit` and `ratelimit-policy`. */
const POLICY = 'per-minute';
/** The period of the quota, in seconds. */
const WINDOW_SECONDS = 60;
