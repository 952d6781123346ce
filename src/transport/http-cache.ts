import { createHash } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';

/** How long an answer holds. */
interface Holding {
  /** Milliseconds on the scale of `now`, or infinite. */
  readonly freshUntil: number;
  /** RFC 3339 in UTC. */
  readonly observedAt: string | null;
}

/** What HTTP caching needs. */
export interface HttpCacheOptions<Context> {
  readonly endpoint: string;
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** How long the answer that was made in this context holds; `null` when it should not be kept. */
  readonly holdingOf: (context: Context) => Holding | null;
  /** What a cache is told of an answer, by until when it is fresh. */
  readonly cacheControl: (freshUntil: number) => string;
}

/**
 * Lets HTTP caches keep answers to GET for as long as they are fresh, tags them by their content, and answers 304 to who has
 * the very answer. Errors, and answers that lack something or are stale, are not kept.
 */
export function useHttpCache<Context extends object>(
  options: HttpCacheOptions<Context>,
): Plugin<object, object, Context> {
  const { endpoint, now, holdingOf, cacheControl } = options;
  const posted = new WeakSet<Request>();
  const asked = new WeakSet<Request>();
  const holdings = new WeakMap<Request, Holding>();

  return {
    onRequest({ request, url }) {
      if (url.pathname !== endpoint) return;
      if (request.method === 'POST') posted.add(request);
      if (request.method === 'GET') asked.add(request);
    },

    onExecutionResult({ request, result, context }) {
      if (!asked.has(request)) return;
      const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
      const holding = isWhole ? holdingOf(context as Context) : null;
      if (holding !== null && holding.freshUntil > now()) holdings.set(request, holding);
    },

    async onResponse({ request, response, fetchAPI, setResponse }) {
      // It is given again in the encoding that a client accepts.
      if (posted.has(request) && response.status === 200) response.headers.append('vary', VARY);
      if (!asked.has(request)) return;
      const holding = holdings.get(request);
      if (holding === undefined || response.status !== 200) {
        if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
        return;
      }
      const body = await response.text();
      const { headers } = response;
      const etag = tagOf(body);
      headers.set('etag', etag);
      headers.set('cache-control', cacheControl(holding.freshUntil));
      headers.append('vary', VARY);
      if (holding.observedAt !== null) headers.set('last-modified', new Date(holding.observedAt).toUTCString());
      const unchanged = hasTag(request.headers.get('if-none-match'), etag);
      if (unchanged) headers.delete('content-length');
      // The body has a length from here on, also one that Yoga would have sent in parts.
      headers.delete('transfer-encoding');
      setResponse(new fetchAPI.Response(unchanged ? null : body, { status: unchanged ? 304 : 200, headers }));
    },
  };
}

/** What an answer depends on besides the question. */
const VARY = 'Accept, Accept-Encoding';

/** Weak, since a compressed answer is the same to a client, and not byte for byte. */
const tagOf = (body: string) => `W/"${createHash('sha256').update(body).digest('base64url')}"`;

/** Whether `if-none-match` names this tag: that the client has the answer (RFC 9110, section 13.1.2). */
export function hasTag(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (ifNoneMatch == null) return false;
  const opaque = etag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === opaque);
}

/** What the caching of answers to GET is told by. */
export interface CacheControlOptions {
  /** Milliseconds on the steady scale of this process. */
  readonly now: () => number;
  /** How long an answer is kept that never grows old, in milliseconds. */
  readonly longestMs: number;
  /** How long an old answer may be used while the gateway cannot be reached, in milliseconds. */
  readonly staleIfErrorMs: number;
  /** Whether only the client itself may keep answers. */
  readonly isPrivate: boolean;
}

/** Returns the `cache-control` of an answer that is fresh until a moment on the scale of `now`. */
export function createCacheControl({ now, longestMs, staleIfErrorMs, isPrivate }: CacheControlOptions) {
  const seconds = (ms: number) => Math.max(0, Math.floor(ms / 1000));
  const scope = isPrivate ? 'private' : 'public';
  return (freshUntil: number): string => {
    const maxAge = seconds(Number.isFinite(freshUntil) ? freshUntil - now() : longestMs);
    return `${scope}, max-age=${maxAge}, stale-if-error=${seconds(staleIfErrorMs)}`;
  };
}
