import { createHash } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** How long an answer holds. */
interface Holding {
  /** Milliseconds since 1970, or infinite. */
  readonly freshUntil: number;
  /** RFC 3339 in UTC. */
  readonly observedAt: string | null;
}

/** What HTTP caching needs. */
export interface HttpCacheOptions<Context> {
  readonly endpoint: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long the answer that was made in this context holds; `null` when it should not be kept. */
  readonly holdingOf: (context: Context) => Holding | null;
  /** Changes whenever an answer may have changed. */
  readonly version: () => number;
  /** How long an answer is kept that never grows old, in milliseconds. */
  readonly longestMs: number;
  /** How long an old answer may be used while the gateway cannot be reached, in milliseconds. */
  readonly staleIfErrorMs: number;
  /** Whether only the client itself may keep answers. */
  readonly isPrivate: boolean;
}

/** An answer that was given, and is the same while `version` is. */
interface Given {
  readonly version: number;
  readonly freshUntil: number;
  readonly etag: string;
  readonly lastModified: string | null;
}

/** A question, and the version when it was asked. */
interface Asked {
  readonly question: string;
  readonly version: number;
}

/** Questions whose tags are remembered. */
const MAX_GIVEN = 5000;

/**
 * Lets HTTP caches keep answers to GET for as long as they are fresh, tags them by their content, and answers 304 to who has
 * the very answer: without running the operation when nothing has changed since. Errors, and answers that lack something or are
 * stale, are not kept.
 */
export function useHttpCache<Context extends object>(
  options: HttpCacheOptions<Context>,
): Plugin<object, object, Context> {
  const { endpoint, now, holdingOf, version } = options;
  const givenByQuestion = new LRUCache<string, Given>({ max: MAX_GIVEN });
  const asked = new WeakMap<Request, Asked>();
  const holdings = new WeakMap<Request, Holding>();
  const headersOf = (given: Given) => toHeaders(given, given.freshUntil - now(), options);

  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (request.method !== 'GET' || url.pathname !== endpoint) return;
      const question = questionOf(request, url);
      asked.set(request, { question, version: version() });
      const given = givenByQuestion.get(question);
      if (given === undefined || given.version !== version() || now() >= given.freshUntil) return;
      if (!hasTag(request, given.etag)) return;
      endResponse(new fetchAPI.Response(null, { status: 304, headers: headersOf(given) }));
    },

    onExecutionResult({ request, result, context }) {
      if (!asked.has(request)) return;
      const isWhole = result !== undefined && 'data' in result && result.errors === undefined;
      const holding = isWhole ? holdingOf(context as Context) : null;
      if (holding !== null && holding.freshUntil > now()) holdings.set(request, holding);
    },

    async onResponse({ request, response, fetchAPI, setResponse }) {
      const before = asked.get(request);
      if (before === undefined || response.status === 304) return;
      const holding = holdings.get(request);
      if (holding === undefined || response.status !== 200) {
        if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
        return;
      }
      const body = await response.text();
      const lastModified = holding.observedAt === null ? null : new Date(holding.observedAt).toUTCString();
      const given = { ...holding, version: version(), etag: tagOf(body), lastModified };
      // What changed while the operation was run may or may not be in its answer.
      if (given.version === before.version) givenByQuestion.set(before.question, given);
      const { headers } = response;
      for (const [name, value] of Object.entries(headersOf(given))) headers.append(name, value);
      const unchanged = hasTag(request, given.etag);
      if (unchanged) headers.delete('content-length');
      setResponse(new fetchAPI.Response(unchanged ? null : body, { status: unchanged ? 304 : 200, headers }));
    },
  };
}

/** The query string is the question, and `accept` chooses between two forms of the answer. Hashed, since both may be long. */
const questionOf = (request: Request, url: URL): string =>
  createHash('sha256')
    .update(`${request.headers.get('accept') ?? ''} ${url.search}`)
    .digest('base64');

const tagOf = (body: string) => `"${createHash('sha256').update(body).digest('base64url')}"`;

/** Whether the client has the answer with this tag already (RFC 9110, section 13.1.2). */
function hasTag(request: Request, etag: string): boolean {
  const tags = request.headers.get('if-none-match')?.split(',') ?? [];
  return tags.some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function toHeaders<Context>(
  { etag, lastModified }: Given,
  freshMs: number,
  { longestMs, staleIfErrorMs, isPrivate }: HttpCacheOptions<Context>,
): Record<string, string> {
  const seconds = (ms: number) => Math.max(0, Math.floor(ms / 1000));
  const maxAge = seconds(Number.isFinite(freshMs) ? freshMs : longestMs);
  const scope = isPrivate ? 'private' : 'public';
  return {
    'cache-control': `${scope}, max-age=${maxAge}, stale-if-error=${seconds(staleIfErrorMs)}`,
    etag,
    vary: 'Accept',
    ...(lastModified !== null && { 'last-modified': lastModified }),
  };
}
