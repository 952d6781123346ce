import type { IncomingMessage } from 'node:http';
import type { Identify } from './client-identity.ts';
import { type HeaderLines, NO_LINES } from './header-lines.ts';
import type { CountedRequest, CountOfClient } from './rate-limit.ts';
import type { Refusal } from './refusal.ts';

/** Counts a request once, however often it is called, and returns why it is one too many; `null` when it is not. */
export type CountRequest = (request: IncomingMessage) => Promise<Refusal | null> | null;

/** Counts requests. */
export interface RequestCount {
  readonly count: CountRequest;
  /** `ratelimit` and `ratelimit-policy` of the answer to a request that was counted; empty for a client without a limit. */
  readonly linesOf: (request: IncomingMessage) => HeaderLines;
}

interface Counting {
  readonly refusal: Promise<Refusal | null>;
  /** `null` until the request was counted. */
  counted: CountedRequest | null;
}

/** Counts each request once, for the client that sent it. Clients have a quota of `perMinute` requests. */
export function createRequestCounter(identify: Identify, countOf: CountOfClient, perMinute: number): RequestCount {
  const countings = new WeakMap<IncomingMessage, Counting>();
  // Structured fields (draft-ietf-httpapi-ratelimit-headers). Every answer has them, so they are written without a library.
  const policy = `"${POLICY}";q=${perMinute};w=${WINDOW_SECONDS}`;

  function begin(counted: Promise<CountedRequest>): Counting {
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
      const counted = countOf(identify(request.headers.authorization, request));
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

/** The name of the quota, and how long it is for. */
const POLICY = 'per-minute';
const WINDOW_SECONDS = 60;
