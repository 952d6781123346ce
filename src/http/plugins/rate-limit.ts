import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { HeaderLines } from '../header-lines.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { WithHeaders } from './client-keys.ts';

/** Names the client of a request; `null` for a client that may send as many requests as it likes. */
export type Identify = (request: WithHeaders, incoming: IncomingMessage) => string | null;

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

/** Counts a request once, however often it is called, and returns why it is one too many; `null` when it is not. */
export type CountRequest = (request: WithHeaders, incoming: IncomingMessage) => Promise<Refusal | null> | null;

/** Counts requests. */
export interface RequestCount {
  readonly count: CountRequest;
  /** `ratelimit` and `ratelimit-policy` of the answer to a request that was counted; empty for a client without a limit. */
  readonly linesOf: (incoming: IncomingMessage) => HeaderLines;
}

interface Counting {
  readonly refusal: Promise<Refusal | null>;
  /** `null` until the request was counted. */
  counted: CountedRequest | null;
}

const NO_LINES: HeaderLines = [];

/** Counts each request once, for the client that sent it. Clients have a quota of `perMinute` requests. */
export function createRequestCount(identify: Identify, countOf: CountOfClient, perMinute: number): RequestCount {
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
    count(request, incoming) {
      const known = countings.get(incoming);
      if (known !== undefined) return known.refusal;
      const counted = countOf(identify(request, incoming));
      if (counted === null) return null;
      const counting = begin(counted);
      countings.set(incoming, counting);
      return counting.refusal;
    },
    linesOf(incoming) {
      const counted = countings.get(incoming)?.counted;
      if (counted == null) return NO_LINES;
      const left = `"${POLICY}";r=${counted.remaining};t=${counted.seconds}`;
      return ['ratelimit-policy', policy, 'ratelimit', left];
    },
  };
}

/** The name of the quota, and how long it is for. */
const POLICY = 'per-minute';
const WINDOW_SECONDS = 60;

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
      const refusal = await count(request, req);
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
